"""A worker's tasks as a calendar that their phone subscribes to (RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from maplebridge.fieldwork.models import Task

_STATUS = {"settled": "COMPLETED", "delivered": "IN-PROCESS", "delegated": "IN-PROCESS", "accepted": "IN-PROCESS"}


def calendar_of(tasks: Iterable[Task], *, name: str, at: datetime) -> bytes:
    """Write tasks that are due as events of their hour, which every calendar shows (few show VTODO)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Maplebridge//Tasks//EN", "CALSCALE:GREGORIAN",
             f"X-WR-CALNAME:{_text(name)}"]  # fmt: skip
    for task in tasks:
        lines += _event(task, at)
    lines.append("END:VCALENDAR")
    return b"".join(piece for line in lines for piece in _folded(line))


def _event(task: Task, at: datetime) -> list[str]:
    if task.due_at is None:
        return []
    due = _moment(task.due_at)
    return ["BEGIN:VEVENT", f"UID:task-{task.pk}@maplebridge", f"DTSTAMP:{_moment(at)}", f"DTSTART:{due}",
            "DURATION:PT0S", f"SUMMARY:{_text(task.title)}", f"DESCRIPTION:{_text(task.instructions)}",
            f"CATEGORIES:{_STATUS.get(task.state, 'NEEDS-ACTION')}", "TRANSP:TRANSPARENT", "END:VEVENT"]  # fmt: skip


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Escape a text value (3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\r", "\\n"), ("\n", "\\n")):
        words = words.replace(plain, escaped)
    return words


def _folded(line: str) -> Iterator[bytes]:
    """Fold a line at 75 bytes, never inside a letter (3.1)."""
    piece, most = b"", 75
    for letter in line:
        each = letter.encode()
        if len(piece) + len(each) > most:
            yield piece + b"\r\n "
            piece, most = b"", 74
        piece += each
    yield piece + b"\r\n"
