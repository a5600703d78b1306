"""The sentences of dispatch's verbs in an incident's timeline."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maplebridge.incidents.models import IncidentType
from maplebridge.incidents.queries.timeline import Told, sentence
from maplebridge.kernel.language import named
from maplebridge.people.models import Unit

_PLAIN = {
    "dispatch.unit_assigned": gettext_noop("%(unit)s sent."),
    "dispatch.job_accepted": gettext_noop("%(unit)s accepted."),
    "dispatch.unit_enroute": gettext_noop("%(unit)s is on its way."),
    "dispatch.unit_onscene": gettext_noop("%(unit)s is on scene."),
    "dispatch.unit_cleared": gettext_noop("%(unit)s is free again."),
    "dispatch.unit_stood_down": gettext_noop("%(unit)s stood down."),
    "dispatch.unit_swapped_out": gettext_noop("%(unit)s is replaced."),
    "dispatch.unit_preempted": gettext_noop("%(unit)s taken off for a more urgent job."),
    "dispatch.unit_noted": gettext_noop("%(unit)s: status noted."),
    "dispatch.unit_out_of_service": gettext_noop("%(unit)s is out of service."),
    "dispatch.unit_on_duty": gettext_noop("%(unit)s is on duty."),
    "dispatch.unit_off_duty": gettext_noop("%(unit)s is off duty."),
    "dispatch.panic_raised": gettext_noop("Panic alarm of %(unit)s."),
    "dispatch.panic_ended": gettext_noop("Panic alarm of %(unit)s ended."),
    "dispatch.duty_extended": gettext_noop("%(unit)s stays on duty longer."),
    "dispatch.lone_watch_set": gettext_noop("%(unit)s works alone: silence raises an alarm."),
    "dispatch.lone_watch_ended": gettext_noop("%(unit)s is no longer watched as working alone."),
    "dispatch.heard_again": gettext_noop("%(unit)s is heard of again."),
    "dispatch.alarm_escalated": gettext_noop("%(unit)s is still silent: search for it."),
    "dispatch.welfare_confirmed": gettext_noop("%(unit)s is well."),
}


def _plain(template: str) -> Callable[[Told], str]:
    def tell(told: Told) -> str:
        text = _(template) % {"unit": told.facts.get("call_sign", told.subject)}
        reason = told.words("reason")
        return f"{text} {reason}" if reason else text

    return tell


for _verb, _template in _PLAIN.items():
    sentence(_verb)(_plain(_template))


@sentence("dispatch.alarm_raised")
def _alarm(told: Told) -> str:
    unit = told.facts.get("call_sign", told.subject)
    if told.facts.get("alarm") == "silent":
        return _("Nothing is heard of %(unit)s, which works alone: call it.") % {"unit": unit}
    if told.facts.get("alarm") == "welfare":
        return _("%(unit)s has not been heard from: ask whether all is well.") % {"unit": unit}
    return _("%(unit)s is late with its next step: ask where it is.") % {"unit": unit}


@sentence("dispatch.units_changed", follows=True)
def _units(told: Told) -> str:
    ids = told.facts.get("units") or []
    if not ids:
        return _("No unit is on it now.")
    signs = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "call_sign"))
    return _("On it now: %(units)s.") % {"units": ", ".join(signs.get(pk, str(pk)) for pk in ids)}


@sentence("dispatch.handled_at_post")
def _at_post(told: Told) -> str:
    return _("Handled at the post.")


@sentence("dispatch.alarm_level_set")
def _alarm_level(told: Told) -> str:
    text = _("Alarm level %(level)d.") % {"level": told.facts["alarm_level"]}
    return f"{text} {told.words('reason')}".strip()


@sentence("dispatch.response_plan_set")
def _plan_set(told: Told) -> str:
    return _("Response plan set for %(which)s.") % {"which": _which(told)}


@sentence("dispatch.response_plan_removed")
def _plan_removed(told: Told) -> str:
    return _("Response plan removed for %(which)s.") % {"which": _which(told)}


def _which(told: Told) -> str:
    facts = told.facts
    found = IncidentType.objects.filter(code=facts["type"]).first()
    kind = facts["type"] or _("all types")
    if found:
        kind = named(found.name, found.name_zh)
    words = {"type": kind, "priority": facts["max_priority"], "level": facts["level"]}
    return _("%(type)s, priorities up to %(priority)d, alarm level %(level)d") % words


@sentence("dispatch.plans_installed")
def _plans_installed(told: Told) -> str:
    return _("Response plans installed.")
