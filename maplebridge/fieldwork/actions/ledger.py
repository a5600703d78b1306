"""Writes of the ledger: it copies what the journal says, entry by entry, and can be made anew from it."""

from datetime import datetime

from maplebridge.fieldwork.models import LedgerLine
from maplebridge.fieldwork.rules.ledger import VERBS, lines_of
from maplebridge.journal.act import act
from maplebridge.journal.models import Entry
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.places.queries import city_zone

BATCH = 1_000


def post_to_ledger(actor: Actor, *, entry: Entry) -> int:
    """Copy what an entry counts as into the ledger, once; return how many lines it has there.

    No entry of its own: the line is a copy of one.
    """
    actor.must("work.appraise")
    lines = _lines([entry])
    LedgerLine.objects.bulk_create(lines, ignore_conflicts=True)
    return len(lines)


def rebuild_ledger(actor: Actor, *, at: datetime) -> int:
    """Empty the ledger and make it anew from the whole journal, with the same result; return how many lines it has."""
    actor.must("work.appraise")
    made = 0
    with act(actor, "fieldwork.ledger_rebuilt", at=at) as entry:
        LedgerLine.objects.all().delete()
        rows = Entry.objects.filter(verb__in=VERBS).order_by("position").iterator(chunk_size=BATCH)
        batch: list[Entry] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                made += _post(batch)
                batch = []
        made += _post(batch)
        entry.about("ledger:*", lines=made)
    return made


def _post(entries: list[Entry]) -> int:
    lines = _lines(entries)
    LedgerLine.objects.bulk_create(lines, batch_size=BATCH)
    return len(lines)


def _lines(entries: list[Entry]) -> list[LedgerLine]:
    """The lines of entries; work of an account that is not there any more is left out."""
    zone = city_zone()
    found = [
        (entry, line)
        for entry in entries
        for line in lines_of(entry.verb, actor=entry.actor, at=entry.at, facts=entry.facts, zone=zone)
    ]
    known = set(User.objects.filter(pk__in={line.user for _entry, line in found}).values_list("pk", flat=True))
    return [
        LedgerLine(
            position=entry.position, user_id=line.user, day=line.day, kind=line.kind, what=line.what,
            subject=entry.subject, area_code=line.area, area_path=line.area_path, quantity=line.quantity,
        )
        for entry, line in found
        if line.user in known
    ]  # fmt: skip
