"""Pure: rank candidate units for a job by travel time, then by what speaks for and against each, and say why.

The score is seconds until arrival plus handicaps in seconds: how much further a planner would rather drive. They are
planning values; travel time decides unless something speaks against a unit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

SKILL_MISSING_S = 300.0  # each wanted skill that it lacks
UNSUITED_S = 240.0
UNCOVERED_S = 90.0  # leaves its beat without a free unit
SHIFT_ENDS_S = 240.0  # could not finish the job in its shift
JOB_TODAY_S = 5.0  # each job today, at most SMALL_S
NO_REST_S = 20.0  # back from a job less than REST_S ago
REST_S = 600.0
STALE_AFTER_S = 300.0  # older positions may be wrong by a tenth of their age, at most STALE_MOST_S
STALE_MOST_S = 180.0
SMALL_S = 30.0
KNOWS_AREA_S = -15.0

# The least urgent work each kind is kept from: (most urgent priority it takes alone). Absent: takes all.
_LEAST_PRIORITY = {"volunteers": 6, "guard": 4, "station": 3, "post": 3}


@dataclass(frozen=True, slots=True)
class Job:
    """What has to be done: priority 0 (most urgent) to 10, skills wanted, beat, usual seconds on scene."""

    priority: int
    skills: frozenset[str] = frozenset()
    area_code: str = ""
    scene_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Preempt:
    """What taking a unit off its job would mean: whose, how soon it would be here, how near it was there."""

    incident_id: int
    number: str
    type: str
    priority: int
    eta_s: float
    was_s: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit as it stands now. Seconds; `eta_s` is travel alone, from its present job where it is busy."""

    unit_id: int
    call_sign: str
    kind: str
    eta_s: float
    distance_m: float
    skills: frozenset[str] = frozenset()
    area_code: str = ""
    estimate: bool = False
    free_in_s: float | None = None  # None: free now
    idle_s: float | None = None
    jobs_today: int = 0
    only_one_in_beat: bool = False
    position_age_s: float | None = None  # None: at home
    shift_left_s: float | None = None
    preempt: Preempt | None = None

    @property
    def arrives_s(self) -> float:
        """Seconds until it could be there."""
        return self.eta_s + (self.free_in_s or 0.0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its place (from 1), score in seconds, the reason in one line, and whether the plan wants it."""

    candidate: Candidate
    rank: int
    score: float
    why: str
    plan: bool = False


@dataclass(slots=True)
class _Handicaps:
    seconds: float = 0.0
    reasons: list[str] = field(default_factory=list)

    def add(self, seconds: float, reason: str = "") -> None:
        self.seconds += seconds
        if reason:
            self.reasons.append(reason)


def rank(
    candidates: Iterable[Candidate],
    job: Job,
    *,
    areas: Mapping[str, str] | None = None,
    words: bool = True,
    worded: int = 1000,
) -> list[Ranked]:
    """Order candidates, best first, with a translated reason each for the first `worded` (none with `words=False`).

    `areas` names beats by code. Ties go to the smaller unit id, so the order never depends on the input's.
    """
    scored = [(c.arrives_s + _handicaps(c, job, {}, words=False).seconds, c.unit_id, c) for c in candidates]
    scored.sort(key=lambda row: row[:2])
    soonest = min((c.arrives_s for _score, _id, c in scored), default=0.0)

    def told(c: Candidate) -> str:
        reasons = _handicaps(c, job, areas or {}, words=True).reasons
        return _why(c, reasons, nearest=c.arrives_s == soonest)

    return [
        Ranked(c, place, score, told(c) if words and place <= worded else "")
        for place, (score, _id, c) in enumerate(scored, 1)
    ]


def suits(kind: str, priority: int) -> bool:
    """Whether a kind of unit is sent alone to a job of that priority."""
    return priority >= _LEAST_PRIORITY.get(kind, 0)


def _handicaps(c: Candidate, job: Job, areas: Mapping[str, str], *, words: bool) -> _Handicaps:
    found = _Handicaps()
    if c.free_in_s is None and c.area_code and c.area_code == job.area_code:
        found.add(KNOWS_AREA_S, _("knows the area") if words else "")
    if missing := job.skills - c.skills:
        lacks = _("lacks %(skills)s") % {"skills": ", ".join(sorted(missing))} if words else ""
        found.add(SKILL_MISSING_S * len(missing), lacks)
    if not suits(c.kind, job.priority):
        found.add(UNSUITED_S, _("not meant for work this urgent") if words else "")
    if c.only_one_in_beat and c.free_in_s is None and c.area_code != job.area_code:
        area = areas.get(c.area_code, c.area_code)
        found.add(UNCOVERED_S, _("leaves %(area)s uncovered") % {"area": area} if words else "")
    _add_strain(found, c, job, words=words)
    return found


def _add_strain(found: _Handicaps, c: Candidate, job: Job, *, words: bool) -> None:
    if c.shift_left_s is not None and c.shift_left_s < c.arrives_s + job.scene_s:
        ends = _("shift ends in %(time)s") % {"time": span(c.shift_left_s)} if words else ""
        found.add(SHIFT_ENDS_S, ends)
    age = c.position_age_s
    if age is not None and age > STALE_AFTER_S:
        old = _("position %(time)s old") % {"time": span(age)} if words else ""
        found.add(min(STALE_MOST_S, age / 10), old)
    found.add(min(SMALL_S, JOB_TODAY_S * c.jobs_today))
    if words and c.jobs_today * JOB_TODAY_S >= SMALL_S:
        jobs = c.jobs_today
        found.reasons.append(ngettext("%(jobs)d job today", "%(jobs)d jobs today", jobs) % {"jobs": jobs})
    if c.free_in_s is None and c.idle_s is not None and c.idle_s < REST_S:
        found.add(NO_REST_S)


def _why(c: Candidate, reasons: Collection[str], *, nearest: bool) -> str:
    parts = [_("nearest") if nearest else _("%(time)s away") % {"time": span(max(60.0, c.arrives_s))}]
    if c.free_in_s is not None:
        parts.append(_("busy; free in about %(time)s") % {"time": span(max(60.0, c.free_in_s))})
    elif c.idle_s is not None and c.idle_s >= 60:
        parts.append(_("free %(time)s") % {"time": span(c.idle_s)})
    parts += reasons
    if c.preempt:
        parts.append(preemption_cost(c.preempt))
    if c.estimate:
        parts.append(_("estimated by straight line"))
    return pgettext("between two reasons", "; ").join(parts)


def preemption_cost(taken: Preempt) -> str:
    """Say what the job that a unit is taken from would lose."""
    words = {
        "number": taken.number,
        "type": taken.type,
        "minutes": max(1, minutes(taken.eta_s)),
        "near": max(1, minutes(taken.was_s or 0)),
    }
    if taken.was_s is None:
        return _("here in %(minutes)d min if taken off %(number)s (%(type)s), which it would leave") % words
    return _("here in %(minutes)d min if taken off %(number)s (%(type)s), which loses a unit %(near)d min away") % words


def minutes(seconds: float) -> int:
    """Whole minutes, rounded."""
    return int(seconds / 60 + 0.5)


def span(seconds: float) -> str:
    """A length of time in words: minutes, from an hour on hours and minutes."""
    hours, rest = divmod(minutes(seconds), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
