"""No page and no operation shows what somebody said, or who they are, without an entry that says who looked."""

import pytest
from access_requests import API, PAGES
from access_world import WISHED, WRITTEN, client_of, send
from django.db import transaction

from maplebridge.incidents.actions import add_note
from maplebridge.incidents.models import Attachment, Incident, Note, Report
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.property.models import Owner

pytestmark = pytest.mark.any_database
CANARIES = ("Canary-Caller", "0409876543", "canary words of a report", "canary words of a note", "canary-file",
            "Canary-Owner", "0405551234", WRITTEN, WISHED)  # fmt: skip
LOOKS = ("consulted", "disclosed")


@pytest.fixture
def marked(world, machine):
    """The world of the matrix, with words in it that nothing else contains."""
    Report.objects.update(caller=CANARIES[0], phone=CANARIES[1], narrative=CANARIES[2])
    for incident in Incident.objects.all():
        add_note(machine, incident=incident, text=CANARIES[3], at=clock.now())
    Attachment.objects.update(name=CANARIES[4])
    Owner.objects.update(name=CANARIES[5], phone=CANARIES[6])
    assert Note.objects.filter(text=CANARIES[3]).count() == Incident.objects.count() == 6
    return world


def shown(answer):
    """Which of the words an answer contains; a bundle or a file counts as all of them."""
    if answer.headers.get("Content-Type", "") in ("application/zip", "image/png"):
        return [CANARIES[4]]
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode(errors="replace")
    return [word for word in CANARIES if word in text]


def looks_of(client, request, names):
    """What a request shows, and how many entries of looks it leaves; undone afterwards."""
    with transaction.atomic():
        before = Entry.objects.filter(operation__in=LOOKS).count()
        found = shown(send(client, request, names))
        left = Entry.objects.filter(operation__in=LOOKS).count() - before
        transaction.set_rollback(True)
    return found, left


WITH_CALLERS = ("GET", "/api/incidents/{incident_id}", "/api/incidents/{incident}?callers=1&reason=because+of+this")
WITH_WORDS = ("GET", "/api/incidents", "/api/incidents?q=canary+words")


@pytest.mark.parametrize(
    "role", ["dispatcher", "chief", "auditor", "mediator", "integration", "analyst", "administrator", "dealer"]
)
def test_whatever_shows_words_or_callers_leaves_an_entry(marked, role):
    client, seen = client_of(role), set()
    silent = []
    for request in [*PAGES, *API, WITH_CALLERS, WITH_WORDS]:
        found, left = looks_of(client, request, marked)
        seen.update(found)
        if found and not left:
            silent.append((request[:2], found))
    assert silent == []
    if role == "chief":
        assert seen == set(CANARIES)  # the walk does come across each of them
