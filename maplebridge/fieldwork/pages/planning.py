"""What the form of a new task says: for whom, until when, with which evidence, once or again and again."""

from datetime import datetime, time
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Form
from maplebridge.fieldwork.pages.work import day_from
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.places.queries import city_zone

REPEATS = {"daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}


def given(actor: Actor, said: QueryDict, *, at: datetime) -> str:
    """Give the task, or plan it; return what was done in a sentence. Raises BadInput by field."""
    area = Area.objects.filter(code=said.get("area", ""), gone=False).first()
    if area is None:
        raise BadInput("area", _("Choose an area."))
    form = Form.objects.filter(pk=said.get("form", "")).first() if said.get("form") else None
    whom = said.get("whom", "")
    what: dict[str, Any] = {
        "title": said.get("title", ""), "instructions": said.get("instructions", ""), "form": form,
        "evidence": said.getlist("evidence"),
    }  # fmt: skip
    kind, role = (whom[5:], "") if whom.startswith("each:") else ("", whom)
    due_at = _due(said.get("due", ""))
    rule = REPEATS.get(said.get("repeat", ""), said.get("rule", "").strip())
    if rule:
        days = said.get("due_days", "1")
        plan = actions.set_schedule(
            actor, area=area, role=role, each_kind=kind, rule=rule, starts_at=_start(said.get("start", ""), at), at=at,
            due_days=int(days) if days.isdecimal() and len(days) < 5 else 0, **what,
        )  # fmt: skip
        first = f"{plan.next_at.astimezone(city_zone()):%Y-%m-%d}" if plan.next_at else ""
        return _("Planned: it comes first on %(day)s.") % {"day": first}
    if kind:
        task = actions.give_to_each(actor, area=area, kind=kind, due_at=due_at, at=at, **what)
        count = task.parts.count()
        return ngettext("Given to %(n)d post.", "Given to %(n)d posts.", count) % {"n": count}
    actions.give_task(actor, whose=actions.Whose(area, role=role), due_at=due_at, at=at, **what)
    return _("Given.")


def _due(text: str) -> datetime | None:
    """The end of a day by the city's clocks, a minute before midnight."""
    day = day_from(text, "due")
    return datetime.combine(day, time(23, 59), city_zone()) if day else None


def _start(text: str, at: datetime) -> datetime:
    """Eight in the morning of a day by the city's clocks; of today where none is said."""
    zone = city_zone()
    return datetime.combine(day_from(text, "start") or at.astimezone(zone).date(), time(8), zone)
