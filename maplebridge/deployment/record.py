"""The record that a study stands on: need by place and hour, and kinds of call, kept with it as they were."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from maplebridge.deployment.demand import Demand
from maplebridge.deployment.frozen import Array, arrays_of, packed_arrays, unpacked, unpacked_arrays
from maplebridge.deployment.kernels.arrays import Floats
from maplebridge.deployment.scenario import CallKinds


@dataclass(frozen=True)
class Record:
    """Need, the kinds of call with their times on scene, and `mix`, the share of each kind."""

    demand: Demand
    kinds: CallKinds
    mix: Floats

    def arrays(self) -> dict[str, Array]:
        """Everything as named arrays."""
        own = {"mix": np.asarray(self.mix)}
        for part in ("demand", "kinds"):
            own |= {f"{part}.{name}": array for name, array in arrays_of(getattr(self, part)).items()}
        return own

    def packed(self) -> bytes:
        """Everything as compressed bytes."""
        return packed_arrays(self.arrays())


def record_of(content: bytes) -> Record:
    """Read what `Record.packed` gave."""
    arrays = unpacked_arrays(content)

    def part(name: str, kind: type[Any]) -> Any:
        return unpacked(kind, {each.name: arrays[f"{name}.{each.name}"] for each in fields(kind)})

    return Record(part("demand", Demand), part("kinds", CallKinds), arrays["mix"])
