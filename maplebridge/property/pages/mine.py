"""An owner's own items, opened with the code on the certificate."""

import json
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maplebridge.kernel import clock
from maplebridge.kernel.allowance import too_many
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.property import actions, queries
from maplebridge.property.actions import owner_actor
from maplebridge.property.models import Item, Pairing, TheftReport, Transfer
from maplebridge.property.pages.parts import OWNER, moment_from, own_item, owner_here, remember_owner, texts
from maplebridge.property.pages.public import CODES_AN_HOUR
from maplebridge.property.rules import REGISTRY


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Ask for the code; then list the items it opens."""
    sentence, status = "", 200
    if request.method == "POST":
        if too_many(request, "property.code", CODES_AN_HOUR):
            sentence, status = _("Too many codes were tried from your connection. Wait an hour, then try again."), 429
        elif (known := queries.owner_of_code(request.POST.get("code", "")[:60])) is not None:
            remember_owner(request, known)
            return redirect("property_mine")
        else:
            sentence, status = _("No items belong to this code. Check it letter by letter."), 404
    owner = owner_here(request)
    items = list(queries.items_of(owner)) if owner else []
    context = {"owner": owner, "items": items, "sentence": sentence, "code": request.POST.get("code", "")[:60]}
    return render(request, "property/mine.html", context, status=status)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget in this browser whose items it may see."""
    request.session.pop(OWNER, None)
    return redirect("property_check")


@require_POST
def held(request: HttpRequest) -> HttpResponse:
    """Hand owners what is held about them, as one file."""
    owner = owner_here(request)
    if owner is None:
        return redirect("property_mine")
    told = actions.disclose_to_owner(owner_actor(owner), owner=owner, at=clock.now())
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False, indent=1, default=str), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="my-items.json"'
    return response


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one's own record, the code given once more."""
    owner = owner_here(request)
    if owner is None:
        return redirect("property_mine")
    known = None if too_many(request, "property.code", CODES_AN_HOUR) else texts(request).get("again", "")[:60]
    if known is None or queries.owner_of_code(known) != owner:
        messages.error(request, _("This is not the code on your certificate. Nothing was ended."))
        return redirect("property_mine")
    actions.end_owner(owner_actor(owner), owner=owner, at=clock.now())
    request.session.pop(OWNER, None)
    sentence = _("Your record is ended. Your name and number are erased tonight, unless a case is open.")
    messages.success(request, sentence)
    return redirect("property_check")


@require_http_methods(["GET", "HEAD"])
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item of one's own, and what one may do with it."""
    if owner_here(request) is None:
        return redirect("property_mine")
    _actor, _owner, found = own_item(request, item_id)
    return render(request, "property/my_item.html", about(found))


def about(found: Item) -> dict[str, Any]:
    """An item with its numbers, its pairing, and what is open about it."""
    pairs = Pairing.objects.filter(until_at=None).select_related("bike", "battery")
    offers = Transfer.objects.filter(item=found, accepted_at=None, withdrawn_at=None)
    return {
        "item": found,
        "numbers": found.identifiers.exclude(issuer=REGISTRY),
        "sticker": actions.sticker_of(found),
        "batteries": [pair.battery for pair in pairs.filter(bike=found)],
        "bikes": [pair.bike for pair in pairs.filter(battery=found)],
        "theft": TheftReport.objects.filter(item=found, state__in=("open", "recovered")).first(),
        "offer": offers.filter(expires_at__gt=clock.now()).first(),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def stolen(request: HttpRequest, item_id: int) -> HttpResponse:
    """Report one's own item stolen: where it was last seen, and between when."""
    if owner_here(request) is None:
        return redirect("property_mine")
    actor, _owner, found = own_item(request, item_id)
    values, fault = texts(request), None
    if request.method == "POST":
        try:
            _report(request, actor, found, values)
            return redirect("property_my_item", item_id=found.pk)
        except Refused as refusal:
            fault = refusal
    now = f"{timezone.localtime(clock.now()):%Y-%m-%dT%H:%M}"
    context = about(found) | {
        "values": values or {"lost_to": now},
        "now": now,
        "sentence": fault.sentence if fault else "",
        "field": fault.field if isinstance(fault, BadInput) else "",
    }
    return render(request, "property/stolen.html", context, status=fault.status if fault else 200)


def _report(request: HttpRequest, actor: Actor, found: Item, values: dict[str, str]) -> None:
    """Write the report. Raises Refused."""
    lon, lat = point_from(values)
    with_it = [pair for pair in about(found)["batteries"] if pair.state in ("registered", "pending")]
    theft = actions.report_stolen(
        actor, item=found, lost_from=moment_from(values.get("lost_from", ""), "lost_from"),
        lost_to=moment_from(values.get("lost_to", ""), "lost_to"), lon=lon, lat=lat,
        address=values.get("address", ""), words=values.get("words", ""),
        batteries=[each for each in with_it if values.get(f"with_{each.pk}")], at=clock.now(),
    )  # fmt: skip
    sentence = _("Reported: case %(number)s. Every shop that checks its number now raises an alarm.")
    messages.success(request, sentence % {"number": theft.incident.label})


def point_from(values: dict[str, str]) -> tuple[float | None, float | None]:
    """Where the phone says it is, or none."""
    try:
        return float(values.get("lon", "")), float(values.get("lat", ""))
    except ValueError:
        return None, None


@require_POST
def found(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take one's report back: it was mislaid, or found."""
    actor, _owner, mine_ = own_item(request, item_id)
    theft = TheftReport.objects.filter(item=mine_, state="open").first()
    try:
        if theft is not None:
            actions.withdraw_report(actor, theft=theft, reason=texts(request).get("reason", ""), at=clock.now())
            messages.success(request, _("The report is taken back. The item is clear again."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("property_my_item", item_id=item_id)


@require_POST
def offer(request: HttpRequest, item_id: int) -> HttpResponse:
    """Offer an item to a buyer: show the code once, as text and as QR; or take the offer back."""
    actor, _owner, found_ = own_item(request, item_id)
    try:
        if request.POST.get("withdraw"):
            actions.withdraw_offer(actor, item=found_, at=clock.now())
            return redirect("property_my_item", item_id=item_id)
        made = actions.offer_transfer(actor, item=found_, at=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("property_my_item", item_id=item_id)
    link = request.build_absolute_uri(f"{reverse('property_accept')}?code={made.code}")
    context = {
        "item": found_,
        "code": made.code,
        "until": made.transfer.expires_at,
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=4, omitsize=True),
    }
    return render(request, "property/offer.html", context)
