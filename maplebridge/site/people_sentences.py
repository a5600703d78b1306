"""Sentences of the journal about staff: accounts, roles, keys, units and shifts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maplebridge.incidents.queries.timeline import Told, sentence
from maplebridge.people.models import Unit
from maplebridge.people.queries import role_book
from maplebridge.people.rules import UNIT_KINDS

SECURITY = {
    "password_changed": gettext_lazy("Changed the password."),
    "totp_activated": gettext_lazy("Set up an authenticator app for signing in."),
    "totp_deactivated": gettext_lazy("Removed the authenticator app."),
    "recovery_codes_generated": gettext_lazy("Made new recovery codes."),
    "webauthn_added": gettext_lazy("Added a passkey."),
    "webauthn_removed": gettext_lazy("Removed a passkey."),
    "sessions_ended": gettext_lazy("Ended other sessions."),
    "account_connected": gettext_lazy("Connected the account with the agency's directory."),
}


def _role(told: Told) -> object:
    code = told.facts["role"]
    book = role_book()
    return book[code].name if code in book else code


def _where(told: Told) -> object:
    return told.facts.get("area") or _("everywhere")


@sentence("people.signed_in")
def _signed_in(told: Told) -> str:
    return _("Signed in.")


@sentence("people.user_enrolled")
def _enrolled(told: Told) -> str:
    return _("Account set up or changed; role: %(role)s.") % {"role": _role(told)}


@sentence("people.names_erased")
def _names_erased(told: Told) -> str:
    return _("Names of %(n)s accounts that ended long ago erased.") % {"n": told.facts["accounts"]}


@sentence("people.token_issued")
def _token(told: Told) -> str:
    return _("Token for programs issued, for %(days)d days.") % {"days": told.facts["days"]}


@sentence("people.unit_enlisted")
def _unit(told: Told) -> str:
    facts = told.facts
    kind = UNIT_KINDS[facts["kind"]].name if facts["kind"] in UNIT_KINDS else facts["kind"]
    return _("Unit %(call_sign)s set up or changed; kind: %(kind)s.") % {"call_sign": facts["call_sign"], "kind": kind}


@sentence("people.shift_opened")
def _shift(told: Told) -> str:
    return _("%(unit)s put on shift, with a crew of %(n)d.") % {"unit": _sign(told), "n": len(told.facts["crew"])}


@sentence("people.shift_ended")
def _shift_ended(told: Told) -> str:
    return _("Shift of %(unit)s ended.") % {"unit": _sign(told)}


@sentence("people.shift_extended")
def _shift_extended(told: Told) -> str:
    return _("Shift of %(unit)s lasts longer.") % {"unit": _sign(told)}


def _sign(told: Told) -> str:
    ref = told.facts["unit"]
    return str(Unit.objects.filter(pk=int(ref[5:])).first() or ref)


@sentence("people.role_given")
def _given(told: Told) -> str:
    return _("Role given: %(role)s, for %(area)s.") % {"role": _role(told), "area": _where(told)}


@sentence("people.role_revoked")
def _revoked(told: Told) -> str:
    return _("Role taken back: %(role)s, for %(area)s.") % {"role": _role(told), "area": _where(told)}


@sentence("people.glass_broken")
def _broken(told: Told) -> str:
    return _("Emergency access taken for an hour. It waits for review.")


@sentence("people.emergency_reviewed")
def _reviewed(told: Told) -> str:
    if told.facts["justified"]:
        return _("Emergency access reviewed: justified.")
    return _("Emergency access reviewed: not justified.")


@sentence("people.role_set")
def _role_set(told: Told) -> str:
    return _("Role made or changed: %(name)s.") % {"name": told.facts["name"]}


@sentence("people.approval_asked")
def _asked(told: Told) -> str:
    return _("Asked a second person for approval: %(kind)s.") % {"kind": _kind(told)}


@sentence("people.approval_decided")
def _decided(told: Told) -> str:
    sentence = _("Approved: %(kind)s.") if told.facts["approved"] else _("Refused: %(kind)s.")
    return sentence % {"kind": _kind(told)}


@sentence("people.approval_used")
def _used(told: Told) -> str:
    return _("Carried out what was approved: %(kind)s.") % {"kind": _kind(told)}


def _kind(told: Told) -> str:
    return _("erasure") if told.facts["kind"] == "erasure" else _("disclosure")


@sentence("people.password_set")
def _password(told: Told) -> str:
    return _("New password given by whoever manages accounts.")


@sentence("people.factors_reset")
def _factors(told: Told) -> str:
    return _("Second factors that were lost removed: %(n)s.") % {"n": told.facts["factors"]}


@sentence("people.disclosed_to_self")
def _own_data(told: Told) -> str:
    return _("Handed to the person themselves: what is held about them.")


@sentence("people.approvals_erased")
def _approvals_erased(told: Told) -> str:
    return _("Words of %(n)s old requests for approval erased.") % {"n": told.facts["approvals"]}


@sentence("people.token_revoked")
def _token_revoked(told: Told) -> str:
    return _("Token for programs ended.")


@sentence("people.device_offered")
def _offered(told: Told) -> str:
    return _("Code for enrolling a phone made.")


@sentence("people.device_enrolled")
def _device(told: Told) -> str:
    return _("Phone enrolled.")


@sentence("people.device_revoked")
def _device_revoked(told: Told) -> str:
    return _("Phone signed out for good.")


@sentence("people.sign_in_changed")
def _security(told: Told) -> str:
    event = told.facts["event"]
    return str(SECURITY.get(event, _("Changed how they sign in.")))
