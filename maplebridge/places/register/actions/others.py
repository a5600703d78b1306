"""New premises and organisations at an address."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput
from maplebridge.places.register.actions.addresses import held_address
from maplebridge.places.register.models import Address, Organisation, Premise
from maplebridge.places.register.rules.changes import SUBJECTS, Value, key_in


def new_premise(fields: Mapping[str, Value]) -> Premise:
    """Make premises at an address that has none, not yet stored. Raises BadInput."""
    if not fields.get("use"):
        raise BadInput("use", _("Say what the address is used for."))
    return Premise(address=_address(fields), **_columns("premise", fields))


def new_organisation(fields: Mapping[str, Value]) -> Organisation:
    """Make an organisation at an address, not yet stored. Raises BadInput."""
    if not fields.get("name"):
        raise BadInput("name", _("Give the name of the organisation."))
    if not fields.get("kind"):
        raise BadInput("kind", _("Say what kind of organisation it is."))
    return Organisation(address=_address(fields), **_columns("organisation", fields))


def _address(fields: Mapping[str, Value]) -> Address:
    address = held_address(key_in(fields, "address"))
    if address is None:
        raise BadInput("address", _("Say at which address this is: choose one of the register."))
    return address


def _columns(subject: str, fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name: fields[name] for name in SUBJECTS[subject] if name in fields}
