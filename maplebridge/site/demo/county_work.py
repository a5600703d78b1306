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
from maplebridge.site.demo.county_forms import filled
from maplebridge.site.demo.county_people import holder

UNDECIDED = timedelta(days=8)  # what came in since waits for a reviewer
RETURNED_SINCE = timedelta(days=25)  # what was returned before has been put right
_RETURNED = "The photo shows another house. Look again, please."
_REFUSED = "This house was visited the day before by somebody else."
_RETURNED_OF_11 = 7
_REVIEWED_AFTER = timedelta(hours=20)
_FORMS = {"visit": 40, "shop": 12, "rental": 14, "hazard": 8, "charging": 6, "dispute": 6, "nothing": 14}  # how often
_USES = {"shop": "shop", "rental": "rental"}


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


def _visits(town: Area, months: Months, rng: random.Random, *, count: int, at: datetime) -> None:
    """What the assistants of three villages fill in, day after day; the latest still waits."""
    versions = {version.form_id: version for version in FormVersion.objects.published()}
    villages = list(Area.objects.filter(path__startswith=town.path, kind="village").order_by("code")[:3])
    hamlets = Area.objects.filter(kind="hamlet", parent__in=villages).select_related("parent").order_by("code")
    forms = {form: share for form, share in _FORMS.items() if form in versions}
    if "hazard" not in forms or not hamlets:
        return
    first = datetime.combine(months.last, time(7), UTC) + timedelta(days=1)
    step = (at - timedelta(hours=6) - first) / max(count, 1)
    for number in range(count):
        hamlet = hamlets[0] if number % 4 == 0 else hamlets[number % len(hamlets)]  # the demo's own assistant, often
        form = rng.choices(list(forms), list(forms.values()))[0]
        if number % 11 == _RETURNED_OF_11 or number == count - 1:
            form = "hazard"  # these are all looked at, whoever sends them
        moment = first + step * (number + 1)
        xml, files = filled(versions[form], f"{number:06d}", _door(hamlet, form, rng) or hamlet, moment, rng)
        user = holder(hamlet, "hamlet_assistant")
        done = actions.receive_submission(
            actor_of(user, at=at), user=user, xml=xml, files=files, at=moment + timedelta(minutes=9)
        )
        review = actions.screen_submission(
            system("demo"), submission=done.submission, at=moment + timedelta(minutes=10)
        )
        if review is not None and moment < at - UNDECIDED:
            _decide(review, number, holder(hamlet.parent.code if hamlet.parent else "", "auxiliary"), moment, at)


def _door(hamlet: Area, form: str, rng: random.Random) -> Address | None:
    """A house of a hamlet of the use that a form is for; any house where there is none."""
    houses = Address.objects.filter(area=hamlet, kind="building").order_by("pk")
    fit = houses.filter(premise__use=_USES.get(form, "house"))
    return rng.choice(list(fit[:60]) or list(houses[:60]) or [None])


def _decide(review: Review, number: int, judge: User, filled: datetime, at: datetime) -> None:
    """Return one in eleven of late, refuse one in twenty-nine, and put what the others say into the register."""
    actor, when = actor_of(judge, at=at), filled + _REVIEWED_AFTER
    if review.state == "accepted":
        actions.apply_by_rule(system("demo"), review=review, at=when)
    elif number % 11 == _RETURNED_OF_11 and filled > at - RETURNED_SINCE:
        actions.return_submission(actor, review=review, reason=_RETURNED, at=when)
    elif number % 29 == 17:
        actions.refuse_submission(actor, review=review, reason=_REFUSED, at=when)
    else:
        changes = meeting_of(review).changes
        take = [f"{change.proposal.subject}.{each.field}" for change in changes for each in change.differences]
        actions.accept_and_apply(actor, review=review, take=take, seen={}, at=when)


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
