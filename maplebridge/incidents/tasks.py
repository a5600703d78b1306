"""What incidents do by the clock, and because of what happened."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.fieldwork import actions as field
from maplebridge.fieldwork.models import Form, Task
from maplebridge.fieldwork.queries.coverage import smallest_post
from maplebridge.fieldwork.rules.tasks import ENDED
from maplebridge.incidents.actions import erase_expired
from maplebridge.incidents.follow_ups import follow_up_of
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules.follow_ups import has_follow_up
from maplebridge.journal.models import Entry
from maplebridge.kernel.language import named
from maplebridge.people.actor import system


def erase_expired_data(at: datetime) -> None:
    """Erase the names, numbers and files whose time is over, in portions, until none is left."""
    while erase_expired(system("worker"), at=at):
        pass


def give_follow_up(entry: Entry, at: datetime) -> None:
    """Reaction to `incidents.closed`: what its type asks to be looked at again becomes a task of a post there, once."""
    incident = Incident.objects.filter(pk=_number(entry), merged_into=None).first()
    if incident is None or incident.state != "Closed" or _was_reopened(entry):
        return
    rule = follow_up_of(incident.type_id)
    post = smallest_post(incident.area_path, at=at, kinds=rule.kinds)
    if post is None or not has_follow_up(rule, disposition=incident.disposition):
        return
    place = _("Incident %(number)s, %(place)s") % {"number": incident.label, "place": incident.address or "–"}
    field.give_task(
        system("worker"), title=named(rule.title, rule.title_zh),
        instructions="\n".join(filter(None, [place, named(rule.instructions, rule.instructions_zh)])),
        form=Form.objects.filter(pk=rule.form).first(), whose=field.Whose(post[0], role=post[1]),
        due_at=max(incident.closed_at or at, at - timedelta(days=1)) + timedelta(days=rule.days),
        source_key=f"follow_up:{incident.pk}:{entry.position}", at=at,
    )  # fmt: skip


def end_follow_up(entry: Entry, at: datetime) -> None:
    """Reaction to `incidents.reopened`: the task to look at it again is taken back; closing it gives a new one."""
    key = f"follow_up:{_number(entry)}:"
    for task in Task.objects.filter(source_key__startswith=key).exclude(state__in=ENDED):
        field.withdraw_task(system("worker"), task=task, reason=_("The incident was opened again."), at=at)


def _was_reopened(entry: Entry) -> bool:
    later = Entry.objects.after(entry.position).filter(subject=entry.subject, verb="incidents.reopened")
    return later.exists()


def _number(entry: Entry) -> int:
    return int(entry.subject.partition(":")[2])
