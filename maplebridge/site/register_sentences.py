"""The sentences of the register's verbs: addresses, premises, organisations."""

from django.utils.translation import gettext as _

from maplebridge.incidents.queries.timeline import Told, sentence


@sentence("places.address_registered")
def _address_registered(told: Told) -> str:
    return _("Address %(address)s entered in the register.") % told.facts


@sentence("places.address_changed")
def _address_changed(told: Told) -> str:
    if told.facts["gone"]:
        return _("Address %(address)s is no longer there.") % told.facts
    return _fields(_("Address %(address)s changed"), _("Address %(address)s seen to be as recorded."), told)


@sentence("places.premise_registered")
def _premise_registered(told: Told) -> str:
    return _("Premises at %(address)s entered in the register.") % told.facts


@sentence("places.premise_changed")
def _premise_changed(told: Told) -> str:
    return _fields(_("Premises at %(address)s changed"), _("Premises at %(address)s seen to be as recorded."), told)


@sentence("places.organisation_registered")
def _organisation_registered(told: Told) -> str:
    return _("An organisation at %(address)s entered in the register.") % told.facts


@sentence("places.organisation_changed")
def _organisation_changed(told: Told) -> str:
    return _fields(
        _("An organisation at %(address)s changed"), _("An organisation at %(address)s seen to be as recorded."), told
    )


def _fields(changed: str, confirmed: str, told: Told) -> str:
    """What changed with the number of fields, or that nothing did."""
    fields = told.facts["fields"] if isinstance(told.facts["fields"], list) else []
    if not fields:
        return confirmed % told.facts
    return _("%(what)s: %(count)d fields.") % {"what": changed % told.facts, "count": len(fields)}


@sentence("places.addresses_imported")
def _imported(told: Told) -> str:
    made = told.facts["made"]
    count = sum(made.values()) if isinstance(made, dict) else 0
    return _("A list of addresses: %(rows)d rows, %(made)d new records.") % {"rows": told.facts["rows"], "made": count}


@sentence("places.register_exported")
def _exported(told: Told) -> str:
    return _("A collection of the register was taken home as a file (%(form)s).") % told.facts


@sentence("places.care_asked")
def _care_asked(told: Told) -> str:
    return _("Somebody asked to be looked after in emergencies.")


@sentence("places.care_ended")
def _care_ended(told: Told) -> str:
    return _("%(requests)d requests for care ended; what was said is erased.") % told.facts
