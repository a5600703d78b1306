"""Pure decisions about units: EIDO statuses and their sequences, timers, response plans."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from maplebridge.people.rules import UNIT_KINDS


@dataclass(frozen=True, slots=True)
class Status:
    """A primary status: code (EIDO common unit status), words, short form for the command line, what may follow."""

    code: str
    name: object
    short: str
    then: frozenset[str]


STATUSES = {
    status.code: status
    for status in (
        Status("Available", _("available"), "av", frozenset({"Assigned", "OutOfService"})),
        Status("Assigned", _("assigned"), "as", frozenset({"EnRoute", "OnScene", "Available"})),
        Status("EnRoute", _("en route"), "er", frozenset({"OnScene", "Available"})),
        Status("OnScene", _("on scene"), "os", frozenset({"Available"})),
        Status("OutOfService", _("out of service"), "oos", frozenset({"Available"})),
    )
}
AT_WORK = ("Assigned", "EnRoute", "OnScene")

# Secondary statuses: what a unit does within its primary one. The words are ours, not those of the EIDO registry.
SECONDARIES: dict[str, dict[str, object]] = {
    "Available": {
        "AtPost": _("at its post"),
        "OnPatrol": _("on patrol"),
        "ReturningToPost": _("returning to its post"),
    },
    "Assigned": {"Accepted": _("accepted")},
    "EnRoute": {"Delayed": _("delayed"), "Staged": _("waiting nearby")},
    "OnScene": {
        "Investigating": _("looking into it"),
        "Mediating": _("mediating"),
        "Transporting": _("bringing someone"),
        "Paperwork": _("writing the report"),
    },
    "OutOfService": {
        "Meal": _("meal"),
        "Refuelling": _("refuelling or charging"),
        "Maintenance": _("vehicle in repair"),
        "Training": _("training"),
        "Court": _("in court"),
    },
}

DUTY = timedelta(hours=8)  # a turn of duty of which nobody says when it ends
DUTY_MOST = timedelta(hours=24)
LATE_TOLERANCE = timedelta(seconds=2)  # people write whole seconds
AHEAD_TOLERANCE = timedelta(seconds=5)  # a telephone's clock may be a little fast


def may_follow(status: str, wanted: str, *, stood_down: bool = False) -> bool:
    """Whether a unit may go from one status to another. What it never arrived at it leaves only by being stood down."""
    if wanted == "Available" and status in ("Assigned", "EnRoute"):
        return stood_down
    return wanted in STATUSES[status].then


def next_statuses(status: str) -> list[str]:
    """Statuses that the unit itself may set next, in the order in which it usually would."""
    return [code for code in STATUSES if code != "Assigned" and may_follow(status, code)]


def occurred(said_at: datetime | None, *, since_at: datetime, now: datetime) -> datetime | None:
    """Moment of a late entry, or None when it lies before the unit's last step or after now (with some tolerance)."""
    if said_at is None:
        return max(now, since_at)
    if said_at < since_at - LATE_TOLERANCE or said_at > now + AHEAD_TOLERANCE:
        return None
    return min(max(said_at, since_at), max(now, since_at))


def incident_state(steps: Collection[str]) -> str:
    """EIDO state of an open incident from the statuses of the units sent to it: the furthest counts."""
    for status, state in (
        ("OnScene", "ResourcesOnscene"),
        ("EnRoute", "ResourcesEnroute"),
        ("Assigned", "ResourcesAssigned"),
    ):
        if status in steps:
            return state
    return "Active"


@dataclass(frozen=True, slots=True)
class Timer:
    """Seconds in a status after which it turns amber, then red, then alarms; `alarm` says which alarm it is."""

    amber_s: float
    red_s: float
    alarm_s: float
    alarm: str


_TIMERS = {
    "Assigned": Timer(60, 120, 180, "status"),
    "EnRoute": Timer(300, 480, 600, "status"),
    "OnScene": Timer(1200, 1500, 1800, "welfare"),
}
# Whoever stands alone without a vehicle, and volunteers, are asked sooner whether they are well.
_ON_SCENE_BY_KIND = {
    "foot": Timer(900, 1080, 1200, "welfare"),
    "guard": Timer(900, 1080, 1200, "welfare"),
    "volunteers": Timer(600, 780, 900, "welfare"),
    "post": Timer(1800, 2400, 2700, "welfare"),
    "station": Timer(1800, 2400, 2700, "welfare"),
}


def timer_of(status: str, kind: str, *, eta_s: float | None = None) -> Timer | None:
    """Timer of a status for a kind of unit; None where none runs. En route it stretches to twice the time expected."""
    if status == "OnScene" and kind in _ON_SCENE_BY_KIND:
        return _ON_SCENE_BY_KIND[kind]
    timer = _TIMERS.get(status)
    if timer and status == "EnRoute" and eta_s:
        factor = max(1.0, 2 * eta_s / timer.alarm_s)
        return Timer(timer.amber_s * factor, timer.red_s * factor, timer.alarm_s * factor, timer.alarm)
    return timer


def timer_at(status: str, kind: str, *, at: datetime, eta_s: float | None = None) -> datetime | None:
    """Moment at which the timer started `at` alarms."""
    timer = timer_of(status, kind, eta_s=eta_s)
    return at + timedelta(seconds=timer.alarm_s) if timer else None


LONE_LEAST, LONE_MOST = 2, 120  # minutes of silence after which a lone worker's alarm is raised
SILENT, LOST = "silent", "lost"  # its alarms: first asked after, then searched for
LOST_AFTER = 1.5  # times that silence


def lone_alarm(alarm: str, *, silent_s: float, every_s: float) -> str:
    """The alarm of a lone worker after a silence, from the one that stands. Louder ones of another kind stay.

    One that is heard of again is asked no more; one that was lost is found only when somebody says so.
    """
    if alarm not in ("", SILENT):
        return alarm
    if silent_s >= every_s * LOST_AFTER and alarm == SILENT:
        return LOST
    return SILENT if silent_s >= every_s else ""


@dataclass(frozen=True, slots=True)
class Want:
    """So many units of one of these kinds (none named: any) with all of these skills."""

    count: int
    kinds: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()

    def takes(self, kind: str, skills: Collection[str]) -> bool:
        """Whether a unit fills one of these places."""
        return (not self.kinds or kind in self.kinds) and self.skills <= set(skills)


@dataclass(frozen=True, slots=True)
class Plan:
    """A response plan: type (empty for all), the priorities up to which it holds (0 most urgent), level, wants."""

    type: str
    max_priority: int
    level: int
    wants: tuple[Want, ...]


def wants_of(plans: Iterable[Plan], *, type: str, priority: int, level: int = 1) -> list[Want]:
    """What an incident wants at an alarm level: the levels up to it together, each from the most specific plan.

    A plan of the type goes before one for all types, then the one for the fewest priorities. Without a plan: two
    units for priorities 0 to 2, else one; each further level adds two.
    """
    fitting = [p for p in plans if p.type in ("", type) and priority <= p.max_priority and p.level <= level]
    fitting.sort(key=lambda p: (p.level, p.type == "", p.max_priority))
    best: dict[int, Plan] = {}
    for plan in fitting:
        best.setdefault(plan.level, plan)
    wants = [want for plan in best.values() for want in plan.wants]
    if 1 not in best:
        wants.insert(0, Want(2 if priority <= 2 else 1))
    return wants + [Want(2) for step in range(2, level + 1) if step not in best]


LEVEL_MOST = 5  # alarm levels 1 to 5
WANTS_MOST, COUNT_MOST = 10, 20
PlanKey = tuple[str, int, int]  # type (empty for all), highest priority, level


def want_from(row: object) -> Want | None:
    """One want as data (`{count, kinds, skills}`, all but `count` optional) as a Want; None where it makes no sense."""
    if not isinstance(row, dict) or not set(row) <= {"count", "kinds", "skills"}:
        return None
    count, kinds, skills = row.get("count", 1), row.get("kinds") or [], row.get("skills") or []
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= COUNT_MOST:
        return None
    if not isinstance(kinds, list) or not isinstance(skills, list) or len(kinds) + len(skills) > COUNT_MOST:
        return None
    if not all(isinstance(kind, str) and kind in UNIT_KINDS for kind in kinds):
        return None
    if not all(isinstance(skill, str) and 0 < len(skill) <= 40 for skill in skills):
        return None
    return Want(count, frozenset(kinds), frozenset(skills))


def want_row(want: Want) -> dict[str, object]:
    """A Want as data, in one order, so that equal wants are equal data."""
    return {"count": want.count, "kinds": sorted(want.kinds), "skills": sorted(want.skills)}


Filler = tuple[int, str, Collection[str]]  # unit id, kind, skills


def chosen(wants: Sequence[Want], *, sent: Sequence[Filler], offered: Sequence[Filler]) -> set[int]:
    """Units of `offered` (best first) that fill what is still wanted after those already sent; narrow wants first."""
    order = sorted(wants, key=lambda w: (not w.skills, not w.kinds, len(w.kinds)))
    left, picked = list(sent), set()
    for want in order:
        count = want.count
        for filler in [f for f in left if want.takes(f[1], f[2])][:count]:
            left.remove(filler)
            count -= 1
        for unit, kind, skills in offered:
            if count and unit not in picked and want.takes(kind, skills):
                picked.add(unit)
                count -= 1
    return picked


def may_preempt(*, taken_status: str, taken_priority: int, wanted_priority: int) -> bool:
    """Whether a unit may be taken from its job: for a more urgent one; from the scene only for priorities 0 and 1."""
    if taken_status == "OnScene":
        return wanted_priority <= 1 and taken_priority >= wanted_priority + 3
    return wanted_priority < taken_priority
