"""A village with its people, and submissions that have come in and were screened."""

from phone_for_tests import photo_of, record

from maplebridge.fieldwork import actions, tasks
from maplebridge.fieldwork.models import Review
from maplebridge.fieldwork.rules.ledger import VERBS
from maplebridge.journal.models import Entry
from maplebridge.people.actor import system
from maplebridge.people.models import User

BOX = {"west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "geometry": {"type": "Polygon", "coordinates": []}}
PATHS = {"T": "/T/", "V": "/T/V/", "H1": "/T/V/H1/", "H2": "/T/V/H2/"}
POSTS = {
    "officer": ("post_officer", "T"),
    "second": ("post_officer", "T"),
    "auxiliary": ("auxiliary", "V"),
    "one": ("hamlet_assistant", "H1"),
    "two": ("hamlet_assistant", "H2"),
}


def make_village(machine, at):
    """Areas and actors by name: a township's two officers, a village's auxiliary, the assistants of two hamlets."""
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import actor_of
    from maplebridge.places.models import Area

    areas = {code: Area.objects.create(code=code, name=code, path=path, **BOX) for code, path in PATHS.items()}
    who = {}
    for name, (role, area) in POSTS.items():
        user = enrol_user(
            machine, username=name, display_name=name, role=role, area_code=area, password="Bamboo bridge 7", at=at
        )  # fmt: skip
        who[name] = actor_of(user, at=at)
    return areas, who


def sent(actor, at, *, filled=None, **more):
    """Take a visit of this worker, and screen it; return its review. `filled` is the day of the work."""
    photo = more.pop("photo", "")
    xml, _id = record(photo=photo, **more)
    xml = xml.replace(b"2026-05-04T", f"{filled or at:%Y-%m-%d}T".encode())
    files = {photo: photo_of(1)} if photo else {}
    done = actions.receive_submission(actor, user=User.objects.get(pk=actor.user_id), xml=xml, files=files, at=at)
    return actions.screen_submission(system("worker"), submission=done.submission, at=at)


def settle_ledger():
    """Copy into the ledger what the journal has, as the worker process does, twice."""
    for _again in range(2):
        for entry in Entry.objects.filter(verb__in=VERBS).order_by("position"):
            tasks.post_to_ledger(entry, entry.at)


def fresh(review):
    """The review as it is now."""
    return Review.objects.select_related("submission__task").get(pk=review.pk)
