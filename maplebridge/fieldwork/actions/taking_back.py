"""Undo the handing on of a task while nobody has begun with it: where it was before stands in the journal."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.fieldwork.actions.tasks import CannotStep, withdraw_task
from maplebridge.fieldwork.models import Task
from maplebridge.journal.act import act
from maplebridge.journal.models import Entry
from maplebridge.people.actor import Actor

_HANDED_ON = {"offered": "fieldwork.task_passed_on", "delegated": "fieldwork.task_split"}  # by the state since


def take_back_task(actor: Actor, *, task: Task, at: datetime) -> Task:
    """Give a task that was passed on back to whoever had it, or withdraw the parts of one that was split.

    Raises CannotStep once anybody has taken a step with it since, NotAllowed outside one's areas.
    """
    actor.must("tasks.give", about=task)
    with act(actor, "fieldwork.task_taken_back", at=at) as entry:
        fresh = Task.objects.select_for_update().get(pk=task.pk)
        before = _before(fresh)
        if fresh.state == "offered":
            _restore(fresh, before)
        else:
            for part in fresh.parts.filter(state="offered").order_by("pk"):
                withdraw_task(actor, task=part, reason=_("Taken back"), at=at)
            fresh.refresh_from_db()
        entry.about(
            fresh, state=fresh.state, role=fresh.role, area=fresh.area_code, area_path=fresh.area_path,
            user=f"user:{fresh.user_id}" if fresh.user_id else None,
        )  # fmt: skip
    return fresh


def _before(task: Task) -> dict[str, Any]:
    """What the journal says of a task before its last step, which must have handed it on."""
    steps = Entry.objects.filter(subject=f"task:{task.pk}").exclude(verb="fieldwork.task_overdue")
    last, before = [*steps.order_by("-position")[:2], None, None][:2]
    handed_on = last is not None and before is not None and last.verb == _HANDED_ON.get(task.state)
    if not handed_on or task.parts.exclude(state__in=("withdrawn", "offered")).exists():
        raise CannotStep(_("There is nothing to take back: it was not handed on, or somebody has begun with it."))
    return before.facts if before else {}


def _restore(task: Task, facts: dict[str, Any]) -> None:
    task.state, task.role = facts["state"], facts["role"]
    task.area_code, task.area_path = facts["area"], facts["area_path"]
    task.user_id = int(facts["user"].partition(":")[2]) if facts["user"] else None
    task.save(update_fields=["state", "role", "area_code", "area_path", "user"])
