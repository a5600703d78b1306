"""The sentences of field work's verbs: forms, keys of phones, submissions."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maplebridge.incidents.queries.timeline import Told, sentence


@sentence("fieldwork.form_added")
def _added(told: Told) -> str:
    return _("Form %(form)s, version %(version)s: added as a draft.") % told.facts


@sentence("fieldwork.form_file_attached")
def _attached(told: Told) -> str:
    return _("File %(file)s added to a form.") % told.facts


@sentence("fieldwork.form_published")
def _published(told: Told) -> str:
    return _("Form %(form)s, version %(version)s: published.") % told.facts


@sentence("fieldwork.form_installed")
def _installed(told: Told) -> str:
    return _("Form %(form)s, version %(version)s: installed with the software.") % told.facts


@sentence("fieldwork.form_retired")
def _retired(told: Told) -> str:
    return _("Form %(form)s, version %(version)s: offered no more.") % told.facts


@sentence("fieldwork.key_issued")
def _issued(told: Told) -> str:
    return _("A phone was given a key to fetch forms and send submissions.")


@sentence("fieldwork.key_revoked")
def _revoked(told: Told) -> str:
    return _("The key of a phone was taken back.")


@sentence("fieldwork.submission_received")
def _received(told: Told) -> str:
    count = int(told.facts["files"])
    said = ngettext("with %(count)d file", "with %(count)d files", count) % {"count": count}
    return _("Submission of form %(form)s received, %(files)s.") % {"form": told.facts["form"], "files": said}


@sentence("fieldwork.submissions_erased")
def _erased(told: Told) -> str:
    return _("Words and files of %(submissions)d submissions were erased: their time was over.") % told.facts


@sentence("fieldwork.task_given")
def _given(told: Told) -> str:
    return _("A task was given.")


@sentence("fieldwork.task_accepted")
def _accepted(told: Told) -> str:
    return _("The task was accepted.")


@sentence("fieldwork.task_passed_on")
def _passed_on(told: Told) -> str:
    return _("The task was passed on.")


@sentence("fieldwork.task_taken_back")
def _taken_back(told: Told) -> str:
    return _("The task was taken back from whom it was handed to.")


@sentence("fieldwork.task_split")
def _split(told: Told) -> str:
    return _("The task was split among others.")


@sentence("fieldwork.task_parts_ended")
def _parts_ended(told: Told) -> str:
    return _("Every part of the task has ended.")


@sentence("fieldwork.task_delivered")
def _delivered(told: Told) -> str:
    return _("The task was delivered.")


@sentence("fieldwork.task_returned")
def _returned(told: Told) -> str:
    return _("The task was returned: %(reason)s") % {"reason": told.words("reason")}


@sentence("fieldwork.task_settled")
def _settled(told: Told) -> str:
    return _("What was delivered was accepted.")


@sentence("fieldwork.task_withdrawn")
def _withdrawn(told: Told) -> str:
    return _("The task was withdrawn: %(reason)s") % {"reason": told.words("reason")}


@sentence("fieldwork.task_overdue")
def _overdue(told: Told) -> str:
    return _("The task is overdue.")
