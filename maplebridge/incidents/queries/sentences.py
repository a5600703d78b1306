"""Sentences of this domain's own verbs."""

from django.utils.translation import gettext as _

from maplebridge.incidents.models import IncidentType
from maplebridge.incidents.queries.timeline import Told, sentence
from maplebridge.incidents.rules import DISPOSITIONS, LINK_KINDS, SOURCES, STATE_NAMES
from maplebridge.kernel.language import named


def _with(text: str, words: str) -> str:
    return f"{text} {words}" if words else text


def _type_name(code: object) -> str:
    found = IncidentType.objects.filter(code=code).first()
    if found is None:
        return str(code)
    return named(found.name, found.name_zh)


@sentence("incidents.reported")
def _reported(told: Told) -> str:
    facts = told.facts
    text = _("Reported %(number)s by %(source)s: %(type)s, priority %(priority)s.") % {
        "number": f"{facts['number']:04d}",
        "source": dict(SOURCES).get(facts["source"], facts["source"]),
        "type": _type_name(facts["type"]),
        "priority": facts["priority"],
    }
    return _with(text, told.words("narrative"))


@sentence("incidents.imported")
def _imported(told: Told) -> str:
    return _reported(told)


@sentence("incidents.note_added")
def _noted(told: Told) -> str:
    return told.words("text")


@sentence("incidents.state_changed", follows=True)
def _state_changed(told: Told) -> str:
    state = told.facts.get("state")
    return _("Now: %(state)s.") % {"state": STATE_NAMES.get(state, state)} if state else _("A time was entered late.")


@sentence("incidents.priority_set")
def _priority_set(told: Told) -> str:
    text = _("Priority set to %(priority)s.") % {"priority": told.facts["priority"]}
    return _with(text, told.words("reason"))


@sentence("incidents.priority_followed")
def _priority_followed(told: Told) -> str:
    return _("Priority is now %(priority)s, as the merged reports say.") % {"priority": told.facts["priority"]}


@sentence("incidents.edited")
def _edited(told: Told) -> str:
    parts = []
    if "type" in told.facts:
        parts.append(_("Type corrected to %(type)s.") % {"type": _type_name(told.facts["type"])})
    if "lon" in told.facts:
        parts.append(_("Place corrected: %(place)s.") % {"place": _place(told)})
    return " ".join(parts)


def _place(told: Told) -> str:
    return told.words("address") or f"{told.facts['lon']}, {told.facts['lat']}"


@sentence("incidents.held")
def _held(told: Told) -> str:
    return _with(_("Put on hold."), told.words("reason"))


@sentence("incidents.released")
def _released(told: Told) -> str:
    return _with(_("Taken off hold."), told.words("reason"))


@sentence("incidents.closed")
def _closed(told: Told) -> str:
    name = dict(DISPOSITIONS).get(told.facts["disposition"], told.facts["disposition"])
    text = _("Handled and closed at the post: %(name)s.") if told.facts.get("at_post") else _("Closed: %(name)s.")
    return _with(text % {"name": name}, told.words("narrative"))


@sentence("incidents.cancelled")
def _cancelled(told: Told) -> str:
    return _with(_("Cancelled."), told.words("reason"))


@sentence("incidents.reopened")
def _reopened(told: Told) -> str:
    return _with(_("Reopened; those who closed it are told."), told.words("reason"))


@sentence("incidents.merged")
def _merged(told: Told) -> str:
    return _("%(number)s merged into %(into)s.") % {
        "number": told.number(told.subject),
        "into": told.number(told.case),
    }


@sentence("incidents.unmerged")
def _unmerged(told: Told) -> str:
    return _("Merge of %(number)s into %(into)s taken back.") % {
        "number": told.number(told.subject),
        "into": told.number(told.case),
    }


@sentence("incidents.linked")
def _linked(told: Told) -> str:
    kind = told.facts.get("link", "related")
    return _("%(number)s linked: %(kind)s %(other)s.") % {
        "number": told.number(told.subject),
        "kind": dict(LINK_KINDS).get(kind, kind),
        "other": told.number(told.case),
    }


@sentence("incidents.split")
def _split(told: Told) -> str:
    return _("%(other)s split from %(number)s.") % {
        "number": told.number(told.subject),
        "other": told.number(told.case),
    }


@sentence("incidents.consulted")
def _consulted(told: Told) -> str:
    if told.purpose == "caller's last place":
        return _("Its place was looked up by the caller's number.")
    return _with(_("Looked at the callers' names and numbers."), told.words("reason"))


@sentence("incidents.read", follows=True)
def _read(told: Told) -> str:
    return _("Read what was reported and noted.")


@sentence("incidents.look_refused")
def _look_refused(told: Told) -> str:
    return _("Asked for the callers' names and numbers, and was refused.")


@sentence("incidents.disclosed_to_reporter")
def _disclosed(told: Told) -> str:
    return _("The reporter fetched what is held about them.")


@sentence("incidents.file_attached")
def _file_attached(told: Told) -> str:
    return _with(_("File attached."), told.words("name"))


@sentence("incidents.file_consulted")
def _file_consulted(told: Told) -> str:
    return _("Looked at an attached file.")


@sentence("incidents.card_entered")
def _card_entered(told: Told) -> str:
    return _("Entered from its paper card.")


@sentence("incidents.personal_data_erased")
def _erased(told: Told) -> str:
    return _("Personal data past their time erased.")


@sentence("incidents.table_imported")
def _table_imported(told: Told) -> str:
    return _("Table of incidents imported.")


@sentence("incidents.follow_up_set")
def _follow_up_set(told: Told) -> str:
    return _("What is looked at again after %(type)s was set.") % {"type": _type_name(told.facts.get("type"))}


@sentence("incidents.target_set")
def _target_set(told: Told) -> str:
    return _("Service target set.")


@sentence("incidents.disclosed")
def _handed_out(told: Told) -> str:
    return _("Handed out, approved by two, to %(recipient)s.") % {"recipient": told.private.get("recipient", "")}


@sentence("incidents.erased_on_request")
def _erased_on_request(told: Told) -> str:
    return _("Reporters, their words and files erased on request, approved by two.")
