"""Files that are on the disk before what names them is committed; and when the storage is full."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _

from maplebridge.kernel.refused import Refused

_FULL = (errno.ENOSPC, errno.EDQUOT)
_POSTGRESQL_DISK_FULL = "53100"  # SQLSTATE disk_full


class StorageFull(Refused):
    """Nothing can be written now: answered 507. What was sent was not taken; what was taken is safe."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            _("The storage is full, so this was not saved. Keep what you typed, tell the operator, and send it again.")
        )


def tells_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, comes from a full disk or quota: of files, of SQLite, of PostgreSQL."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
            return True
        error = error.__cause__
    return False


class DurableFiles(FileSystemStorage):
    """Files in a folder, each on the disk with its name when `save` returns: whoever is told "taken" may forget it."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Write a file; its name, the folder's and those of new folders are on the disk, too, before this returns."""
        folder = Path(self.path(name or content.name)).parent
        new = [] if folder.is_dir() else [each for each in (folder, *folder.parents) if not each.is_dir()]
        saved = super().save(name, content, max_length)
        for path in (Path(self.path(saved)), folder, *(each.parent for each in new)):
            _flush(path)
        return saved


def _flush(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
