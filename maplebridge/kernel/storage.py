"""When the storage is full: told from any other fault, and refused with a sentence instead of an error."""

import errno
import sqlite3

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
