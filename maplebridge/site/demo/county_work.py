"""What the demo's county has done since the beginning of last month: visits and what became of them, tasks, a stipend.

Everything goes through the same actions as everybody's work, as the people of the county; they are invented.
"""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from maplebridge.fieldwork import actions, tasks
from maplebridge.fieldwork.actions.appraisal import SHIPPED
from maplebridge.fieldwork.models import FormVersion, Review, Task
from maplebridge.fieldwork.registering import meeting_of
from maplebridge.fieldwork.rules.ledger import VERBS
from maplebridge.journal.models import Entry
from maplebridge.people.actor import Actor, actor_of, system
from maplebridge.people.models import User
from maplebridge.places.models import Area
from maplebridge.places.register.models import Address

UNDECIDED = timedelta(days=8)  # what came in since waits for a reviewer
RETURNED_SINCE = timedelta(days=25)  # what was returned before has been put right
_RETURNED = "The photo shows another house. Look again, please."
_REFUSED = "This house was visited the day before by somebody else."
_REVIEWED_AFTER = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Months:
    """The first days of last month and of this one, and the moment at which the county begins its work."""

    last: date
    this: date

    @property
    def begun(self) -> datetime:
        """Two days before last month, in the morning."""
        return datetime.combine(self.last - timedelta(days=2), time(8), UTC)


def months_at(at: datetime) -> Months:
    """Last month and this one, by the calendar."""
    this = at.date().replace(day=1)
    return Months((this - timedelta(days=1)).replace(day=1), this)


def tell_work(actor: Actor, town: Area, months: Months, *, visits: int, at: datetime, seed: int) -> None:
    """Tell the work of a township: its visits, its tasks, what was paid for last month and what is appealed against."""
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    _publish_scheme(actor, months)
    _visits(town, months, rng, count=visits, at=at)
    _tasks(actor, town, months, at=at)
    for entry in Entry.objects.filter(verb__in=VERBS).order_by("position"):  # the server's reactions begin at its start
        tasks.post_to_ledger(entry, at)
    _pay(town, months, at=at)
    _appeal(town, months, at=at)


def _publish_scheme(actor: Actor, months: Months) -> None:
    """Let the standard scheme hold from last month on, as if it had been published then."""
    for file in sorted(SHIPPED.glob("*.toml")):
        rules = tomllib.loads(file.read_text(encoding="utf-8"))
        scheme = actions.add_scheme(actor, code=file.stem, rules=rules, at=months.begun)
        actions.publish_scheme(actor, scheme=scheme, starts_on=months.last, at=months.begun)


def holder(area: Area | str, role: str) -> User:
    """Who holds a post; an account of the demo's first page before others."""
    code = area if isinstance(area, str) else area.code
    return User.objects.filter(grants__area_code=code, grants__role=role).order_by("pk")[0]


def _visits(town: Area, months: Months, rng: random.Random, *, count: int, at: datetime) -> None:
    """Visits of the assistants of three villages, day after day; the latest still wait."""
    version = FormVersion.objects.filter(form_id="visit", state="published").first()
    villages = list(Area.objects.filter(path__startswith=town.path, kind="village").order_by("code")[:3])
    hamlets = Area.objects.filter(kind="hamlet", parent__in=villages).select_related("parent").order_by("code")
    if version is None or not hamlets:
        return
    first = datetime.combine(months.last, time(7), UTC) + timedelta(days=1)
    step = (at - timedelta(hours=6) - first) / max(count, 1)
    for number in range(count):
        hamlet = hamlets[0] if number % 4 == 0 else hamlets[number % len(hamlets)]  # the demo's own assistant, often
        door = rng.choice(list(Address.objects.filter(area=hamlet, kind="building")[:60]) or [None])
        filled = first + step * (number + 1)
        user = holder(hamlet, "hamlet_assistant")
        xml = _visit(version.version, number, str(door) if door else hamlet.name, door or hamlet, filled, rng)
        done = actions.receive_submission(
            actor_of(user, at=at), user=user, xml=xml, files={}, at=filled + timedelta(minutes=9)
        )
        review = actions.screen_submission(
            system("demo"), submission=done.submission, at=filled + timedelta(minutes=10)
        )
        if review is not None and filled < at - UNDECIDED:
            _decide(review, number, holder(hamlet.parent.code if hamlet.parent else "", "auxiliary"), filled, at)


def _decide(review: Review, number: int, judge: User, filled: datetime, at: datetime) -> None:
    """Return one in eleven of late, refuse one in twenty-nine, and put what the others say into the register."""
    actor, when = actor_of(judge, at=at), filled + _REVIEWED_AFTER
    if review.state == "accepted":
        actions.apply_by_rule(system("demo"), review=review, at=when)
    elif number % 11 == 7 and filled > at - RETURNED_SINCE:
        actions.return_submission(actor, review=review, reason=_RETURNED, at=when)
    elif number % 29 == 17:
        actions.refuse_submission(actor, review=review, reason=_REFUSED, at=when)
    else:
        changes = meeting_of(review).changes
        take = [f"{change.proposal.subject}.{each.field}" for change in changes for each in change.differences]
        actions.accept_and_apply(actor, review=review, take=take, seen={}, at=when)


def _visit(
    version: str, number: int, address: str, place: Address | Area, filled: datetime, rng: random.Random
) -> bytes:
    """A filled-in form as a phone sends it."""
    lon, lat = (place.lon, place.lat) if isinstance(place, Address) else (place.middle or (0.0, 0.0))
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%S}.000+00:00" for moment in (filled, filled + timedelta(minutes=8)))
    hazard = rng.choice(("wiring", "exit", "charging", "none", "none", "none"))
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="visit" version="{version}"><start>{start}</start>'
        f"<end>{end}</end><device>demo</device><place><address>{address}</address><where>{lat} {lon} 0 5</where>"
        f"<dwelling>house</dwelling></place><household><residents>{rng.randrange(1, 7)}</residents><rented>no</rented>"
        f"</household><hazards>{hazard}</hazards><photo/><orx:meta><orx:instanceID>uuid:demo-{number:06d}"
        "</orx:instanceID></orx:meta></data>"
    ).encode()


def _tasks(actor: Actor, town: Area, months: Months, *, at: datetime) -> None:
    """A round of stoves, done; one of wells, half done; what is overdue in five villages; a patrol that comes again."""
    begun = datetime.combine(months.last, time(9), UTC)
    stoves = actions.give_to_each(
        actor, title="See to stoves and flues before winter", area=town, kind="village", above="post_officer",
        due_at=begun + timedelta(days=20), at=begun,
    )  # fmt: skip
    _done(actor, list(stoves.parts.order_by("pk")), since=begun + timedelta(days=2), at=at)
    wells = actions.give_to_each(
        actor, title="Look at every well", area=town, kind="hamlet", above="post_officer",
        due_at=at + timedelta(days=5), at=at - timedelta(days=6),
    )  # fmt: skip
    parts = list(wells.parts.order_by("pk")[:30])
    _done(actor, [part for number, part in enumerate(parts) if number % 3], since=at - timedelta(days=4), at=at)
    for part in parts[::3]:
        _deliver(part, since=at - timedelta(days=4), at=at)
    villages = Area.objects.filter(kind="village").order_by("-path")[:5]
    for days, village in enumerate([*villages, Area.objects.filter(path__startswith=town.path, kind="village")[0]], 1):
        actions.give_task(
            actor, title="Fire extinguishers of the school", whose=actions.Whose(village, role="auxiliary"),
            due_at=at - timedelta(days=days), at=at - timedelta(days=days + 7),
        )  # fmt: skip
    actions.remind_of_overdue(actor, at=at - timedelta(hours=2))
    actions.set_schedule(
        actor, title="Evening patrol", area=town, each_kind="village", rule="FREQ=WEEKLY;BYDAY=FR",
        starts_at=at, due_days=2, at=at,
    )  # fmt: skip


def _deliver(part: Task, *, since: datetime, at: datetime) -> None:
    actions.deliver_task(actor_of(holder(part.area_code, part.role), at=at), task=part, at=since)


def _done(actor: Actor, parts: Sequence[Task], *, since: datetime, at: datetime) -> None:
    for number, part in enumerate(parts):
        _deliver(part, since=since + timedelta(hours=number), at=at)
        actions.settle_task(actor, task=part, at=min(since + timedelta(hours=number + 22), at))


def _pay(town: Area, months: Months, *, at: datetime) -> None:
    """Draw up last month's sheet of the township; its officer and the chief approve it."""
    when = min(datetime.combine(months.this, time(9), UTC) + timedelta(days=1), at)
    officer, chief = holder(town, "post_officer"), User.objects.filter(username="chief").first()
    sheet = actions.draw_up_sheet(actor_of(officer, at=at), area=town, day=months.last, at=when)
    for user in filter(None, (officer, chief)):
        actions.approve_sheet(actor_of(user, at=at), sheet=sheet, digest=sheet.digest, at=when)


def _appeal(town: Area, months: Months, *, at: datetime) -> None:
    """Take two points off an assistant this month, who appeals."""
    hamlet = Area.objects.filter(path__startswith=town.path, kind="hamlet").order_by("code").first()
    if hamlet is None:
        return
    officer, worker = holder(town, "post_officer"), holder(hamlet, "hamlet_assistant")
    made = actions.deduct_points(
        actor_of(officer, at=at), user=worker, starts_on=months.this, points=Decimal(2), at=at - timedelta(hours=30),
        reason="Two visits were sent three days late.",
    )  # fmt: skip
    actions.appeal_deduction(
        actor_of(worker, at=at), deduction=made, at=at - timedelta(hours=5),
        words="There was no network in the valley; the phone sent them as soon as there was one.",
    )  # fmt: skip
