"""What happened in the demo's county since the middle of last year, fewer of late, and what was looked at again."""

import random
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from maplebridge.fieldwork import actions as field
from maplebridge.fieldwork.models import FormVersion, Task
from maplebridge.fieldwork.rules.tasks import ENDED
from maplebridge.incidents import actions
from maplebridge.incidents.tasks import give_follow_up
from maplebridge.journal.models import Entry
from maplebridge.people.actor import Actor, actor_of, system
from maplebridge.places.models import Area
from maplebridge.places.register.models import Address
from maplebridge.site.demo.county_forms import filled
from maplebridge.site.demo.county_people import holder, judge_of

DAYS = 515  # back to the same half-year of the year before
QUIET_SHARE = 0.5  # of the villages: nothing ever happens there
LATEST = timedelta(days=3)
_FEWER = 0.45  # of what happened at the beginning still happens
_TALES = tomllib.loads(Path(__file__).with_name("county_incidents.toml").read_text(encoding="utf-8"))["tale"]


def tell_incidents(actor: Actor, *, count: int, since: datetime, at: datetime, seed: int) -> None:
    """Tell `count` incidents in some of the villages, all closed; what closed after `since` is looked at again."""
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    doors = _doors(rng)
    if not doors:
        return
    often = [rng.expovariate(1) for _village in doors]
    quiet_since = [at, *(at + timedelta(days=rng.uniform(-DAYS, DAYS)) for _village in doors[1:])]
    for moment in _moments(count, at, rng):
        weights = [rate if moment < until else 0.0 for rate, until in zip(often, quiet_since, strict=True)]
        _happens(actor, rng.choices(doors, weights)[0], moment, rng)
    for entry in Entry.objects.filter(verb="incidents.closed", at__gte=since).order_by("position"):
        give_follow_up(entry, entry.at + timedelta(minutes=5))
    follow_ups = Task.objects.filter(source_key__startswith="follow_up:").exclude(state__in=ENDED)
    for number, task in enumerate(follow_ups.select_related("form").order_by("due_at", "pk")):
        if task.due_at and task.due_at < at - LATEST and number % 6 != 5:  # one in six is overdue
            _look_again(task, number, rng)


def _doors(rng: random.Random) -> list[list[Address]]:
    """The registered houses of the villages where something happens, village by village."""
    villages: dict[str, list[Address]] = {}
    for door in Address.objects.filter(kind="building", area__kind="hamlet").select_related("area").order_by("pk"):
        villages.setdefault(door.area.path.rsplit("/", 2)[0], []).append(door)
    chosen = rng.sample(sorted(villages), max(1, round(len(villages) * (1 - QUIET_SHARE)))) if villages else []
    return [villages[path] for path in chosen]


def _moments(count: int, at: datetime, rng: random.Random) -> list[datetime]:
    """Draw when they happen, in order, by day and evening; the nearer to now, the fewer (by rejection)."""
    found: list[datetime] = []
    while len(found) < count:
        age = rng.uniform(LATEST.days + 1, DAYS)
        if rng.random() < _FEWER + (1 - _FEWER) * age / DAYS:
            day = (at - timedelta(days=age)).date()
            found.append(datetime.combine(day, time(), UTC) + timedelta(hours=rng.triangular(6, 23, 18)))
    return sorted(found)


def _happens(actor: Actor, doors: Sequence[Address], moment: datetime, rng: random.Random) -> None:
    tale: dict[str, Any] = rng.choices(_TALES, [each["weight"] for each in _TALES])[0]
    door = rng.choice(doors)
    incident = actions.report_incident(
        actor, type=tale["type"], lon=door.lon, lat=door.lat, address=str(door), narrative=rng.choice(tale["words"]),
        source=rng.choice(("call", "call", "officer", "walk_in")), invented=True, at=moment,
    ).incident  # fmt: skip
    disposition, words = rng.choice(tale["closings"])
    after = timedelta(minutes=rng.triangular(20, 180, 45))
    actions.close_incident(actor, incident=incident, disposition=disposition, narrative=words, at=moment + after)


def _look_again(task: Task, number: int, rng: random.Random) -> None:
    """Do what a closed incident left to be done, a day before it is due; whoever is above looks at it."""
    worker, judge = holder(task.area_code, task.role), judge_of(Area.objects.get(code=task.area_code))
    when = (task.due_at or task.given_at) - timedelta(hours=rng.uniform(20, 60))
    version = FormVersion.objects.published().filter(form=task.form).first() if task.form else None
    if version is None:
        field.deliver_task(actor_of(worker, at=when), task=task, at=when)
        field.settle_task(actor_of(judge, at=when), task=task, at=when + timedelta(hours=18))
        return
    door = Address.objects.filter(area__path__startswith=task.area_path, kind="building").order_by("pk").first()
    xml, files = filled(version, f"again-{number:04d}", door or Area.objects.get(code=task.area_code), when, rng)
    done = field.receive_submission(
        actor_of(worker, at=when), user=worker, xml=xml, files=files, task=task.pk, at=when + timedelta(minutes=9)
    )
    review = field.screen_submission(system("demo"), submission=done.submission, at=when + timedelta(minutes=10))
    if review is not None and review.state != "accepted":
        field.accept_and_apply(actor_of(judge, at=when), review=review, take=[], seen={}, at=when + timedelta(hours=18))
