"""What a submission tells whoever looks at it: where and when it was filled in, and what asks for a look."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.utils.crypto import salted_hmac

from maplebridge.fieldwork.models import Review, Submission
from maplebridge.fieldwork.rules import review as rules
from maplebridge.fieldwork.xml import Instance, moment_of, read_instance
from maplebridge.kernel.geometry import bbox_around, valid_lonlat
from maplebridge.people.actor import Actor
from maplebridge.places.fold import fold
from maplebridge.places.models import Area
from maplebridge.places.queries import area_at, city_zone

_GEOPOINT = re.compile(r"(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)(?: -?\d+(?:\.\d+)?){0,2}")  # latitude, longitude, ...
TWINS_MOST = 25
_EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Where:
    """The area that a submission counts for, and the point where it was filled in, if it says so."""

    code: str = ""
    path: str = ""
    lon: float | None = None
    lat: float | None = None
    far: bool = False  # the point lies outside of the worker's areas


def point_of(instance: Instance) -> tuple[float, float] | None:
    """The first place that a submission names, as (lon, lat)."""
    for _path, text in instance.values:
        if found := _GEOPOINT.fullmatch(text):
            lat, lon = float(found[1]), float(found[2])
            if valid_lonlat(lon, lat):
                return lon, lat
    return None


def where_of(submission: Submission, instance: Instance, worker: Actor) -> Where:
    """Where a submission belongs: to its task's area, that of its point if the worker works there, else to theirs."""
    point = point_of(instance)
    there = area_at(*point) if point else None
    far = there is not None and not worker.may("forms.fill", _At(there.path))
    lon, lat = point or (None, None)
    if submission.task is not None and submission.task.area_code:
        return Where(submission.task.area_code, submission.task.area_path, lon, lat, far)
    if there and not far:
        return Where(there.code, there.path, lon, lat)
    code = next((held.area_code for held in worker.grants if "forms.fill" in held.permissions), "")
    own = Area.objects.filter(code=code).first() if code else None
    return Where(code, own.path if own else "", lon, lat, far)


@dataclass(frozen=True, slots=True)
class _At:
    area_path: str


def address_key(instance: Instance, question: str) -> str:
    """A key that is the same for the same address however it is written; "" where none is given."""
    text = next((text for path, text in instance.values if path == question), "")
    folded = fold(text)
    return sha256(folded.encode()).hexdigest()[:32] if folded else ""


def flags_of(submission: Submission, instance: Instance, where: Where, handling: rules.Handling) -> list[str]:
    """What asks for a look, by name in FLAGS; twins are found afterwards."""
    before = Review.objects.filter(submission=submission.replaces_id).first() if submission.replaces_id else None
    found = ["answer"] if rules.flagged_answer(handling, instance.values) else []
    found += ["edit"] if before and before.state in ("accepted", "refused") else []
    found += ["late"] if submission.late else []
    found += ["far"] if where.far else []
    started = moment_of(next((text for path, text in instance.values if path == "start"), ""))
    return found + rules.time_flags(started=started, ended=submission.ended_at, received=submission.received_at)


def worked_at(submission: Submission) -> datetime:
    """When the work was done: when the form was filled in, or when it arrived if the phone's clock cannot be true."""
    ended = submission.ended_at
    return ended if ended and _EARLIEST <= ended <= submission.received_at else submission.received_at


def lot_of(submission: Submission) -> bytes:
    """The digest by which the lot falls on a submission: keyed, so that nobody outside can tell or choose it."""
    return salted_hmac("maplebridge.fieldwork.review", submission.instance_id, algorithm="sha256").digest()


def new_review(submission: Submission, worker: Actor, handling: rules.Handling) -> Review:
    """Make the review of a submission, not saved yet: where, when, and what asks for a look."""
    instance = read_instance(bytes(submission.xml))
    where = where_of(submission, instance, worker)
    made = Review(
        submission=submission, form_id=submission.version.form_id, area_code=where.code, area_path=where.path,
        day=worked_at(submission).astimezone(city_zone()).date(), lon=where.lon, lat=where.lat,
        address_key=address_key(instance, handling.register.get("address", "")),
        flags=flags_of(submission, instance, where, handling),
    )  # fmt: skip
    if any(rules.twin_reasons(made.seen, other.seen) for other in near(made)):
        made.flags.append("twin")
    return made


def near(review: Review) -> list[Review]:
    """Reviews among which twins of this one may be: same form, about the same days, not what this one replaces."""
    if not review.address_key and review.lon is None:
        return []
    rows = Review.objects.all().near(review).exclude(submission_id=review.submission.replaces_id or 0)
    rows = rows.select_related("submission__user")
    close = list(rows.filter(address_key=review.address_key)[:TWINS_MOST]) if review.address_key else []
    if review.lon is not None and review.lat is not None:
        west, south, east, north = bbox_around(review.lon, review.lat, rules.TWIN_M)
        close += rows.filter(lon__range=(west, east), lat__range=(south, north))[:TWINS_MOST]
    return list({each.pk: each for each in close}.values())
