"""What a table says that holds data of persons: for which purpose, for how long, and which field is of which class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

CLASSES = ("identity", "contact", "narrative", "image", "location", "staff", "note", "audit")  # of fields


@dataclass(frozen=True, slots=True)
class Personal:
    """Declared as `PERSONAL` on a model. `kept` None: until the moment in `expires` that its maker sets.

    `fields` says of which class each personal field is; `expires` names the field with the moment of erasure.
    """

    purpose: str
    kept: timedelta | None
    fields: Mapping[str, str]
    expires: str = "expires_at"

    def __post_init__(self) -> None:
        if len(self.purpose) < 10 or not self.fields or set(self.fields.values()) - set(CLASSES):
            raise ValueError("personal data need a purpose in words, and fields of known classes")
