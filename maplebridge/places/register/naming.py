"""What the fields and values of the register are called, for people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from maplebridge.places.register.models import ADDRESS_KINDS, HAZARDS, ORGANISATION_KINDS, USES
from maplebridge.places.register.rules.changes import Value

FIELD_NAMES: dict[str, object] = {
    "street": gettext_lazy("Street or village"),
    "site": gettext_lazy("Compound"),
    "number": gettext_lazy("Number"),
    "label": gettext_lazy("Unit or room"),
    "lon": gettext_lazy("Longitude"),
    "lat": gettext_lazy("Latitude"),
    "gone": gettext_lazy("No longer there"),
    "use": gettext_lazy("Use"),
    "residents": gettext_lazy("Number of residents"),
    "rooms": gettext_lazy("Number of rooms"),
    "rented": gettext_lazy("Rented out"),
    "hazards": gettext_lazy("Hazards"),
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "credit_code": gettext_lazy("Social credit code"),
    "staff": gettext_lazy("Number of staff"),
    "area": gettext_lazy("Area code"),
}
CHOICES = {"use": USES, "kind": ORGANISATION_KINDS, "hazards": HAZARDS}
_NAMES = {name: dict(choices) for name, choices in CHOICES.items()}
_KINDS = dict(ADDRESS_KINDS)


def shown(field: str, value: Value) -> str:
    """Say a value as a person reads it: choices by name, a flag in words, nothing as a dash."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(_NAMES.get(field, {}).get(each, each)) for each in value)
    return str(_NAMES.get(field, {}).get(str(value), value))


def kind_name(kind: str) -> str:
    """Say what kind of address it is."""
    return str(_KINDS.get(kind, kind))


def uses_by_name() -> dict[str, str]:
    """Give the code of a use by its code and by its name in English and in the reader's language, case folded."""
    found = {code: code for code, _name in USES}
    for code, name in USES:
        found[str(name).casefold()] = code
    with override("en"):
        return {str(name).casefold(): code for code, name in USES} | found
