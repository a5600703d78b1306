"""The sentences of the hierarchy and of tasks that come again: tables of divisions, posts, schedules."""

from django.utils.translation import gettext as _

from maplebridge.incidents.queries.timeline import Told, sentence


@sentence("places.divisions_imported")
def _divisions(told: Told) -> str:
    return _("A table of divisions was imported: %(new)d areas are new, %(changed)d were changed.") % told.facts


@sentence("fieldwork.posts_filled")
def _posts(told: Told) -> str:
    return _("A roster was imported: %(filled)d posts were filled, %(accounts)d accounts are new.") % told.facts


@sentence("fieldwork.schedule_set")
def _schedule(told: Told) -> str:
    return _("A task that comes again was planned.")


@sentence("fieldwork.schedule_ended")
def _ended(told: Told) -> str:
    return _("A task that came again will come no more.")


@sentence("fieldwork.schedule_turned")
def _turned(told: Told) -> str:
    return _("A plan gave its tasks of %(day)s.") % told.facts
