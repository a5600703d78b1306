"""The board of tasks: each with the states of all below it, and where they stand in time and place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import reduce
from operator import or_

from django.db.models import Q

from maplebridge.fieldwork.models import Task, TaskQuerySet
from maplebridge.fieldwork.rules.tasks import ENDED, overdue, told_area
from maplebridge.people.actor import Actor
from maplebridge.places.under import under

BOARD_MOST = 400
VIEWS = ("open", "overdue", "risen", "delivered", "ended")


@dataclass(slots=True)
class Line:
    """A task on the board; `below` counts the tasks under it by state; `told` is the area that an overdue one is at."""

    task: Task
    late: bool
    told: str = ""
    depth: int = 0
    below: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many of those below have ended."""
        return sum(count for state, count in self.below.items() if state in ENDED)


def board(actor: Actor, *, view: str, area: str = "", opened: str = "", at: datetime) -> list[Line]:
    """Lines of the board, what is due first at the top; the parts of `opened` (a task's number) come right below it.

    A task is on top where the one that it is part of is not the actor's to see.
    """
    seen = Task.objects.visible_to(actor).select_related("form", "user")
    seen = seen.filter(under([area])) if area else seen
    rows = list(_asked(seen, view, at).order_by("due_at", "pk")[: BOARD_MOST * 4])
    parents = {row.parent_id for row in rows if row.parent_id}
    visible = set(seen.filter(pk__in=parents).values_list("pk", flat=True)) if view in ("open", "ended") else set()
    top = [_line(row, at) for row in rows if row.parent_id not in visible]
    if view == "risen":
        codes = actor.areas("tasks.give")
        top = [line for line in top if line.told != line.task.area_code and (codes is None or line.told in codes)]
    return _opened(_counted(top[:BOARD_MOST]), opened, at)


def _asked(seen: TaskQuerySet, view: str, at: datetime) -> TaskQuerySet:
    if view in ("overdue", "risen"):
        return seen.filter(due_at__lt=at, state__in=("offered", "accepted", "delegated", "returned"))
    if view == "delivered":
        return seen.filter(state="delivered")
    return seen.filter(state__in=ENDED) if view == "ended" else seen.exclude(state__in=ENDED)


def _line(task: Task, at: datetime, depth: int = 0) -> Line:
    late = overdue(task.state, task.due_at, at=at)
    return Line(task, late, told_area(task.area_path, task.due_at, at=at) if late and task.due_at else "", depth)


def _counted(lines: list[Line]) -> list[Line]:
    """Count what is below each line, all in one question."""
    split = {line.task.path: line for line in lines if line.task.state not in ("offered", "accepted", "returned")}
    if split:
        parts = reduce(or_, (Q(path__startswith=path) for path in split))
        for path, state in Task.objects.filter(parts).values_list("path", "state"):
            codes = path.strip("/").split("/")
            for depth in range(1, len(codes)):
                line = split.get(f"/{'/'.join(codes[:depth])}/")
                if line is not None:
                    line.below[state] += 1
    return lines


def _opened(lines: list[Line], opened: str, at: datetime) -> list[Line]:
    """Put the parts of the opened task below it."""
    number = int(opened) if opened.isdecimal() and len(opened) < 12 else 0
    place = next((n for n, line in enumerate(lines) if line.task.pk == number), None)
    if place is None:
        return lines
    rows = Task.objects.filter(parent_id=number).select_related("form", "user").order_by("area_path", "pk")
    parts = _counted([_line(row, at, depth=1) for row in rows[:2_000]])
    there = {part.task.pk for part in parts}
    rest = [line for line in lines[place + 1 :] if line.task.pk not in there]
    return [*[line for line in lines[: place + 1] if line.task.pk not in there], *parts, *rest]


def due_between(actor: Actor, first: datetime, last: datetime, *, own: bool = False) -> list[Task]:
    """Tasks due from one moment to another, with their parts left out where the whole is the actor's to see."""
    rows = Task.objects.of(actor) if own else Task.objects.visible_to(actor)
    found = list(rows.filter(due_at__gte=first, due_at__lt=last).exclude(state="withdrawn").order_by("due_at")[:2_000])
    there = {task.pk for task in found}
    return [task for task in found if task.parent_id not in there]


def by_day(tasks: Sequence[Task], zone: tzinfo) -> dict[date, list[Task]]:
    """Tasks by the day on which they are due, by the city's clocks."""
    days: dict[date, list[Task]] = {}
    for task in tasks:
        if task.due_at is not None:
            days.setdefault(task.due_at.astimezone(zone).date(), []).append(task)
    return days
