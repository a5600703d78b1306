"""Tasks for each area of a kind, and plans of tasks that come again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.fieldwork.actions.tasks import (
    PARTS_MOST,
    CannotStep,
    Whose,
    checked_evidence,
    checked_title,
    give_task,
    put_task,
)
from maplebridge.fieldwork.models import Form, Task, TaskSchedule
from maplebridge.fieldwork.rules.coverage import POST_OF
from maplebridge.fieldwork.rules.recurrence import checked_rule, last_until, next_after
from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.places.queries import city_zone

DUE_DAYS_MOST = 366


def give_to_each(
    actor: Actor, *, title: str, area: Area, kind: str, at: datetime, above: str = "", instructions: str = "",
    form: Form | None = None, evidence: Sequence[str] = (), due_at: datetime | None = None, source_key: str = "",
) -> Task:  # fmt: skip
    """Give a task to the post of every area of a kind within an area; return the one of which these are the parts.

    That one is for the role `above`, or the giver's own, and is delivered once every part has ended. A `source_key`
    that is known gives the task that has it. Raises BadInput where there is no such area, or more than 2,000.
    """
    known = Task.objects.filter(source_key=source_key).first() if source_key else None
    if known:
        return known
    targets = _targets(area, kind)
    whole = Whose(area, role=above or _role_of(actor, area))
    with act(actor, "fieldwork.task_split", at=at) as entry:
        task = give_task(
            actor, title=title, whose=whole, at=at, instructions=instructions, form=form, evidence=evidence,
            due_at=due_at, source_key=source_key,
        )  # fmt: skip
        task.state = "delegated"
        task.save(update_fields=["state"])
        entry.about(task, state=task.state, parts=len(targets), area=area.code, area_path=area.path)
        for each in targets:
            put_task(actor, task=_part(task, Whose(each, role=POST_OF[kind])), at=at)
    return task


def _targets(area: Area, kind: str) -> list[Area]:
    if kind not in POST_OF:
        raise BadInput("each", _("Choose for each of which kind of area the task is."))
    below = Area.objects.at_or_below([area.code]).filter(gone=False, kind=kind).exclude(pk=area.pk)
    found = list(below.order_by("path"))
    if not 1 <= len(found) <= PARTS_MOST:
        sentence = _("There are %(n)d such areas within this one; a task is split among 1 to %(most)d.")
        raise BadInput("each", sentence % {"n": len(found), "most": PARTS_MOST})
    return found


def _role_of(actor: Actor, area: Area) -> str:
    """The role by which the actor gives tasks there."""
    fit = [each.role for each in actor.grants if "tasks.give" in each.permissions and each.covers(area.path)]
    actor.must("tasks.give", about=Task(area_path=area.path))
    return fit[0]


def _part(task: Task, whose: Whose) -> Task:
    return Task(
        parent=task, title=task.title, instructions=task.instructions, form=task.form, evidence=task.evidence,
        due_at=task.due_at, **whose.columns(),
    )  # fmt: skip


def set_schedule(
    actor: Actor, *, title: str, area: Area, rule: str, starts_at: datetime, at: datetime, role: str = "",
    each_kind: str = "", instructions: str = "", form: Form | None = None, evidence: Sequence[str] = (),
    due_days: int = 1,
) -> TaskSchedule:  # fmt: skip
    """Plan a task that comes again: for the post of a role in an area, or for each area of a kind within it.

    `rule` is an RRULE of iCalendar, counted by the city's clocks from `starts_at`. Raises BadInput by field.
    """
    actor.must("tasks.give", about=Task(area_path=area.path))
    if each_kind:
        _targets(area, each_kind)
    else:
        Whose(area, role=role).columns()
    if not 1 <= due_days <= DUE_DAYS_MOST:
        raise BadInput("due_days", _("A task is due within 1 to %(n)d days.") % {"n": DUE_DAYS_MOST})
    zone = city_zone()
    kept = checked_rule(rule, starts_at=starts_at, zone=zone)
    after = max(at, starts_at - timedelta(seconds=1))
    schedule = TaskSchedule(
        title=checked_title(title), instructions=storable(instructions).strip()[:2000], form=form, rule=kept,
        evidence=checked_evidence(evidence, form), role="" if each_kind else role, each_kind=each_kind,
        area_code=area.code, area_path=area.path, starts_at=starts_at, due_days=due_days, set_by=actor.ref,
        set_role=_role_of(actor, area), next_at=next_after(kept, starts_at=starts_at, zone=zone, after=after),
    )  # fmt: skip
    if schedule.next_at is None:
        raise BadInput("rule", _("By this rule the task never comes."))
    with act(actor, "fieldwork.schedule_set", at=at) as entry:
        schedule.save(force_insert=True)
        entry.about(
            schedule, rule=kept, area=area.code, area_path=area.path, each=each_kind, next=stamp(schedule.next_at)
        )
    return schedule


def end_schedule(actor: Actor, *, schedule: TaskSchedule, at: datetime) -> TaskSchedule:
    """Let a task come no more; those that it has given stay. Raises CannotStep where it has ended."""
    actor.must("tasks.give", about=schedule)
    with act(actor, "fieldwork.schedule_ended", at=at) as entry:
        fresh = TaskSchedule.objects.select_for_update().get(pk=schedule.pk)
        if fresh.next_at is None:
            raise CannotStep(_("This task comes no more already."))
        fresh.next_at = None
        fresh.save(update_fields=["next_at"])
        entry.about(fresh, area=fresh.area_code, area_path=fresh.area_path)
    return fresh


def turn_schedule(actor: Actor, *, schedule: TaskSchedule, at: datetime) -> Task | None:
    """Give the task of a plan whose time has come, once; None where it has not.

    After a standstill the latest is given alone: nobody wants a week of yesterday's tasks.
    """
    zone = city_zone()
    with act(actor, "fieldwork.schedule_turned", at=at) as entry:
        fresh = TaskSchedule.objects.select_for_update().get(pk=schedule.pk)
        area = Area.objects.filter(code=fresh.area_code, gone=False).first()
        if fresh.next_at is None or fresh.next_at > at:
            entry.about(fresh, day="", task=None)
            return None
        when = last_until(fresh.rule, starts_at=fresh.starts_at, zone=zone, first=fresh.next_at, at=at)
        fresh.next_at = next_after(fresh.rule, starts_at=fresh.starts_at, zone=zone, after=when) if area else None
        fresh.save(update_fields=["next_at"])
        task = _come(actor, fresh, area, when, at) if area else None
        day = f"{when.astimezone(zone):%Y-%m-%d}"
        entry.about(fresh, day=day, area=fresh.area_code, area_path=fresh.area_path, task=task and f"task:{task.pk}")
    return task


def _come(actor: Actor, plan: TaskSchedule, area: Area, when: datetime, at: datetime) -> Task | None:
    due_at = when + timedelta(days=plan.due_days)
    given: dict[str, Any] = {
        "title": plan.title, "instructions": plan.instructions, "form": plan.form, "evidence": plan.evidence,
        "due_at": due_at if due_at > at else None, "source_key": f"schedule:{plan.pk}:{stamp(when)}",
    }  # fmt: skip
    if not plan.each_kind:
        return give_task(actor, whose=Whose(area, role=plan.role), at=at, **given)
    below = Area.objects.at_or_below([area.code]).filter(gone=False, kind=plan.each_kind).exclude(pk=area.pk)
    if not below.exists():
        return None
    return give_to_each(actor, area=area, kind=plan.each_kind, above=plan.set_role, at=at, **given)
