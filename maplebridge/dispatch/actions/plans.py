"""Response plans, and the alarm level of an incident: what it should have sent to it."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.actions.parts import lock_incidents
from maplebridge.dispatch.models import AlarmLevel, ResponsePlan
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import act
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.rules import UNIT_KINDS

SEED = Path(__file__).resolve().parent.parent / "plans.toml"
REASON_MOST = 200


class CannotRaiseAlarm(Refused):
    """The incident has ended, or was merged into another."""


def set_response_plan(
    actor: Actor,
    *,
    type_code: str | None,
    max_priority: int = 10,
    level: int = 1,
    wants: Sequence[object],
    at: datetime,
) -> ResponsePlan:
    """Say what incidents of a type (None: of all) and of priorities up to one want at an alarm level; replaces that.

    `wants` are rows {count 1-20, kinds?, skills?}. The same again changes nothing. Raises BadInput on each field.
    """
    actor.must("people.manage")
    key = _checked_key(type_code, max_priority, level)
    rows = _checked_wants(wants)
    known = _find(key)
    if known and known.wants == rows:
        return known
    with act(actor, "dispatch.response_plan_set", at=at) as entry:
        defaults = {"wants": rows}
        plan, _made = ResponsePlan.objects.update_or_create(
            type_id=key[0] or None, max_priority=max_priority, level=level, defaults=defaults
        )
        entry.about(plan, **_facts(plan))
    return plan


def remove_response_plan(actor: Actor, *, type_code: str | None, max_priority: int, level: int, at: datetime) -> None:
    """Remove a plan; then the next most specific one holds. Raises NotFound when there is none."""
    actor.must("people.manage")
    with act(actor, "dispatch.response_plan_removed", at=at) as entry:
        plan = _find((type_code or "", max_priority, level))
        if plan is None:
            raise NotFound(_("There is no such response plan. Look at the list of plans."))
        entry.about(plan, **{**_facts(plan), "wants": []})
        plan.delete()


def install_plans(actor: Actor, *, at: datetime) -> int:
    """Create the seed plans never installed here and return how many; those a city changed or removed stay so.

    Run it after `install_types`: a plan of a type that is not there waits until it is.
    """
    actor.must("people.manage")
    there = {(plan.type_id or "", plan.max_priority, plan.level) for plan in ResponsePlan.objects.all()}
    types = {"", *IncidentType.objects.values_list("code", flat=True)}
    known = there | _installed_before()
    missing = {key: wants for key, wants in _seed() if key not in known and key[0] in types}
    if not missing:
        return 0
    with act(actor, "dispatch.plans_installed", at=at) as entry:
        ResponsePlan.objects.bulk_create(
            ResponsePlan(type_id=type or None, max_priority=priority, level=level, wants=wants)
            for (type, priority, level), wants in missing.items()
        )
        entry.about("responseplan:*", installed=[list(key) for key in sorted(missing)])
    return len(missing)


def _seed() -> Iterator[tuple[rules.PlanKey, list[dict[str, object]]]]:
    for plan in tomllib.loads(SEED.read_text(encoding="utf-8"))["plan"]:
        for code in plan.get("types", [""]):
            yield (code, plan["max_priority"], plan["level"]), _checked_wants(plan["wants"])


def _installed_before() -> set[rules.PlanKey]:
    entries: Iterable[Entry] = Entry.objects.filter(verb="dispatch.plans_installed")
    return {(key[0], key[1], key[2]) for entry in entries for key in entry.facts["installed"]}


def _find(key: rules.PlanKey) -> ResponsePlan | None:
    type_code, max_priority, level = key
    return ResponsePlan.objects.filter(type=type_code or None, max_priority=max_priority, level=level).first()


def _facts(plan: ResponsePlan) -> dict[str, Any]:
    return {"type": plan.type_id, "max_priority": plan.max_priority, "level": plan.level, "wants": plan.wants}


def _checked_key(type_code: str | None, max_priority: int, level: int) -> rules.PlanKey:
    if type_code and not IncidentType.objects.filter(code=type_code).exists():
        sentence = _("There is no incident type “%(code)s”. Choose one from the list, or none for all types.")
        raise BadInput("type", sentence % {"code": type_code[:40]})
    if not 0 <= max_priority <= 10:
        raise BadInput("max_priority", _("Give a priority from 0 (most urgent) to 10."))
    _check_level(level)
    return type_code or "", max_priority, level


def _check_level(level: int) -> None:
    if not 1 <= level <= rules.LEVEL_MOST:
        raise BadInput("level", _("Give an alarm level from 1 to %(most)d.") % {"most": rules.LEVEL_MOST})


def _checked_wants(wants: Sequence[object]) -> list[dict[str, object]]:
    if not 1 <= len(wants) <= rules.WANTS_MOST:
        sentence = _("Say what the plan wants in 1 to %(most)d lines. To want nothing, remove the plan.")
        raise BadInput("wants", sentence % {"most": rules.WANTS_MOST})
    found = [rules.want_from(want) for want in wants]
    if None in found:
        sentence = _("Line %(line)d: give a count of 1 to %(most)d, kinds out of %(kinds)s, and skills, if any.")
        words = {"line": found.index(None) + 1, "most": rules.COUNT_MOST, "kinds": ", ".join(UNIT_KINDS)}
        raise BadInput("wants", sentence % words)
    return [rules.want_row(want) for want in found if want]


def raise_alarm_level(actor: Actor, *, incident: Incident, level: int, reason: str, at: datetime) -> int:
    """Set the alarm level of an open incident (1 to 5) with the reason: a higher one wants more units; returns it.

    A lower level takes a mistake back; the same again changes nothing. Raises BadInput, CannotRaiseAlarm.
    """
    actor.must("dispatch.assign", incident)
    _check_level(level)
    if AlarmLevel.objects.filter(incident=incident, level=level).exists():
        return level
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_MOST:
        raise BadInput("reason", _("Say in a few words why, in at most %(most)d characters.") % {"most": REASON_MOST})
    with act(actor, "dispatch.alarm_level_set", at=at) as entry:
        fresh = lock_incidents(incident.pk)[incident.pk]
        _must_be_open(fresh)
        AlarmLevel.objects.update_or_create(incident=fresh, defaults={"level": level, "since_at": at})
        entry.about(fresh, alarm_level=level, alarm_level_at=stamp(at)).keep_private(reason=reason)
    return level


def _must_be_open(incident: Incident) -> None:
    if incident.merged_into_id:
        words = {"number": incident.label, "into": Incident.objects.get(pk=incident.merged_into_id).label}
        raise CannotRaiseAlarm(_("%(number)s was merged into %(into)s. Raise the alarm there.") % words)
    if not is_open(incident.state):
        words = {"number": incident.label}
        raise CannotRaiseAlarm(_("%(number)s has ended. Reopen it first, then raise the alarm.") % words)
