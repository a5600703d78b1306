"""What a study is asked: plain data, the same in a request, in a saved study and in a figure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choices:
    """What a study is asked: the need's time and types, the target in minutes, weeks and replications to simulate."""

    begin: str
    end: str
    types: tuple[str, ...] = ()
    resolution: int = 9
    minutes: int = 3
    replications: int = 200

    def as_json(self) -> dict[str, Any]:
        """The choices as a study keeps them."""
        return {name: getattr(self, name) for name in self.__slots__} | {"types": list(self.types)}
