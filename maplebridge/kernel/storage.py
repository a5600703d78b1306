"""Files that are on the disk before what names them is committed; and when the storage is full."""

import errno
import os
import sqlite3
from pathlib import Path

from django.core.files.base import File
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

    def _save(self, name: str, content: "File[bytes]") -> str:
        place = Path(self.path(name))
        new = () if place.parent.is_dir() else [folder for folder in place.parents if not folder.is_dir()]
        name = super()._save(name, content)
        for each in (self.path(name), place.parent, *(folder.parent for folder in new)):
            _flush(each)
        return name


def _flush(path: str | Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
