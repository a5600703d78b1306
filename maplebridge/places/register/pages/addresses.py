"""One address: what it is, what it is part of and what are its parts, premises, organisations, and its history."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from maplebridge.kernel.refused import NotFound
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.register.models import Address
from maplebridge.places.register.naming import FIELD_NAMES, kind_name, shown
from maplebridge.places.register.queries.history import Step, address_history
from maplebridge.places.register.rules.changes import SUBJECTS

PARTS = 500


@login_required
@require_safe
def address(request: HttpRequest, key: int) -> HttpResponse:
    """Show an address; premises and their counts to whoever may see them."""
    actor = actor_of_request(request)
    actor.must("places.view")
    rows = Address.objects.select_related("area", "street", "site", "parent", "building", "premise")
    here = rows.filter(pk=key).first()
    if here is None:
        raise NotFound(_("This is not in the register (any more). Search for it anew."))
    may_view = actor.may("register.view", about=here)
    premise = getattr(here, "premise", None) if may_view else None
    parts = here.children.filter(gone=False).order_by("kind", "number_from", "label")
    context = {
        "here": here, "kind": kind_name(here.kind), "above": _above(here), "parts": parts[:PARTS],
        "premise": premise, "facts": _facts(premise) if premise else [],
        "organisations": here.organisations.filter(gone=False).order_by("name"),
        "steps": [_told(step) for step in address_history(here)] if may_view else [],
        "may_view": may_view, "may_edit": actor.may("register.edit", about=here),
        "may_care": actor.may("register.care", about=here),
        "points": [{"lon": here.lon, "lat": here.lat, "what": "here"}],
    }  # fmt: skip
    return render(request, "register/address.html", context)


def _above(here: Address) -> list[Address]:
    """What it is part of, the building first."""
    found: list[Address] = []
    step = here.parent
    while step is not None and len(found) < 3:
        found.insert(0, step)
        step = step.parent
    return found


def _facts(premise: Any) -> list[tuple[object, str]]:
    return [(FIELD_NAMES[name], shown(name, getattr(premise, name))) for name in SUBJECTS["premise"] if name != "gone"]


def _told(step: Step) -> dict[str, Any]:
    """An entry in words: what was done to what, which fields, and where it came from."""
    subjects = {
        "address": pgettext("register", "Address"), "premise": pgettext("register", "Premises"),
        "organisation": pgettext("register", "Organisation"),
    }  # fmt: skip
    seen = not step.fields and step.done == "changed"
    done = _("seen to be so") if seen else _("entered") if step.done == "registered" else _("changed")
    names = ", ".join(str(FIELD_NAMES.get(name, name)) for name in step.fields) if step.done == "changed" else ""
    return {
        "at": step.at, "position": step.position, "what": f"{subjects.get(step.subject, '')} {done}", "names": names,
        "source": step.source.partition(":")[0],
    }  # fmt: skip
