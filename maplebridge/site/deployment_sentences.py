"""The sentences of deployment's verbs: studies and their runs."""

from django.utils.translation import gettext as _

from maplebridge.incidents.queries.timeline import Told, sentence


@sentence("deployment.study_saved")
def _saved(told: Told) -> str:
    words = {"a": told.facts["posts_a"], "b": told.facts["posts_b"]}
    return _("Study saved: layouts of %(a)s and %(b)s posts.") % words


@sentence("deployment.study_dropped")
def _dropped(told: Told) -> str:
    return _("Study taken off the list.")


@sentence("deployment.run_begun")
def _begun(told: Told) -> str:
    return _("Simulation of a study begun.")


@sentence("deployment.run_stopped")
def _stopped(told: Told) -> str:
    return _("Simulation of a study stopped.")


@sentence("deployment.run_resumed")
def _resumed(told: Told) -> str:
    return _("Simulation of a study gone on with.")


@sentence("deployment.run_taken")
def _taken(told: Told) -> str:
    return _("Simulation of a study taken up by the worker.")


@sentence("deployment.part_kept")
def _part(told: Told) -> str:
    return _("Simulation of a study: %(n)s weeks done.") % {"n": told.facts["done"]}


@sentence("deployment.run_ended")
def _ended(told: Told) -> str:
    return _("Simulation of a study ended.")


@sentence("deployment.run_failed")
def _failed(told: Told) -> str:
    return _("Simulation of a study could not go on.")
