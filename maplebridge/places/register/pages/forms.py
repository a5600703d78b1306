"""Forms of the register: enter something new, change what is there, and two changes of one thing side by side."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.register.actions import CannotApplyChange, apply_change, changes_of
from maplebridge.places.register.models import Address, Record
from maplebridge.places.register.naming import CHOICES, FIELD_NAMES, shown
from maplebridge.places.register.queries.records import record_of
from maplebridge.places.register.rules.changes import SUBJECTS, Fields, Proposal, Value

_BUILDING = ("street", "site", "number", "lon", "lat")
_PART = ("label",)
_COUNTS = ("residents", "rooms", "staff")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: how it is asked for and what stands in it."""

    name: str
    label: object
    kind: str  # text, number, count, choice, choices, flag, maybe
    value: Value
    choices: list[tuple[str, object]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, subject: str) -> HttpResponse:
    """Enter an address (`?parent=` for a part of one), premises or an organisation (`?address=`)."""
    actor = actor_of_request(request)
    actor.must("register.edit")
    _must_be_subject(subject)
    first = _first(request, subject)
    names = _names(subject, str(first.get("kind", "building")))
    names = ("area", *names) if subject == "address" and not first.get("parent") else names
    return _form(request, subject, names, first, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, subject: str, key: int) -> HttpResponse:
    """Change an address, premises or an organisation; where another did so meanwhile, show both."""
    actor = actor_of_request(request)
    _must_be_subject(subject)
    record = record_of(Proposal(subject, {}, "form", key))
    if record is None:
        raise NotFound(_("This is not in the register (any more). Search for it anew."))
    actor.must("register.edit", about=record)
    kind = record.kind if isinstance(record, Address) else ""
    return _form(request, subject, (*_names(subject, kind), "gone"), {}, record)


def _must_be_subject(subject: str) -> None:
    if subject not in SUBJECTS:
        raise NotFound(_("There is nothing at this address."))


def _first(request: HttpRequest, subject: str) -> dict[str, Value]:
    """What a new record is told once: what it is part of, or at which address it is."""
    name = "parent" if subject == "address" else "address"
    given = request.GET.get(name, "")
    if not given.isdecimal() or len(given) > 15:
        return {"kind": "building"} if subject == "address" else {}
    kind = request.GET.get("kind", "room")
    return {name: int(given)} | ({"kind": kind if kind == "unit" else "room"} if subject == "address" else {})


def _names(subject: str, kind: str) -> tuple[str, ...]:
    if subject == "address":
        return _BUILDING if kind == "building" else _PART
    return tuple(name for name in SUBJECTS[subject] if name != "gone")


def _form(
    request: HttpRequest, subject: str, names: tuple[str, ...], first: dict[str, Value], record: Record | None
) -> HttpResponse:
    """Show the form, or take what was sent."""
    values: Fields = record.values() if record else {}
    context: dict[str, Any] = {"subject": subject, "record": record, "version": record.version if record else 0}
    status = 200
    if request.method == "POST":
        values = {name: _read(request, subject, name) for name in names}
        try:
            return _taken(request, subject, first, values, record)
        except CannotApplyChange as refusal:
            status, context["sentence"] = refusal.status, refusal.sentence
            context["both"] = _side_by_side(request, subject, values, record)
        except Refused as refusal:
            status, context["sentence"] = refusal.status, refusal.sentence
            context["wrong"] = refusal.field if isinstance(refusal, BadInput) else ""
        context["base"] = request.POST.get("base", "")
    context["fields"] = [_field(subject, name, values.get(name)) for name in names]
    context["back"] = _address_of(record, first)
    return render(request, "register/form.html", context, status=status)


def _taken(
    request: HttpRequest, subject: str, first: dict[str, Value], values: Fields, record: Record | None
) -> HttpResponse:
    """Make a proposal of what was sent and store it. Raises Refused."""
    key = record.pk if record else None
    proposal = Proposal(subject, {**first, **values}, "form", key, _number(request, "base") if record else None)
    take = request.POST.getlist("take") if "seen" in request.POST else list(values)
    seen = _number(request, "seen") if "seen" in request.POST else None
    stored = apply_change(actor_of_request(request), proposal=proposal, take=take, seen=seen, at=clock.now())
    messages.success(request, _("Stored."))
    return redirect("register_address", key=stored.pk if isinstance(stored, Address) else stored.address_id)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _side_by_side(request: HttpRequest, subject: str, values: Fields, record: Record | None) -> list[dict[str, Any]]:
    """Each field that differs from what another stored meanwhile."""
    if record is None:
        return []
    found = changes_of(Proposal(subject, values, "form", record.pk, _number(request, "base")))
    return [
        {"name": each.field, "label": FIELD_NAMES[each.field], "old": shown(each.field, each.old),
         "new": shown(each.field, each.new), "conflict": each.conflict}
        for each in found
    ]  # fmt: skip


def _read(request: HttpRequest, subject: str, name: str) -> Value:
    """One field as it was sent."""
    kind = _kind(subject, name)
    if kind == "choices":
        return request.POST.getlist(name)[:40]
    text = request.POST.get(name, "")[:200]
    if kind == "flag":
        return text == "yes"
    if kind == "maybe":
        return {"yes": True, "no": False}.get(text)
    return text


def _kind(subject: str, name: str) -> str:
    if name in _COUNTS:
        return "count"
    if name in ("lon", "lat"):
        return "number"
    if name in ("gone", "rented"):
        return "flag" if name == "gone" else "maybe"
    if name == "hazards":
        return "choices"
    return "choice" if name == "use" or (subject, name) == ("organisation", "kind") else "text"


def _field(subject: str, name: str, value: Value) -> Field:
    return Field(name, FIELD_NAMES[name], _kind(subject, name), value, list(CHOICES.get(name, [])))


def _address_of(record: Record | None, first: dict[str, Value]) -> int:
    """The address to which a form belongs; 0 for a new building."""
    if record is not None:
        return record.pk if isinstance(record, Address) else record.address_id
    found = first.get("parent") or first.get("address") or 0
    return found if isinstance(found, int) else 0
