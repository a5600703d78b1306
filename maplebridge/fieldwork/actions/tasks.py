"""Writes about tasks: given, accepted, passed on, split, delivered, returned, settled, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.fieldwork.models import Form, Task
from maplebridge.fieldwork.rules import tasks as rules
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.people.queries import roles_to_give
from maplebridge.places.models import Area

PARTS_MOST = 2_000


class CannotStep(Refused):
    """The task is in a state from which this step is not possible."""


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom a task is: a post, that is a role in an area, or a person (in an area)."""

    area: Area
    role: str = ""
    user: User | None = None

    def columns(self) -> dict[str, object]:
        """The task's columns. Raises BadInput where neither a known role nor a person is named."""
        if not self.user and self.role not in roles_to_give():
            raise BadInput("role", _("Say whose task it is: a post or a person."))
        return {"role": "" if self.user else self.role, "user": self.user, "area_code": self.area.code,
                "area_path": self.area.path}  # fmt: skip


def give_task(
    actor: Actor, *, title: str, whose: Whose, at: datetime, instructions: str = "", form: Form | None = None,
    evidence: Sequence[str] = (), due_at: datetime | None = None, source_key: str = "",
) -> Task:  # fmt: skip
    """Give a task to a post or a person in one's own areas. A `source_key` that is known gives the task that has it."""
    known = Task.objects.filter(source_key=source_key).first() if source_key else None
    if known:
        return known
    task = Task(
        title=checked_title(title), instructions=storable(instructions).strip()[:2000], form=form,
        due_at=_due(due_at, at), evidence=checked_evidence(evidence, form),
        source_key=source_key or None, **whose.columns(),
    )  # fmt: skip
    actor.must("tasks.give", about=task)
    return put_task(actor, task=task, at=at)


def checked_title(text: str) -> str:
    """Return a title in few words. Raises BadInput."""
    title = storable(text).strip()
    if not 1 <= len(title) <= 120:
        raise BadInput("title", _("Say in a few words what is to be done: at most 120 characters."))
    return title


def _due(due_at: datetime | None, at: datetime) -> datetime | None:
    if due_at is not None and due_at <= at:
        raise BadInput("due_at", _("A task is due later than now."))
    return due_at


def checked_evidence(kinds: Sequence[str], form: Form | None) -> list[str]:
    """Return the kinds of evidence wanted, a form among them where the task has one. Raises BadInput."""
    if unknown := sorted(set(kinds) - set(rules.EVIDENCE)):
        raise BadInput("evidence", _("There is no evidence of the kind “%(kind)s”.") % {"kind": unknown[0]})
    return [kind for kind in rules.EVIDENCE if kind in kinds or (kind == "form" and form)]


def put_task(actor: Actor, *, task: Task, at: datetime) -> Task:
    """Write a task that has been decided on, with its entry."""
    with act(actor, "fieldwork.task_given", at=at) as entry:
        task.given_by, task.given_at, task.state = actor.ref, at, "offered"
        task.save(force_insert=True)
        task.path = f"{task.parent.path if task.parent else '/'}{task.pk}/"
        task.save(update_fields=["path"])
        _tell(entry, task)
    return task


def _tell(entry: Draft, task: Task, **more: str) -> None:
    entry.about(
        task, state=task.state, role=task.role, area=task.area_code, area_path=task.area_path, form=task.form_id,
        user=f"user:{task.user_id}" if task.user_id else None, due_at=stamp(task.due_at) if task.due_at else None,
        parent=f"task:{task.parent_id}" if task.parent_id else None, **more,
    )  # fmt: skip


def accept_task(actor: Actor, *, task: Task, at: datetime) -> Task:
    """Take a task on; one that was for a post is then one's own."""
    _must_have(actor, task)
    with act(actor, "fieldwork.task_accepted", at=at) as entry:
        fresh = _stepped(task, "accept")
        if fresh.user_id is None and actor.user_id is not None:
            fresh.user_id, fresh.role = actor.user_id, ""
        return _kept(entry, fresh)


def pass_on_task(actor: Actor, *, task: Task, whose: Whose, at: datetime) -> Task:
    """Hand a task on to another post or person within one's own areas: one's own, or one that is given there.

    Nobody hands on a task to whoever has it already.
    """
    _must_have_or_give(actor, task)
    with act(actor, "fieldwork.task_passed_on", at=at) as entry:
        fresh = _stepped(task, "pass_on")
        before = _whose(fresh)
        for name, value in whose.columns().items():
            setattr(fresh, name, value)
        if _whose(fresh) == before:
            raise CannotStep(_("This task is there already."))
        actor.must("tasks.give", about=fresh)
        return _kept(entry, fresh)


def split_task(actor: Actor, *, task: Task, among: Sequence[Whose], at: datetime) -> list[Task]:
    """Split a task among posts and persons below; each gets a part of its own. Raises BadInput and CannotStep."""
    _must_have_or_give(actor, task)
    if not 1 <= len(among) <= PARTS_MOST:
        raise BadInput("among", _("Split a task among 1 to %(n)d.") % {"n": PARTS_MOST})
    with act(actor, "fieldwork.task_split", at=at) as entry:
        fresh = _stepped(task, "split")
        _kept(entry, fresh)
        return [put_task(actor, task=_part(actor, fresh, whose), at=at) for whose in among]


def _part(actor: Actor, task: Task, whose: Whose) -> Task:
    part = Task(
        parent=task, title=task.title, instructions=task.instructions, form=task.form, evidence=task.evidence,
        due_at=task.due_at, **whose.columns(),
    )  # fmt: skip
    actor.must("tasks.give", about=part)
    return part


def deliver_task(actor: Actor, *, task: Task, given: Sequence[str] = (), at: datetime) -> Task:
    """Say that a task is done, with the kinds of evidence that came with it. Raises BadInput where some is missing."""
    _must_have(actor, task)
    if missing := rules.lacks(task.evidence, given):
        names = ", ".join(str(rules.EVIDENCE[kind]) for kind in missing)
        raise BadInput("evidence", _("This task is delivered with %(what)s, too.") % {"what": names})
    with act(actor, "fieldwork.task_delivered", at=at) as entry:
        fresh = _stepped(task, "deliver")
        if fresh.user_id is None and actor.user_id is not None:
            fresh.user_id, fresh.role = actor.user_id, ""
        return _kept(entry, fresh)


def return_task(actor: Actor, *, task: Task, reason: str, at: datetime) -> Task:
    """Send what was delivered back to whoever did it, with a reason that they read on their phone."""
    with act(actor, "fieldwork.task_returned", at=at) as entry:
        fresh = _judged(actor, task, "return")
        fresh.reason = _reason(reason)
        entry.keep_private(reason=fresh.reason)
        return _kept(entry, fresh)


def settle_task(actor: Actor, *, task: Task, at: datetime) -> Task:
    """Accept what was delivered; a task of which this was the last part is then delivered in its turn."""
    with act(actor, "fieldwork.task_settled", at=at) as entry:
        fresh = _kept(entry, _judged(actor, task, "settle"))
        _roll_up(actor, fresh, at=at)
    return fresh


def withdraw_task(actor: Actor, *, task: Task, reason: str, at: datetime) -> Task:
    """Take a task back, with all of its parts that have not ended."""
    actor.must("tasks.give", about=task)
    with act(actor, "fieldwork.task_withdrawn", at=at) as entry:
        fresh = _stepped(task, "withdraw")
        fresh.reason = _reason(reason)
        entry.keep_private(reason=fresh.reason)
        _kept(entry, fresh)
        for part in Task.objects.filter(parent=fresh).exclude(state__in=rules.ENDED):
            withdraw_task(actor, task=part, reason=fresh.reason, at=at)
        _roll_up(actor, fresh, at=at)
    return fresh


def _roll_up(actor: Actor, part: Task, *, at: datetime) -> None:
    """Bring the task above up to date with its parts."""
    if part.parent_id is None:
        return
    above = Task.objects.select_for_update().get(pk=part.parent_id)
    state = rules.of_parts(list(above.parts.values_list("state", flat=True)))
    if above.state == "delegated" and state != "delegated":
        with act(actor, "fieldwork.task_parts_ended", at=at) as entry:
            above.state = state
            _kept(entry, above)


def remind_of_overdue(actor: Actor, *, at: datetime, most: int = 500) -> int:
    """Mark what is overdue, once a day, so that whoever has it and whoever gave it are told; return how many.

    Each day that it stays so it rises one area, which the entry names, up to the largest.
    """
    actor.must("tasks.give")
    rows = Task.objects.filter(due_at__lt=at).exclude(state__in=rules.ENDED).order_by("due_at")[: most * 4]
    due = [row for row in rows if rules.must_remind(row.state, row.due_at, row.reminded_at, at=at)][:most]
    for row in due:
        with act(actor, "fieldwork.task_overdue", at=at) as entry:
            fresh = Task.objects.select_for_update().get(pk=row.pk)
            fresh.reminded_at = at
            fresh.save(update_fields=["reminded_at"])
            _tell(entry, fresh, told=rules.told_area(fresh.area_path, fresh.due_at or at, at=at))
    return len(due)


def _must_have(actor: Actor, task: Task) -> None:
    """Raise NotAllowed unless the task is the actor's own, or of a post that they hold."""
    if not actor.may("forms.fill") or not Task.objects.filter(pk=task.pk).of(actor).exists():
        raise NotAllowed(_("This task is another's. Ask whoever gave it to pass it on to you."))


def _must_have_or_give(actor: Actor, task: Task) -> None:
    """Raise NotAllowed unless the actor has the task or gives tasks where it is."""
    if not actor.may("tasks.give", about=task):
        _must_have(actor, task)


def _whose(task: Task) -> tuple[str, str, int | None]:
    return (task.area_code, task.role, task.user_id)


def _judged(actor: Actor, task: Task, step: str) -> Task:
    """The task after a step of whoever gives tasks there and did not deliver it themselves."""
    fresh = _stepped(task, step)
    actor.must("tasks.give", about=fresh)
    if fresh.user_id is not None and fresh.user_id == actor.user_id:
        raise NotAllowed(_("Somebody else looks at what you delivered."))
    return fresh


def _stepped(task: Task, step: str) -> Task:
    fresh = Task.objects.select_for_update().get(pk=task.pk)
    state = rules.after(fresh.state, step)
    if state is None:
        sentence = _("This task is %(state)s now, so that this is not possible. Load it again.")
        raise CannotStep(sentence % {"state": rules.STATES[fresh.state]})
    fresh.state = state
    return fresh


def _kept(entry: Draft, task: Task) -> Task:
    task.save()
    _tell(entry, task)
    return task


def _reason(text: str) -> str:
    reason = storable(text).strip()
    if not 3 <= len(reason) <= 400:
        raise BadInput("reason", _("Say why in a sentence: whoever has the task reads it."))
    return reason
