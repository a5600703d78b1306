"""The fields of a proposal, one by one, made fit to be stored. Raises BadInput with the field and a sentence."""

import math
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable
from maplebridge.places.register.models import HAZARDS, ORGANISATION_KINDS, USES
from maplebridge.places.register.rules.changes import Value
from maplebridge.places.register.rules.codes import valid_credit_code

COUNT_MOST = 100_000


def checked_fields(subject: str, fields: Mapping[str, Value]) -> dict[str, Value]:
    """Check and clean each field of a subject that is there. Raises BadInput; ValueError for a field it has not."""
    known = _CHECKS[subject]
    if strange := set(fields) - set(known):
        raise ValueError(f"{subject} has no {', '.join(sorted(strange))}")
    return {name: known[name](name, value) for name, value in fields.items()}


def _words(limit: int, *, required: bool = False) -> Callable[[str, Value], Value]:
    def check(field: str, value: Value) -> Value:
        text = " ".join(storable(str(value or "")).split())
        if len(text) > limit:
            raise BadInput(field, _("This text has %(length)d characters; at most %(limit)d fit.") % {
                "length": len(text), "limit": limit,
            })  # fmt: skip
        if required and not text:
            raise BadInput(field, _("Write a few words here."))
        return text

    return check


def _choice(choices: Sequence[tuple[str, object]]) -> Callable[[str, Value], Value]:
    def check(field: str, value: Value) -> Value:
        if value not in dict(choices):
            known = ", ".join(str(name) for _code, name in choices)
            raise BadInput(field, _("Choose one of these: %(known)s.") % {"known": known})
        return value

    return check


def _choices(choices: Sequence[tuple[str, object]]) -> Callable[[str, Value], Value]:
    one = _choice(choices)

    def check(field: str, value: Value) -> Value:
        return sorted({str(one(field, each)) for each in value}) if isinstance(value, list) else []

    return check


def _count(field: str, value: Value) -> Value:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not str(value).isdecimal() or int(str(value)) > COUNT_MOST:
        raise BadInput(field, _("Give a whole number from 0 to %(most)d, or nothing.") % {"most": COUNT_MOST})
    return int(str(value))


def _degrees(most: float) -> Callable[[str, Value], Value]:
    def check(field: str, value: Value) -> Value:
        try:
            degrees = float(value)  # type: ignore[arg-type]  # what is no number is refused
        except (TypeError, ValueError):
            degrees = math.nan
        if not -most <= degrees <= most:
            raise BadInput(field, _("This is not a place on Earth: give longitude, latitude in degrees."))
        return round(degrees, 6)

    return check


def _flag(_field: str, value: Value) -> Value:
    return bool(value)


def _flag_or_nothing(_field: str, value: Value) -> Value:
    return None if value is None or value == "" else bool(value)


def _credit_code(field: str, value: Value) -> Value:
    text = "".join(str(value or "").upper().split())
    if text and not valid_credit_code(text):
        raise BadInput(field, _("This is no unified social credit code: 18 characters, the last of them a check."))
    return text


_CHECKS: dict[str, dict[str, Callable[[str, Value], Value]]] = {
    "address": {
        "street": _words(120), "site": _words(120), "number": _words(20), "label": _words(20),
        "lon": _degrees(180), "lat": _degrees(90), "gone": _flag,
    },
    "premise": {
        "use": _choice(USES), "residents": _count, "rooms": _count, "rented": _flag_or_nothing,
        "hazards": _choices(HAZARDS), "gone": _flag,
    },
    "organisation": {
        "name": _words(120, required=True), "kind": _choice(ORGANISATION_KINDS), "credit_code": _credit_code,
        "staff": _count, "gone": _flag,
    },
}  # fmt: skip
