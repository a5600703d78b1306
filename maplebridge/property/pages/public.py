"""Pages without an account: is this item stolen, register what is mine, take over what I buy."""

import secrets
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maplebridge.kernel import clock
from maplebridge.kernel.allowance import too_many
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import PUBLIC
from maplebridge.property import actions, queries
from maplebridge.property.actions import Registered, owner_actor
from maplebridge.property.models import Owner
from maplebridge.property.pages.parts import (
    answer_in_words,
    codes_from,
    form_choices,
    new_owner,
    owner_here,
    read_of,
    remember_owner,
    texts,
    year_from,
)

CHECKS_AN_HOUR, REGISTRATIONS_AN_HOUR, CODES_AN_HOUR = 120, 10, 30  # from one address
FORM_LASTS_S = 24 * 3600
_SIGNER = signing.TimestampSigner(salt="maplebridge.property.public")


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The front page of the registry: a number in, one sentence out, nothing about anybody."""
    code = str(request.POST.get("code") or request.GET.get("code", ""))[:400].strip()
    context: dict[str, Any] = {"code": code}
    status = 200
    if code and too_many(request, "property.check", CHECKS_AN_HOUR):
        context["sentence"] = _("Many numbers were checked from your connection this hour. Wait a while.")
        status = 429
    elif code:
        read = read_of(code)
        context |= {"read": read, "answer": answer_in_words(queries.check(code)), "at": clock.now()}
        if not read["canonical"]:
            context["sentence"] = _("This is no number. Type what stands on the frame, the motor or the battery.")
            context.pop("answer")
            status = 422
    elif request.method == "POST":
        context["sentence"], status = _("Type or scan a number first."), 422
    return render(request, "property/check.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Let owners enter what is theirs; a shop or post confirms it later."""
    values, fault = texts(request), None
    if request.method == "POST":
        try:
            return _registered(request, values)
        except Refused as refusal:
            fault = refusal
    context = form_choices() | {
        "values": values or {"kind": "e_bike"},
        "form": _SIGNER.sign(secrets.token_urlsafe(12)),
        "own": owner_here(request),
        "sentence": fault.sentence if fault else "",
        "field": fault.field if isinstance(fault, BadInput) else "",
    }
    return render(request, "property/register.html", context, status=fault.status if fault else 200)


def _registered(request: HttpRequest, values: dict[str, str]) -> HttpResponse:
    """Register and show the code, once. Raises Refused."""
    if values.get("website"):  # no person sees this field
        raise BadInput("", _("This could not be taken. Go to a shop or a police post instead."))
    try:
        nonce = _SIGNER.unsign(values.get("form", ""), max_age=FORM_LASTS_S)
    except signing.BadSignature:
        raise BadInput("", _("This form lay open too long. Look it over and send it again.")) from None
    if too_many(request, "property.register", REGISTRATIONS_AN_HOUR):
        raise BadInput("", _("Several items were entered from your connection this hour. Wait a while."))
    own = owner_here(request)
    is_battery = values.get("kind") == "battery"
    done = actions.register_item(
        owner_actor(own) if own else PUBLIC, kind=values.get("kind", ""),
        codes=codes_from(values, battery=is_battery), owner=own or new_owner(values), maker=values.get("maker", ""),
        model=values.get("model", ""), colour=values.get("colour", ""), year=year_from(values.get("year", "")),
        confirmed=False, source_key=f"public:{nonce}", at=clock.now(),
    )  # fmt: skip
    return shown_once(request, done)


def shown_once(request: HttpRequest, done: Registered) -> HttpResponse:
    """Show a new owner the code that proves the item theirs; to an owner who is known, their items."""
    if done.owner and done.owner_code:
        done.owner.refresh_from_db()
        remember_owner(request, done.owner)
        return render(request, "property/code.html", {"item": done.item, "code": done.owner_code})
    return redirect("property_mine")


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Take over an item with the code that its owner handed over."""
    values, fault = texts(request), None
    own = owner_here(request)
    if request.method == "POST":
        try:
            return _accepted(request, values, own)
        except Refused as refusal:
            fault = refusal
    context = {
        "values": values or {"code": request.GET.get("code", "")[:20]},
        "own": own,
        "sentence": fault.sentence if fault else "",
        "field": fault.field if isinstance(fault, BadInput) else "code" if fault else "",
    }
    return render(request, "property/accept.html", context, status=fault.status if fault else 200)


def _accepted(request: HttpRequest, values: dict[str, str], own: Owner | None) -> HttpResponse:
    if too_many(request, "property.code", CODES_AN_HOUR):
        raise BadInput("code", _("Too many codes were tried from your connection. Wait an hour, then try again."))
    actor = owner_actor(own) if own else PUBLIC
    done = actions.accept_transfer(actor, code=values.get("code", ""), owner=own or new_owner(values), at=clock.now())
    messages.success(request, _("It is yours now: %(item)s.") % {"item": done.item})
    return shown_once(request, Registered(done.item, done.owner, "", done.owner_code))
