"""What happened here: the entries of one record as sentences, in order, and the proof of each as a file."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maplebridge.incidents.models import Incident
from maplebridge.journal.checkpoints import prove
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotAllowed, NotFound
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.people.queries import names_of
from maplebridge.site.pages import page_actor, to_sign_in
from maplebridge.site.sentences import sentences_of

PAGE_SIZE = 200
LATE_S = 120  # an entry written later than this after the fact is marked
_FARTHEST = 10**18  # well below the largest number that a database can compare
_LONGEST = 64  # characters of a record's name in the journal


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page tells it."""

    entry: Entry
    sentence: str
    who: str
    late: bool
    clock: str
    denied: bool


def may_follow(actor: Actor, record: str) -> bool:
    """Whether the actor may read what happened to a record `kind:id`.

    Readers of the journal may, whoever may see the incident or the unit itself, and a person about their own account.
    """
    if actor.may("journal.view") or record == actor.ref:
        return True
    kind, _colon, number = record.partition(":")
    if not number.isdecimal() or not number.isascii() or int(number) > _FARTHEST:
        return False
    if kind == "incident":
        return actor.may("incidents.view") and Incident.objects.visible_to(actor).filter(pk=int(number)).exists()
    return kind == "unit" and actor.may("units.view")


@require_safe
def record(request: HttpRequest, name: str) -> HttpResponse:
    """Tell what happened to one record, oldest first, without any private text."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    name = storable(name)[:_LONGEST]
    if not may_follow(actor, name):
        raise NotAllowed(_("What happened to this record is for those who may see it, and for the auditor."))
    after = request.GET.get("after", "")
    start = min(int(after), _FARTHEST) if after.isascii() and after.isdecimal() else 0
    found = list(Entry.objects.naming(name).filter(position__gt=start)[: PAGE_SIZE + 1])
    lines = _lines(actor, name, found[:PAGE_SIZE])
    context: dict[str, Any] = {
        "record": name,
        "title": _title(name),
        "lines": lines,
        "more": f"?after={lines[-1].entry.position}" if len(found) > PAGE_SIZE else "",
        "later": bool(start),
        "reader": actor.may("journal.view"),
        "sheet": name.partition(":")[2] if name.startswith("incident:") and actor.may("incidents.view") else "",
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "site/record.html", context)


@require_safe
def proof(request: HttpRequest, position: int) -> HttpResponse:
    """Hand out the proof that one entry stands in the journal, as text that anyone can check."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    found = Entry.objects.filter(position=min(position, _FARTHEST)).first()
    if not actor.may("journal.view") and not (found and _is_of(actor, found)):
        raise NotAllowed(_("The proof of an entry is for those who may see its record, and for the auditor."))
    if found is None:
        raise NotFound(_("There is no entry %(position)d. Look for it in the list.") % {"position": position})
    response = HttpResponse(prove(position, at=clock.now()), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{position}.tlog-proof"'
    response["Cache-Control"] = "no-store"
    return response


def _is_of(actor: Actor, entry: Entry) -> bool:
    return any(may_follow(actor, record) for record in (entry.subject, entry.case) if record)


def _title(name: str) -> str:
    """The record as people call it: an incident by its number, a person or a program by its name."""
    kind, _colon, number = name.partition(":")
    if kind == "incident" and number.isascii() and number.isdecimal() and int(number) < _FARTHEST:
        incident = Incident.objects.filter(pk=int(number)).first()
        return incident.label if incident else name
    return names_of([name]).get(name, name) if len(number) < len(str(_FARTHEST)) else name


def _lines(actor: Actor, name: str, entries: list[Entry]) -> list[Line]:
    """Each entry as a line; who did it is named to whoever sees the incident or reads the journal."""
    refs = {entry.actor for entry in entries}
    named = names_of(refs if actor.may("journal.view") or name.startswith("incident:") else refs & {actor.ref})
    sentences = sentences_of(entries)
    return [_line(entry, sentences[entry.position], _who(entry.actor, named)) for entry in entries]


def _who(ref: str, named: dict[str, str]) -> str:
    return named.get(ref) or (_("a member of staff") if ref.startswith("user:") else ref)


def _line(entry: Entry, sentence: str, who: str) -> Line:
    try:
        body = msgspec.json.decode(entry.body)
    except msgspec.DecodeError:  # a damaged entry is still listed; `verify` judges it
        body = {}
    late = (entry.entered_at - entry.at).total_seconds() > LATE_S
    return Line(entry, sentence, who, late, body.get("clock", ""), body.get("outcome") == "denied")
