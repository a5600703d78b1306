"""Accredited places: which there are, who works there, which has ended."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.people.sessions import actor_of_request
from maplebridge.property import actions
from maplebridge.property.models import Dealer
from maplebridge.property.pages.parts import texts
from maplebridge.property.rules import DEALER_KINDS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    """Accredit a place, say who works there, end one."""
    actor = actor_of_request(request)
    actor.must("property.manage")
    values, fault = texts(request), None
    if request.method == "POST":
        try:
            messages.success(request, _done(actor, values))
            return redirect("property_places")
        except Refused as refusal:
            fault = refusal
    context: dict[str, Any] = {
        "places": [_row(each) for each in Dealer.objects.in_force().prefetch_related("users")[:500]],
        "kinds": DEALER_KINDS,
        "values": values,
        "sentence": fault.sentence if fault else "",
        "field": fault.field if isinstance(fault, BadInput) else "",
    }
    return render(request, "property/places.html", context, status=fault.status if fault else 200)


def _row(place: Dealer) -> dict[str, Any]:
    return {"place": place, "users": " ".join(user.username for user in place.users.all())}


def _done(actor: Actor, values: dict[str, str]) -> str:
    """Carry out one form and say what came of it. Raises Refused."""
    at, what = clock.now(), values.get("what", "")
    if what == "accredit":
        users = _users(values.get("users", ""))
        actions.accredit_dealer(
            actor, name=values.get("name", ""), kind=values.get("kind", ""), address=values.get("address", ""),
            users=users, at=at,
        )  # fmt: skip
        return _("The place is accredited.")
    number = values.get("place", "")
    place = Dealer.objects.in_force().filter(pk=int(number) if number.isdecimal() and len(number) < 10 else 0).first()
    if place is None:
        raise NotFound(_("There is no such accredited place."))
    if what == "staff":
        actions.staff_dealer(actor, dealer=place, users=_users(values.get("users", "")), at=at)
        return _("Who works there is changed.")
    if what == "end":
        actions.end_dealer(actor, dealer=place, at=at)
        return _("The accreditation has ended.")
    raise BadInput("what", _("Choose what to do."))


def _users(text: str) -> list[User]:
    """Accounts by their sign-in names, apart by spaces or commas. Raises BadInput for one that is not there."""
    names = text.replace(",", " ").replace("，", " ").split()
    found = {user.username: user for user in User.objects.filter(username__in=names, is_active=True)}
    for name in names:
        if name not in found:
            raise BadInput(
                "users", _("There is no account “%(name)s”. Make it under People first.") % {"name": name[:60]}
            )
    return list(found.values())
