"""The sentences of the registry's verbs. Owners are told by number alone."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from maplebridge.incidents.queries.timeline import Told, sentence
from maplebridge.property.models import Alarm, Dealer, Item
from maplebridge.property.rules import ANSWERS, CHANNELS, DISPUTE_STATES, KINDS, OUTCOMES


def _with(text: str, words: str) -> str:
    return f"{text} {words}" if words else text


def _label(choices: Sequence[tuple[str, object]], code: object) -> object:
    return dict(choices).get(str(code), code)


def _thing(told: Told) -> str:
    """The item that an entry is about, by kind and description; its number where it is gone."""
    key = told.facts.get("item") or told.subject.partition(":")[2]
    item = Item.objects.filter(pk=key).first() if str(key).isdigit() else None
    if item is None:
        return _("item %(number)s") % {"number": key}
    return f"{item.get_kind_display()} {item}" if item.maker or item.model else str(item)


@sentence("property.registered")
def _registered(told: Told) -> str:
    kind = _label(KINDS, told.facts["kind"])
    pending = told.facts.get("state") == "pending"
    text = _("Registered by its owner, to be confirmed: %(kind)s.") if pending else _("Registered: %(kind)s.")
    return text % {"kind": kind}


@sentence("property.confirmed")
def _confirmed(told: Told) -> str:
    return _("Confirmed, with item and owner present: %(item)s.") % {"item": _thing(told)}


@sentence("property.edited")
def _edited(told: Told) -> str:
    return _("Description corrected: %(item)s.") % {"item": _thing(told)}


@sentence("property.identifier_added")
def _identifier(told: Told) -> str:
    return _("Number added: %(item)s.") % {"item": _thing(told)}


@sentence("property.photo_attached")
def _photo(told: Told) -> str:
    return _("Photo of %(item)s kept.") % {"item": _thing(told)}


@sentence("property.paired")
def _paired(told: Told) -> str:
    return _("Battery %(item)s paired with item %(bike)s.") % {"item": _thing(told), "bike": told.facts.get("bike")}


@sentence("property.parted")
def _parted(told: Told) -> str:
    return _("Battery parted from its bike: %(item)s.") % {"item": _thing(told)}


@sentence("property.transfer_offered")
def _offered(told: Told) -> str:
    return _("Offered to another owner: %(item)s.") % {"item": _thing(told)}


@sentence("property.offer_withdrawn")
def _offer_withdrawn(told: Told) -> str:
    return _("Offer taken back: %(item)s.") % {"item": _thing(told)}


@sentence("property.transferred")
def _transferred(told: Told) -> str:
    return _("Passed on to another owner: %(item)s.") % {"item": _thing(told)}


@sentence("property.dispute_raised")
def _dispute_raised(told: Told) -> str:
    return _with(_("Claimed by somebody else: %(item)s.") % {"item": _thing(told)}, told.words("words"))


@sentence("property.dispute_decided")
def _dispute_decided(told: Told) -> str:
    text = _("Dispute about %(item)s: %(outcome)s.")
    outcome = _label(DISPUTE_STATES, told.facts.get("outcome"))
    return _with(text % {"item": _thing(told), "outcome": outcome}, told.words("reason"))


@sentence("property.dispute_withdrawn")
def _dispute_withdrawn(told: Told) -> str:
    return _("Claim to %(item)s taken back.") % {"item": _thing(told)}


@sentence("property.reported_stolen")
def _stolen(told: Told) -> str:
    return _("Reported stolen: %(item)s.") % {"item": _thing(told)}


@sentence("property.report_withdrawn")
def _report_withdrawn(told: Told) -> str:
    return _with(_("Report of its theft withdrawn: %(item)s.") % {"item": _thing(told)}, told.words("reason"))


@sentence("property.theft_closed")
def _theft_closed(told: Told) -> str:
    return _with(_("Theft closed without the item: %(item)s.") % {"item": _thing(told)}, told.words("reason"))


@sentence("property.recovered")
def _recovered(told: Told) -> str:
    return _with(_("Recovered: %(item)s. It lies at:") % {"item": _thing(told)}, told.words("place"))


@sentence("property.impounded")
def _impounded(told: Told) -> str:
    return _with(_("Taken into custody: %(item)s. It lies at:") % {"item": _thing(told)}, told.words("place"))


@sentence("property.returned")
def _returned(told: Told) -> str:
    return _with(_("Returned to its owner: %(item)s.") % {"item": _thing(told)}, told.words("reason"))


@sentence("property.disposed")
def _disposed(told: Told) -> str:
    return _with(_("Disposed of: %(item)s.") % {"item": _thing(told)}, told.words("reason"))


@sentence("property.retired")
def _retired(told: Told) -> str:
    return _("Taken out of use: %(item)s.") % {"item": _thing(told)}


@sentence("property.alarm_raised")
def _alarm(told: Told) -> str:
    where = Dealer.objects.filter(pk=told.facts.get("dealer") or 0).first()
    text = (
        _("Alarm: %(item)s was checked at %(where)s before its theft was reported.")
        if told.facts.get("late") is True
        else _("Alarm: %(item)s was seen at %(where)s.")
    )
    return text % {"item": _thing(told), "where": where or _label(CHANNELS, told.facts.get("channel"))}


def _alarmed(told: Told) -> str:
    alarm = Alarm.objects.select_related("theft__item").filter(pk=told.subject.partition(":")[2]).first()
    return str(alarm.theft.item) if alarm else told.subject


@sentence("property.alarm_taken_up", follows=True)
def _taken_up(told: Told) -> str:
    return _("Alarm for %(item)s taken up as %(number)s.") % {
        "item": _alarmed(told),
        "number": told.number(told.case),
    }


@sentence("property.alarm_answered")
def _answered(told: Told) -> str:
    answer = _label(ANSWERS, told.facts.get("answer"))
    return _("The place answered the alarm for %(item)s: %(answer)s.") % {"item": _alarmed(told), "answer": answer}


@sentence("property.alarm_settled")
def _settled(told: Told) -> str:
    outcome = _label(OUTCOMES, told.facts.get("outcome"))
    return _("Alarm for %(item)s settled: %(outcome)s.") % {"item": _alarmed(told), "outcome": outcome}


@sentence("property.owner_consulted")
def _consulted(told: Told) -> str:
    return _with(_("Looked at who owns %(item)s.") % {"item": _thing(told)}, told.words("reason"))


@sentence("property.look_refused")
def _look_refused(told: Told) -> str:
    return _("Asked who owns %(item)s, and was refused.") % {"item": _thing(told)}


@sentence("property.disclosed_to_owner")
def _disclosed(told: Told) -> str:
    return _("An owner fetched what is held about them.")


@sentence("property.owner_code_renewed")
def _code(told: Told) -> str:
    return _("An owner was given a new code.")


@sentence("property.owner_ended")
def _owner_ended(told: Told) -> str:
    return _("An owner asked to be erased.")


@sentence("property.personal_data_erased")
def _erased(told: Told) -> str:
    return _("Owners, claims and thefts past their time erased.")


@sentence("property.dealer_accredited")
def _accredited(told: Told) -> str:
    return _("Place accredited for the registry.")


@sentence("property.dealer_staffed")
def _staffed(told: Told) -> str:
    return _("Accounts of an accredited place set.")


@sentence("property.dealer_ended")
def _dealer_ended(told: Told) -> str:
    return _("Accreditation of a place ended.")


@sentence("property.reader_issued")
def _reader(told: Told) -> str:
    return _("Reader set up.")


@sentence("property.reader_revoked")
def _reader_revoked(told: Told) -> str:
    return _("Reader ended.")


@sentence("property.seen_again")
def _seen_again(told: Told) -> str:
    return _("%(item)s was still seen by the reader.") % {"item": _alarmed(told)}
