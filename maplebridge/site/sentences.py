"""What the journal page says of entries: each domain's own sentence, those of the domains below here, else the verb.

Private texts are never part of it: reading one is an act of its own (`consult_entry`).
"""

from collections.abc import Iterable
from importlib import import_module

import msgspec
from django.utils.translation import gettext as _

from maplebridge.incidents.models import Incident
from maplebridge.incidents.queries.timeline import SENTENCES, Told, sentence
from maplebridge.journal.models import Entry

import_module("maplebridge.incidents.queries.sentences")  # they register themselves
import_module("maplebridge.dispatch.sentences")
import_module("maplebridge.property.sentences")
import_module("maplebridge.site.deployment_sentences")
import_module("maplebridge.site.people_sentences")
import_module("maplebridge.site.position_sentences")
import_module("maplebridge.site.field_sentences")
import_module("maplebridge.site.work_sentences")
import_module("maplebridge.site.register_sentences")
import_module("maplebridge.site.country_sentences")


def sentences_of(entries: Iterable[Entry]) -> dict[int, str]:
    """Say in the reader's language what each entry records, by position."""
    rows = list(entries)
    refs = {ref for entry in rows for ref in (entry.subject, entry.case) if ref.startswith("incident:")}
    ids = [int(ref[9:]) for ref in refs if ref[9:].isdecimal()]
    numbers = {f"incident:{each.pk}": each.label for each in Incident.objects.filter(pk__in=ids)}
    return {entry.position: _told(entry, numbers) for entry in rows}


def _told(entry: Entry, numbers: dict[str, str]) -> str:
    try:
        body = msgspec.json.decode(entry.body)
        private = dict.fromkeys(body["digests"], str(_("(private text)")))
        told = Told(entry.verb, entry.subject, entry.case, body["facts"], private, numbers)
        renderer = SENTENCES.get(entry.verb)
        return (renderer(told) if renderer else "") or in_words(entry.verb)
    except (KeyError, TypeError, ValueError):  # a damaged or very old entry is still listed; `verify` judges it
        return in_words(entry.verb)


def in_words(verb: str) -> str:
    """A verb without its domain and underscores: `people.user_enrolled` becomes `user enrolled`."""
    return verb.partition(".")[2].replace("_", " ")


@sentence("journal.consulted")
def _consulted(told: Told) -> str:
    kind, _colon, number = told.subject.partition(":")
    if kind != "entry":
        return _("Looked at personal data of %(record)s.") % {"record": told.number(told.subject)}
    return _("Read the private text of entry %(position)s.") % {"position": number}


@sentence("journal.erasures_recorded")
def _erasures(told: Told) -> str:
    return _("Private texts that the version before had erased: %(n)s, named here.") % {
        "n": told.facts.get("parts", "")
    }


@sentence("journal.exported")
def _exported(told: Told) -> str:
    return _("%(n)s entries of the journal exported.") % {"n": told.facts["entries"]}


@sentence("places.city_imported")
def _city(told: Told) -> str:
    return _("Streets and places of the city imported.")


@sentence("places.areas_imported")
def _areas(told: Told) -> str:
    return _("Areas imported.")


@sentence("places.speeds_set")
def _speeds(told: Told) -> str:
    return _("Travel speeds set.")


@sentence("places.premise_note_added")
def _note_added(told: Told) -> str:
    return _("Premise note added.")


@sentence("places.premise_note_withdrawn")
def _note_withdrawn(told: Told) -> str:
    return _("Premise note withdrawn.")


@sentence("incidents.types_installed")
def _types(told: Told) -> str:
    return _("Incident types installed.")


@sentence("incidents.numbers_reserved")
def _numbers(told: Told) -> str:
    return _("Numbers reserved for paper cards.")
