"""Backup and restore of a whole installation: database, files, and what proves that nothing changed on the way.

A backup is a folder: the database as one file, the attached files, and a manifest with the digest of every part and
the journal's size and root at that moment, signed. The database is copied first and the files after it, so every file
that the copied database names is there.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from maplebridge.journal.checkpoints import signer
from maplebridge.journal.notes import TreeHead
from maplebridge.journal.queries import verify
from maplebridge.journal.store import read_head
from maplebridge.journal.tree import Frontier
from maplebridge.kernel import clock
from maplebridge.kernel.refused import Refused

FORMAT = 1
PAGES = 4096  # of the database copied at once
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
Say = Callable[[str], None]


class CannotBackUp(Refused):
    """The backup cannot be made as asked."""


class CannotRestore(Refused):
    """The backup is damaged, or something is in its way."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: the journal's end as text that is signed, and a digest for each part."""

    database: str
    made_at: str
    size: int
    root: str
    note: str
    parts: dict[str, str]  # path in the folder -> SHA-256
    format: int = FORMAT


def back_up(target: Path, *, with_keys: bool = False, say: Say, at: datetime) -> Manifest:
    """Copy the installation into a new folder while it runs. Raises CannotBackUp; leaves nothing half-made behind."""
    if target.exists():
        raise CannotBackUp(f"{target} is there already. Name a new folder.")
    fresh = target.with_name(f".{target.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    try:
        signer()  # made at first need: before the keys are copied
        copied = _copy_database(fresh, say)
        _copy_files(fresh, with_keys=with_keys)
        manifest = _describe(fresh, copied, at=at)
        (fresh / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        fresh.rename(target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    say(f"Backed up to {target}: {manifest.size} entries, root {manifest.root}")
    return manifest


def _copy_database(folder: Path, say: Say) -> Frontier:
    """Copy the database as it is at one moment; returns the journal's edge at that moment."""
    file = folder / DATABASES[connection.vendor]
    if connection.vendor == "sqlite":
        return _copy_sqlite(str(connection.settings_dict["NAME"]), file, say)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        head = read_head()
        _postgresql("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={file}")
    file.chmod(0o600)
    return Frontier.from_bytes(head.size, head.peaks) if head else Frontier()


def _copy_sqlite(name: str, file: Path, say: Say) -> Frontier:
    def progress(_status: int, left: int, total: int) -> None:
        say(f"Database: {100 - 100 * left // max(total, 1)} % copied ...")

    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(name, timeout=20)) as source, closing(sqlite3.connect(file)) as copy:
        source.execute("BEGIN")  # one moment of it, whatever is written meanwhile
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=PAGES, progress=progress)
        source.rollback()
        copy.execute("PRAGMA journal_mode=DELETE")
        row = copy.execute("SELECT size, peaks FROM journal_head WHERE id = 1").fetchone()
    return Frontier.from_bytes(*row) if row else Frontier()


def _copy_files(folder: Path, *, with_keys: bool) -> None:
    if settings.MEDIA_ROOT.is_dir():
        shutil.copytree(settings.MEDIA_ROOT, folder / "files")
    if with_keys and (settings.HOME / "keys").is_dir():
        shutil.copytree(settings.HOME / "keys", folder / "keys")
        (folder / "keys").chmod(0o700)


def _describe(folder: Path, copied: Frontier, *, at: datetime) -> Manifest:
    me = signer()
    return Manifest(
        database=connection.vendor,
        made_at=clock.stamp(at),
        size=copied.size,
        root=copied.root().hex(),
        note=me.sign(TreeHead(me.name, copied.size, copied.root()).text()),
        parts={str(file.relative_to(folder)): _digest(file) for file in sorted(folder.rglob("*")) if file.is_file()},
    )


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def restore(source: Path, *, replace: bool = False, say: Say, at: datetime) -> Manifest:
    """Put a backup in the place of this installation's data and prove that the journal is the one backed up.

    What was there is set aside under a name with the moment, never deleted. Stop the server first. Raises CannotRestore
    for a damaged backup, before anything is touched, and where something is in the way and `replace` is not given.
    """
    manifest = read_manifest(source)
    _must_be_whole(source, manifest)
    if manifest.database != connection.vendor:
        raise CannotRestore(f"This is a backup of {manifest.database}, but {connection.vendor} is configured here.")
    moment = f"before-{at:%Y%m%dT%H%M%S}"
    if _occupied():
        if not replace:
            raise CannotRestore("There are data here already. With --replace they are set aside, and the backup comes.")
        say(f"Set aside: {_set_aside(moment)}")
    _put_database(source)
    _put_files(source, moment)
    verdict = verify()
    if not verdict.sound:
        raise CannotRestore(f"Restored, but the journal does not verify: {verdict.fault}")
    if (verdict.size, verdict.root) != (manifest.size, manifest.root):
        raise CannotRestore(f"Restored, but its root is {verdict.root}, not {manifest.root} as backed up.")
    say(f"Restored: {verdict.size} entries. The root equals the backup's checkpoint: {verdict.root}")
    return manifest


def read_manifest(source: Path) -> Manifest:
    """Read what a backup says of itself. Raises CannotRestore."""
    try:
        values: dict[str, Any] = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
        manifest = Manifest(**values)
    except (OSError, ValueError, TypeError) as error:
        raise CannotRestore(f"{source} is no backup: its manifest cannot be read.") from error
    if manifest.format != FORMAT:
        raise CannotRestore(f"{source} has the format {manifest.format}; this version reads {FORMAT}.")
    return manifest


def _must_be_whole(source: Path, manifest: Manifest) -> None:
    for name, digest in manifest.parts.items():
        file = source / name
        if ".." in Path(name).parts or not file.is_file():
            raise CannotRestore(f"The backup lacks {name}. Take another one.")
        if _digest(file) != digest:
            raise CannotRestore(f"{name} in the backup was changed or damaged. Take another one.")


def _database_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _occupied() -> bool:
    if connection.vendor == "sqlite":
        connection.close()
        return _database_file().exists()
    return bool(connection.introspection.table_names())


def _set_aside(moment: str) -> Path:
    """Move what is there out of the way; returns where it is."""
    if connection.vendor == "sqlite":
        file = _database_file()
        aside = file.with_name(f"{file.name}.{moment}")
        for ending in ("", "-wal", "-shm"):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.rename(aside.with_name(aside.name + ending))
        return aside
    aside = settings.HOME / f"{moment}.dump"
    _postgresql("pg_dump", "--format=custom", "--no-owner", f"--file={aside}")
    return aside


def _put_database(source: Path) -> None:
    file = source / DATABASES[connection.vendor]
    if connection.vendor == "sqlite":
        goal = _database_file()
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, goal)
        goal.chmod(0o600)
        return
    connection.close()
    name = str(connection.settings_dict["NAME"])
    _postgresql("pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", f"--dbname={name}", str(file))


def _put_files(source: Path, moment: str) -> None:
    for name, goal in (("files", settings.MEDIA_ROOT), ("keys", settings.HOME / "keys")):
        if not (source / name).is_dir():
            continue
        if goal.exists():
            goal.rename(goal.with_name(f"{goal.name}.{moment}"))
        shutil.copytree(source / name, goal)


def _postgresql(program: str, *arguments: str) -> None:
    """Run a client program of PostgreSQL on the configured database. Raises CannotBackUp."""
    there = shutil.which(program) or next(iter(sorted(_installed(program), reverse=True)), None)
    if there is None:
        raise CannotBackUp(f"{program} is not installed. Debian, Ubuntu: apt-get install postgresql-client")
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = os.environ | {name: str(given[key]) for name, key in names.items() if given[key]}
    command = [there, *arguments]  # a program found above, with arguments of ours; no shell
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise CannotBackUp(f"{program} failed: {' '.join(done.stderr.split())[:500]}")


def _installed(program: str) -> Iterator[str]:
    return (str(file) for file in Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
