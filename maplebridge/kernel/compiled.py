"""Compile kernels with numba: cached on disk, run without the interpreter's lock.

The cache lies in NUMBA_CACHE_DIR where that is set, else beside the source, else in the user's cache folder; there in
a folder named after the content of the package. numba itself looks for changes only in the file of the outermost
kernel, and trips over a cache written before a type moved to another file.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def cache_folder(package: Path) -> Path:
    """Give the folder of the compiled kernels of a package as it stands; its siblings belong to other versions."""
    sources = b"".join(path.read_bytes() for path in sorted(package.glob("*.py")))
    given = os.environ.get("NUMBA_CACHE_DIR")
    beside = package / "__pycache__"
    writable = os.access(beside if beside.is_dir() else package, os.W_OK)
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maplebridge"
    base = Path(given) if given else beside if writable else users
    return base / f"{package.name}-{hashlib.sha256(sources).hexdigest()[:12]}"


def compiler(package: Path, *, counts: bool = True) -> Callable[[_Kernel], _Kernel]:
    """Give the decorator for the kernels of a package: compiled at the first call with each set of types, or loaded.

    `counts=False` is for small kernels that others call millions of times: references to arrays are not counted there,
    which costs more than such a kernel itself. They must not make arrays nor give any back.
    """
    folder = str(cache_folder(package))

    def compiled(function: _Kernel) -> _Kernel:
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = folder
        try:
            return cast(_Kernel, numba.njit(cache=True, nogil=True, _nrt=counts)(function))
        finally:
            numba.config.CACHE_DIR = before

    return compiled
