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
