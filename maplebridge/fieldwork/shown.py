"""How changes of the register and steps of an appraisal read on a page."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maplebridge.fieldwork.registering import Change
from maplebridge.kernel.language import named
from maplebridge.places.register.models import HAZARDS, ORGANISATION_KINDS, USES

SUBJECTS = {
    "address": gettext_lazy("Address"),
    "premise": gettext_lazy("Premises"),
    "organisation": gettext_lazy("Organisation"),
}
FIELDS = {
    "street": gettext_lazy("street or village"),
    "site": gettext_lazy("compound or building"),
    "number": gettext_lazy("number"),
    "label": gettext_lazy("unit or room"),
    "lon": gettext_lazy("longitude"),
    "lat": gettext_lazy("latitude"),
    "use": gettext_lazy("use"),
    "residents": gettext_lazy("number of residents"),
    "rooms": gettext_lazy("number of rooms"),
    "rented": gettext_lazy("rented out"),
    "hazards": gettext_lazy("hazards"),
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "staff": gettext_lazy("number of staff"),
    "credit_code": gettext_lazy("unified social credit code"),
}
_CHOICES: Mapping[str, Mapping[str, object]] = {
    "use": dict(USES), "hazards": dict(HAZARDS), "kind": dict(ORGANISATION_KINDS)
}  # fmt: skip


def change_rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes for a table: subject, version, and each field with old and new in words."""
    return [
        {
            "subject": change.proposal.subject,
            "name": SUBJECTS[change.proposal.subject],
            "version": change.version,
            "fresh": not change.version,
            "conflicts": change.conflicts,
            "rows": [
                {
                    "key": f"{change.proposal.subject}.{each.field}",
                    "name": FIELDS.get(each.field, each.field),
                    "old": value_in_words(each.field, each.old),
                    "new": value_in_words(each.field, each.new),
                    "conflict": each.conflict,
                }
                for each in change.differences
            ],
        }
        for change in changes
    ]


def value_in_words(field: str, value: object) -> str:
    """A value of the register as people say it; a dash where there is none."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    words = _CHOICES.get(field, {})
    if isinstance(value, list):
        return ", ".join(str(words.get(each, each)) for each in value)
    return f"{value:.6f}" if isinstance(value, float) else str(words.get(str(value), value))


def step_rows(steps: Iterable[Mapping[str, Any]], deductions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Steps of an appraisal in words: what, how worked out, how many points. `deductions` gives reasons by code."""
    found = []
    for step in steps:
        name = named(step["name"], step["name_zh"])
        if step["sort"] == "item":
            how = _counted(step)
        elif step["sort"] == "bonus":
            how = _earned(step)
        elif step["sort"] == "cap":
            name, how = _("More than a period can have"), _("what is above the most does not count")
        else:
            name, how = _("Deduction"), deductions.get(step["code"], "")
        points = _plain(step["points"])
        found.append({"name": name, "how": how, "points": points, "sort": step["sort"], "code": step["code"]})
    return found


def _counted(step: Mapping[str, Any]) -> str:
    """How pieces of work become points, as one would work it out on paper."""
    values = {"pieces": step["pieces"], "counted": step["counted"], "weight": _plain(step["weight"])}
    if not step["pieces"]:
        return _("none yet (each counts %(weight)s)") % values
    if step["counted"] < step["pieces"]:
        return _("%(pieces)d accepted, %(counted)d count at most: %(counted)d × %(weight)s") % values
    return _("%(counted)d accepted × %(weight)s") % values


def _earned(step: Mapping[str, Any]) -> str:
    days = int(step["pieces"])
    worked = ngettext("at work on %(n)d day", "at work on %(n)d days", days) % {"n": days}
    return worked if step["counted"] else _("%(worked)s: not yet enough") % {"worked": worked}


def _plain(value: object) -> str:
    """A figure without needless noughts."""
    return f"{Decimal(str(value)).normalize():f}"
