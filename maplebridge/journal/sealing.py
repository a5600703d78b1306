"""Sealing: the drafts of one outermost act become numbered, hashed, stored entries."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from maplebridge.journal import store
from maplebridge.journal.canonical import canonical
from maplebridge.journal.tree import Frontier, leaf_hash
from maplebridge.kernel import clock

if TYPE_CHECKING:
    from maplebridge.journal.act import Draft

MAX_ENTRY_BYTES = 65_535  # tlog-tiles: an entry's length is a uint16
_BACK_S, _JUMP_S = 1.0, 5.0  # how far the clock may lie before the last entry, or move against the machine's own
_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # counts on while the machine sleeps
_offset: float | None = None  # wall clock less the machine's own at this process' last act, in seconds


def seal(drafts: Sequence["Draft"]) -> float:
    """Number, hash and store the drafts in the order in which they began; give what `remember` is to be told.

    The caller holds the turn (SQLite) and the transaction; on PostgreSQL the lock taken here is held to the commit.
    """
    head = store.lock_head()
    frontier = Frontier.from_bytes(head.size, head.peaks) if head else Frontier()
    entered_at, act_id = clock.now(), secrets.token_hex(8)
    offset = entered_at.timestamp() - time.clock_gettime(_BOOT)
    jump = clock_jump(entered_at.timestamp(), head.entered_at_ms / 1000 if head else 0.0, offset, _offset)
    entries: list[store.Row] = []
    private: list[store.Row] = []
    mentions: list[store.Row] = []
    for draft in drafts:
        if not draft.subject:
            raise ValueError(f"act {draft.verb} ended without saying what it is about")
        position = frontier.size + 1
        salts = {name: secrets.token_bytes(16) for name in draft.private}
        body = _body(draft, position, act_id, clock.stamp(entered_at), salts, jump if not entries else "")
        leaf = leaf_hash(body)
        frontier.append(leaf)
        entries.append(_row(draft, position, entered_at, body, leaf))
        private += [(position, name, salts[name], text) for name, text in draft.private.items()]
        mentions += [(position, record) for record in mentioned(draft.subject, draft.records)]
    reached = store.HeadRow(frontier.size, frontier.to_bytes(), int(entered_at.timestamp() * 1000))
    store.append(entries, private, mentions, reached, first=head is None)
    return offset


def remember(offset: float) -> None:
    """Note how far wall clock and machine's clock lie apart, once the act has committed."""
    global _offset
    _offset = offset


def clock_jump(now_s: float, last_s: float, offset: float, last_offset: float | None) -> str:
    """Say "back" or "ahead" where the wall clock jumped since the last entry or this process' last act, else "".

    Back: over a second before the last entry. Either: over five seconds against the machine's own clock.
    """
    moved = offset - last_offset if last_offset is not None else 0.0
    if now_s < last_s - _BACK_S or moved < -_JUMP_S:
        return "back"
    return "ahead" if moved > _JUMP_S else ""


def mentioned(subject: str, records: Sequence[str]) -> list[str]:
    """Records of an entry that its subject does not give: each is found by a row of `Mention`."""
    return [record for record in dict.fromkeys(records) if record != subject]


def digest(salt: bytes, content: str) -> str:
    """Salted digest of private content: SHA-256(salt || UTF-8 content), hexadecimal."""
    return hashlib.sha256(salt + content.encode()).hexdigest()


def _body(draft: "Draft", position: int, act_id: str, entered_at: str, salts: dict[str, bytes], jump: str) -> bytes:
    body: dict[str, Any] = {
        "act": act_id,
        "actor": draft.actor.ref,
        "at": clock.stamp(draft.at),
        "case": draft.case,
        "digests": {name: digest(salts[name], text) for name, text in draft.private.items()},
        "entered_at": entered_at,
        "facts": draft.facts,
        "position": position,
        "purpose": draft.purpose,
        "role": draft.actor.role,
        "session": draft.actor.session,
        "subject": draft.subject,
        "verb": draft.verb,
    }
    also = {
        "operation": draft.operation,
        "records": draft.records,
        "classes": draft.classes,
        "recipient": draft.recipient,
        "outcome": draft.outcome,
        "clock": jump,
    }
    body |= {key: value for key, value in also.items() if value}
    text = canonical(body)
    if len(text) > MAX_ENTRY_BYTES:
        raise ValueError(f"act {draft.verb} makes an entry of {len(text)} bytes; at most {MAX_ENTRY_BYTES}")
    return text


def _row(draft: "Draft", position: int, entered_at: datetime, body: bytes, leaf: bytes) -> store.Row:
    adapt = connection.ops.adapt_datetimefield_value
    return (
        position,
        draft.verb,
        draft.subject,
        draft.case,
        draft.actor.ref,
        adapt(_in_ms(draft.at)),
        adapt(_in_ms(entered_at)),
        draft.purpose[: store.PURPOSE_LENGTH],
        draft.operation,
        body.decode(),
        leaf,
    )


def _in_ms(moment: datetime) -> datetime:
    """A moment as its stamp has it: in milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
