"""Records of arrays as bytes, to be kept in the database and read again, and their digest."""

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


def arrays_of(record: Any) -> dict[str, Array]:
    """Give the fields of a dataclass (arrays, numbers, days, words) as arrays."""
    return {each.name: _array(getattr(record, each.name)) for each in fields(record)}


def _array(value: Any) -> Array:
    if isinstance(value, date):
        return np.asarray(value, "datetime64[D]")
    return np.asarray(value, str) if isinstance(value, tuple) else np.asarray(value)


def unpacked(kind: type[Kept], arrays: Mapping[str, Array]) -> Kept:
    """Make the dataclass of `arrays_of` again: words as a tuple, single values as Python's own."""
    return kind(**{name: _value(array) for name, array in arrays.items()})


def _value(array: Array) -> Any:
    if array.dtype.kind == "U":
        return tuple(array.tolist())
    return array if array.ndim else array.item()


def packed_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Pack named arrays into compressed bytes."""
    out = io.BytesIO()
    np.savez_compressed(out, **dict[str, Any](arrays))
    return out.getvalue()


def unpacked_arrays(content: bytes) -> dict[str, Array]:
    """Read what `packed_arrays` gave."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def digest_of(inputs: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    """Digest of a study's inputs and of its record, the same however the arrays are packed."""
    hashed = sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        hashed.update(f"{name}{array.dtype.str}{array.shape}".encode())
        hashed.update(array.tobytes())
    return hashed.hexdigest()
