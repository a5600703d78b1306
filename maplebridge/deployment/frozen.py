"""Need and figures as bytes, to be kept with a study and read again without the reports they came from."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Kept = TypeVar("Kept")
Array = NDArray[Any]


def packed(record: Any) -> bytes:
    """Pack a dataclass of arrays, numbers, days and words into compressed bytes."""
    return packed_arrays({each.name: _array(getattr(record, each.name)) for each in fields(record)})


def _array(value: Any) -> Array:
    return np.asarray(value, "datetime64[D]") if isinstance(value, date) else np.asarray(value)


def packed_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Pack named arrays into compressed bytes."""
    out = io.BytesIO()
    np.savez_compressed(out, **dict(arrays))  # type: ignore[arg-type]
    return out.getvalue()


def unpacked_arrays(content: bytes) -> dict[str, Array]:
    """Read what `packed_arrays` gave."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def unpacked(kind: type[Kept], content: bytes) -> Kept:
    """Read what `packed` gave: arrays as arrays, single values as Python's own."""
    arrays = unpacked_arrays(content)
    return kind(**{name: array if array.ndim else array.item() for name, array in arrays.items()})


def digest_of(inputs: Mapping[str, Any], record: Any) -> str:
    """Digest of a study's inputs and of the arrays of its need, the same however they are packed."""
    hashed = sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode())
    for each in fields(record):
        array = np.ascontiguousarray(_array(getattr(record, each.name)))
        hashed.update(f"{each.name}{array.dtype.str}{array.shape}".encode())
        hashed.update(array.tobytes())
    return hashed.hexdigest()
