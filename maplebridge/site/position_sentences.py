"""The sentences of positions' verbs: trackers, fences, looks at tracks."""

from django.db.models import Model
from django.utils.translation import gettext as _

from maplebridge.incidents.queries.timeline import Told, sentence
from maplebridge.kernel.clock import parse_stamp
from maplebridge.people.models import Unit
from maplebridge.positions.models import Fence


@sentence("positions.tracker_issued")
def _tracker(told: Told) -> str:
    return _("Address made to which a tracker sends positions.")


@sentence("positions.tracker_revoked")
def _tracker_revoked(told: Told) -> str:
    return _("Address of a tracker closed.")


@sentence("positions.fence_put")
def _fence(told: Told) -> str:
    return _("Fence set up: %(fence)s.") % {"fence": _named(told.subject)}


@sentence("positions.fence_ended")
def _fence_ended(told: Told) -> str:
    return _("Fence ended: %(fence)s.") % {"fence": _named(told.subject)}


@sentence("positions.fence_entered")
def _entered(told: Told) -> str:
    return _("%(unit)s arrived at %(fence)s.") % {"unit": _unit(told), "fence": _named(told.facts["fence"])}


@sentence("positions.fence_left")
def _left(told: Told) -> str:
    return _("%(unit)s left %(fence)s.") % {"unit": _unit(told), "fence": _named(told.facts["fence"])}


@sentence("positions.help_called")
def _help_called(told: Told) -> str:
    return _("%(unit)s called for help by its tracker.") % {"unit": _unit(told)}


@sentence("positions.track_consulted")
def _track(told: Told) -> str:
    since, until = parse_stamp(told.facts["since"]), parse_stamp(told.facts["until"])
    words = {"unit": _unit(told), "since": f"{since:%Y-%m-%d %H:%M}", "until": f"{until:%Y-%m-%d %H:%M}"}
    return _("Looked at where %(unit)s was from %(since)s to %(until)s UTC.") % words


@sentence("positions.track_imported")
def _imported(told: Told) -> str:
    words = {"unit": _unit(told), "kept": told.facts["kept"], "read": told.facts["read"]}
    return _("Recorded track of %(unit)s brought in: %(kept)s of %(read)s fixes kept.") % words


def _unit(told: Told) -> str:
    return _name_of(Unit, "call_sign", told.subject)


def _named(ref: str) -> str:
    return _name_of(Fence, "name", ref)


def _name_of(model: type[Model], field: str, ref: str) -> str:
    number = ref.partition(":")[2]
    return model._default_manager.filter(pk=int(number)).values_list(field, flat=True).first() or ref
