"""The sentences of review, ledger, appraisal and stipends."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maplebridge.fieldwork.rules.review import WHY
from maplebridge.incidents.queries.timeline import Told, sentence


@sentence("fieldwork.submission_screened")
def _screened(told: Told) -> str:
    why = WHY.get(told.facts["why"])
    if why is None:
        return _("A submission of form %(form)s needs no look by the rules of review.") % told.facts
    return _("A submission of form %(form)s waits for review: %(why)s.") % {"form": told.facts["form"], "why": why}


@sentence("fieldwork.submission_replaced")
def _replaced(told: Told) -> str:
    return _("A later submission takes the place of this one.")


@sentence("fieldwork.review_opened")
def _opened(told: Told) -> str:
    return _("The submission was read for its review.")


@sentence("fieldwork.submission_accepted")
def _accepted(told: Told) -> str:
    if told.facts["by"] == "rule":
        return _("Submission of form %(form)s accepted by rule.") % told.facts
    return _("Submission of form %(form)s accepted.") % told.facts


@sentence("fieldwork.submission_decided", follows=True)
def _decided(told: Told) -> str:
    return _("A reviewer decided what of the submission goes into the register.")


@sentence("fieldwork.submission_applied")
def _applied(told: Told) -> str:
    count = int(told.facts["answers"])
    return ngettext(
        "%(count)d answer of the submission went into the register.",
        "%(count)d answers of the submission went into the register.",
        count,
    ) % {"count": count}


@sentence("fieldwork.register_hindered")
def _hindered(told: Told) -> str:
    return _("What the submission says could not go into the register: %(why)s") % {"why": told.words("why")}


@sentence("fieldwork.submission_returned")
def _returned(told: Told) -> str:
    return _("The submission was returned: %(reason)s") % {"reason": told.words("reason")}


@sentence("fieldwork.submission_refused")
def _refused(told: Told) -> str:
    return _("The submission was refused: %(reason)s") % {"reason": told.words("reason")}


@sentence("fieldwork.review_rules_set")
def _rules_set(told: Told) -> str:
    return _("The rules of review of form %(form)s were set.") % told.facts


@sentence("fieldwork.ledger_rebuilt")
def _rebuilt(told: Told) -> str:
    count = int(told.facts["lines"])
    said = ngettext("%(count)d line", "%(count)d lines", count) % {"count": count}
    return _("The ledger of work was made anew from the journal: %(lines)s.") % {"lines": said}


@sentence("fieldwork.scheme_added")
def _scheme_added(told: Told) -> str:
    return _("Scheme of appraisal %(code)s, version %(version)s: added as a draft.") % told.facts


@sentence("fieldwork.scheme_published")
def _scheme_published(told: Told) -> str:
    return _("Scheme of appraisal %(code)s, version %(version)s: published, holds from %(starts_on)s.") % told.facts


@sentence("fieldwork.points_deducted")
def _deducted(told: Told) -> str:
    return _("%(points)s points taken off the period from %(starts_on)s.") % told.facts


@sentence("fieldwork.deductions_erased")
def _deductions_erased(told: Told) -> str:
    return _("%(deductions)d deductions were erased: their time was over.") % told.facts


@sentence("fieldwork.deduction_appealed")
def _appealed(told: Told) -> str:
    return _("The worker appealed against a deduction of %(points)s points.") % told.facts


@sentence("fieldwork.appeal_decided")
def _appeal_decided(told: Told) -> str:
    if told.facts["state"] == "lifted":
        return _("The deduction of %(points)s points was lifted on appeal.") % told.facts
    return _("The deduction of %(points)s points was upheld on appeal.") % told.facts


@sentence("fieldwork.sheet_drawn_up")
def _drawn_up(told: Told) -> str:
    return _("The stipend sheet of %(starts_on)s to %(ends_on)s was drawn up.") % told.facts


@sentence("fieldwork.sheet_approved")
def _sheet_approved(told: Told) -> str:
    if told.facts["state"] == "frozen":
        return _("The stipend sheet of %(starts_on)s to %(ends_on)s was approved by a second person: it is fixed.") % (
            told.facts
        )
    return _("The stipend sheet of %(starts_on)s to %(ends_on)s was approved by one person.") % told.facts


@sentence("fieldwork.sheet_exported")
def _exported(told: Told) -> str:
    return _("The stipend sheet of %(starts_on)s to %(ends_on)s was taken out as a spreadsheet.") % told.facts
