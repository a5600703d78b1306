"""One walk for the tests of access: every request in every role, what it is answered and what it shows."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from access_requests import API, PAGES
from access_world import WISHED, WRITTEN, client_of, make_world, send
from django.db import transaction

from maplebridge.incidents.actions import add_note
from maplebridge.incidents.models import Attachment, Incident, Note, Report
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.kernel.moment import forget, hold_for
from maplebridge.people.actor import system
from maplebridge.people.rules import NOT_GIVEN, SHIPPED
from maplebridge.property.models import Owner

ROLES = [code for code in SHIPPED if code not in NOT_GIVEN]
CANARIES = ("Canary-Caller", "0409876543", "canary words of a report", "canary words of a note", "canary-file",
            "Canary-Owner", "0405551234", WRITTEN, WISHED)  # fmt: skip
LOOKS = ("consulted", "disclosed")
WITH_CALLERS = ("GET", "/api/incidents/{incident_id}", "/api/incidents/{incident}?callers=1&reason=because+of+this")
WITH_WORDS = ("GET", "/api/incidents", "/api/incidents?q=canary+words")


class Told(NamedTuple):
    """What one request of one role came to."""

    request: tuple[Any, ...]
    role: str
    mark: str  # how its answer reads in the table
    shown: list[str]  # which of CANARIES
    left: int  # entries that say who looked


def walked() -> list[Told]:
    """Ask for everything in every role, nobody's the first, each request undone afterwards.

    As in a server, who somebody is and what they hold is kept for a moment, here until a request may have changed it.
    """
    names = _marked_world()
    clients = {role: client_of(role) for role in ["", *ROLES]}
    requests = [*PAGES, *API, WITH_CALLERS, WITH_WORDS]
    hold_for(seconds=900)
    try:
        return [_told(client, role, request, names) for request in requests for role, client in clients.items()]
    finally:
        hold_for(seconds=0)


def rows(told: list[Told]) -> Iterator[tuple[str, list[str]]]:
    """The marks of each request of the table, in the order of the roles."""
    for request in [*PAGES, *API]:
        yield f"{request[0]} {request[1]}", [each.mark for each in told if each.request is request]


def _marked_world() -> dict[str, Any]:
    """The world of the matrix, with words in it that nothing else contains."""
    machine = system("test")
    world = make_world(machine)
    Report.objects.update(caller=CANARIES[0], phone=CANARIES[1], narrative=CANARIES[2])
    for incident in Incident.objects.all():
        add_note(machine, incident=incident, text=CANARIES[3], at=clock.now())
    Attachment.objects.update(name=CANARIES[4])
    Owner.objects.update(name=CANARIES[5], phone=CANARIES[6])
    assert Note.objects.filter(text=CANARIES[3]).count() == Incident.objects.count() == 6
    return world


def _told(client: Any, role: str, request: tuple[Any, ...], names: dict[str, Any]) -> Told:
    with transaction.atomic():
        before = Entry.objects.filter(operation__in=LOOKS).count()
        answer = send(client, request, names)
        shown = _shown(answer)
        left = Entry.objects.filter(operation__in=LOOKS).count() - before
        transaction.set_rollback(True)
    if request[0] != "GET":
        forget()
    return Told(request, role, _mark(answer), shown, left)


def _mark(answer: Any) -> str:
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/sign-in"):
        return "→"
    if answer.status_code in (403, 404):
        return "·"
    return "○" if answer.status_code in (409, 422) else "●"


def _shown(answer: Any) -> list[str]:
    """Which of the words an answer contains; a bundle or a file counts as all of them."""
    if answer.headers.get("Content-Type", "") in ("application/zip", "image/png"):
        return [CANARIES[4]]
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode(errors="replace")
    return [word for word in CANARIES if word in text]
