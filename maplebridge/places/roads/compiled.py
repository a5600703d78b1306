"""Compile kernels with numba: cached on disk, run without the interpreter's lock.

The cache lies in NUMBA_CACHE_DIR where that is set, else beside the source, else in the user's cache folder; there in
a folder named after the content of this package. numba itself looks for changes only in the file of the outermost
kernel, and trips over a cache written before a type moved to another file.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])
_HERE = Path(__file__).parent


def cache_folder() -> Path:
    """Give the folder of this version's compiled kernels; its siblings `roads-*` belong to other versions."""
    sources = b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))
    given = os.environ.get("NUMBA_CACHE_DIR")
    beside = _HERE / "__pycache__"
    writable = os.access(beside if beside.is_dir() else _HERE, os.W_OK)
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maplebridge"
    base = Path(given) if given else beside if writable else users
    return base / f"roads-{hashlib.sha256(sources).hexdigest()[:12]}"


_CACHE = str(cache_folder())


def compiled(function: _Kernel) -> _Kernel:
    """Compile a function at its first call with each set of types, or load it from the cache."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _CACHE
    try:
        return cast(_Kernel, numba.njit(cache=True, nogil=True)(function))
    finally:
        numba.config.CACHE_DIR = before
