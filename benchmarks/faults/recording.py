"""A SQLite file system that writes down what reaches it, and what a disk may hold of that after the power went.

What a disk keeps, by POSIX: everything written to a file before its last completed sync. Of what came after, any
512-byte sector may be there or not, in any order: a large write may be torn, a later one kept and an earlier one lost.
A file that was made or deleted since the last sync of it may be there or not.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Event:
    """One call that changed a file, or synced it. `kind` is write, truncate, sync or delete."""

    kind: str
    file: str
    offset: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Log:
    """Everything that reached the disk, in order."""

    events: list[Event] = field(default_factory=list)


class RecordingVFS(apsw.VFS):
    """The system's own file system, with each change written into a log first."""

    def __init__(self, name: str, log: Log) -> None:
        self.log = log
        super().__init__(name, "")

    def xOpen(self, name, flags):
        return RecordingFile(self.log, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.log.events.append(Event("delete", Path(filename).name))
        super().xDelete(filename, syncdir)


class RecordingFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, log: Log, name, flags) -> None:
        self.log = log
        self.file = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary").name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.log.events.append(Event("write", self.file, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self.log.events.append(Event("truncate", self.file, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.log.events.append(Event("sync", self.file))


class Disk:
    """What the disk is sure to hold, moving along the log, and what it might hold if the power went here."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self.sure = {name: bytearray(content) for name, content in before.items()}
        self.unsure: dict[str, list[Event]] = {}

    def pass_by(self, event: Event) -> None:
        """Move past one event."""
        if event.kind == "sync":
            for each in self.unsure.pop(event.file, []):
                _apply(self.sure, each)
        else:
            self.unsure.setdefault(event.file, []).append(event)

    def after_cut(self, chance: random.Random) -> dict[str, bytearray]:
        """One of the states in which the disk may be found, drawn at random."""
        found = {name: bytearray(content) for name, content in self.sure.items()}
        for events in self.unsure.values():
            keep = chance.random()  # from nearly nothing kept to nearly all
            for event in events:
                for part in _sectors(event):
                    if chance.random() < keep:
                        _apply(found, part)
        return found


def _sectors(event: Event) -> list[Event]:
    """A write as the sectors that may each be lost; anything else is all or nothing."""
    if event.kind != "write":
        return [event]
    cuts = [0, *range(SECTOR - event.offset % SECTOR, len(event.data), SECTOR), len(event.data)]
    return [
        Event("write", event.file, event.offset + low, event.data[low:high])
        for low, high in zip(cuts, cuts[1:], strict=False)
        if high > low
    ]


def _apply(files: dict[str, bytearray], event: Event) -> None:
    if event.kind == "delete":
        files.pop(event.file, None)
        return
    content = files.setdefault(event.file, bytearray())
    if event.kind == "truncate":
        del content[event.offset :]
        return
    if len(content) < event.offset:
        content.extend(bytes(event.offset - len(content)))
    content[event.offset : event.offset + len(event.data)] = event.data
