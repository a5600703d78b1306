"""A shop's desk: register a bike with its battery, confirm, check what comes in, today's list."""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.property import actions, queries
from maplebridge.property.actions import Code, Registered
from maplebridge.property.models import Alarm, Dealer, Item
from maplebridge.property.pages.mine import about
from maplebridge.property.pages.parts import (
    alarm_if_stolen,
    answer_in_words,
    codes_from,
    form_choices,
    new_owner,
    place_here,
    read_of,
    texts,
    year_from,
)
from maplebridge.property.rules import ANSWERS, BEARS_BATTERY, KINDS

TODAY_MOST, BATCH_MOST = 200, 200


@login_required
@require_http_methods(["GET", "HEAD"])
def desk(request: HttpRequest) -> HttpResponse:
    """The desk: check, register, what is waiting, what was registered today."""
    actor = actor_of_request(request)
    actor.must("property.check")
    return render(request, "property/desk.html", _desk(request, actor))


def _desk(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    place = place_here(request, actor)
    since = clock.now() - timedelta(hours=24)
    rows = Item.objects.filter(dealer=place, registered_at__gte=since) if place else Item.objects.none()
    alarms = queries.open_alarms(actor).filter(sighting__dealer=place) if place else Alarm.objects.none()
    return {
        "place": place,
        "places": list(queries.dealers_of(actor)[:200]),
        "may_register": actor.may("property.register"),
        "today": list(rows.prefetch_related("identifiers").order_by("-pk")[:TODAY_MOST]),
        "alarms": [{"row": each, "steps": queries.alarm_card(each)["what_to_do"]} for each in alarms[:10]],
        "answers": ANSWERS,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register an item, with its battery where it has one, and hand its owner the code."""
    actor = actor_of_request(request)
    actor.must("property.register")
    place, values, fault = place_here(request, actor), texts(request), None
    if request.method == "POST":
        try:
            return _taken(request, actor, place, values)
        except Refused as refusal:
            fault = refusal
    context = form_choices() | {
        "values": values or {"kind": "e_bike", "nonce": secrets.token_hex(8)},
        "place": place,
        "sentence": fault.sentence if fault else "",
        "field": fault.field if isinstance(fault, BadInput) else "",
        "twin": fault is not None and not isinstance(fault, BadInput),
    }
    return render(request, "property/desk_register.html", context, status=fault.status if fault else 200)


def _taken(request: HttpRequest, actor: Actor, place: Dealer | None, values: dict[str, str]) -> HttpResponse:
    """Register item and battery, pair them, and show the code once. Raises Refused."""
    at, nonce, kind = clock.now(), values.get("nonce", "")[:40], values.get("kind", "")
    known = queries.owner_of_code(values["owner_code"]) if values.get("owner_code") else None
    if values.get("owner_code") and known is None:
        raise BadInput("owner_code", _("No owner has this code. Check it, or enter the owner anew."))
    codes = codes_from(values, battery=kind == "battery")
    alarm_if_stolen(actor, place, [*codes, *codes_from(values, battery=True)], at=at)
    main = actions.register_item(
        actor, kind=kind, codes=codes, owner=known or new_owner(values),
        maker=values.get("maker", ""), model=values.get("model", ""), colour=values.get("colour", ""),
        year=year_from(values.get("year", "")), dealer=place, twin=bool(values.get("twin")),
        source_key=f"desk:{actor.user_id}:{nonce}" if nonce else "", at=at,
    )  # fmt: skip
    battery, trouble = None, ""
    if kind in BEARS_BATTERY and values.get("battery"):
        try:
            battery = _battery(actor, main, place, values, at=at)
        except Refused as refusal:  # the bike stands; the battery can be entered once more
            trouble = refusal.sentence
    context = {"done": main, "battery": battery, "trouble": trouble, "place": place}
    return render(request, "property/desk_done.html", context)


def _battery(actor: Actor, main: Registered, place: Dealer | None, values: dict[str, str], *, at: Any) -> Item:
    """Register the battery of an item to the same owner and pair the two. Raises Refused."""
    nonce = values.get("nonce", "")[:40]
    battery = actions.register_item(
        actor, kind="battery", codes=[Code("battery", values["battery"])], owner=main.owner,
        maker=values.get("battery_maker", ""), model=values.get("battery_model", ""), dealer=place,
        source_key=f"desk:{actor.user_id}:{nonce}:battery" if nonce else "", at=at,
    )  # fmt: skip
    if battery.new:
        actions.pair_battery(actor, bike=main.item, battery=battery.item, at=at)
    return battery.item


@login_required
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Check what somebody brings; a stolen item raises its alarm at once."""
    actor = actor_of_request(request)
    actor.must("property.check")
    place, code = place_here(request, actor), request.POST.get("code", "")[:400].strip()
    context: dict[str, Any] = {"code": code, "read": read_of(code)}
    lon, lat = (None, None) if place else _here(request)
    status = 200
    try:
        patrols = actor.may("property.investigate") or not actor.may("property.register")
        channel = "patrol" if place is None and patrols else "dealer"
        seen = actions.record_sighting(
            actor, code=code, channel=channel, dealer=place, lon=lon, lat=lat, at=clock.now()
        )
        context |= {"answer": answer_in_words(seen.answer), "alarm": seen.alarm, "at": clock.now()}
        if seen.alarm:
            context["steps"] = queries.alarm_card(seen.alarm)["what_to_do"]
    except Refused as refusal:
        context["sentence"], status = refusal.sentence, refusal.status
    return render(request, "property/desk_checked.html", _desk(request, actor) | context, status=status)


def _here(request: HttpRequest) -> tuple[float | None, float | None]:
    """Where a patrol's phone says it is."""
    try:
        return float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
    except ValueError:
        return None, None


@login_required
@require_POST
def answer(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Say what became of a stolen item that was checked here."""
    actor = actor_of_request(request)
    alarm = queries.open_alarms(actor).filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFound(_("This alarm is settled, or another place's."))
    actions.answer_alarm(actor, alarm=alarm, answer=request.POST.get("answer", ""), at=clock.now())
    messages.success(request, _("Thank you. The police read your answer."))
    return redirect("property_board" if actor.may("property.investigate") else "property_desk")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Scan one number after the other: check them all, or register a delivery of like items."""
    actor = actor_of_request(request)
    actor.must("property.check")
    place, values = place_here(request, actor), texts(request)
    codes = list(dict.fromkeys(line.strip() for line in values.get("codes", "").splitlines() if line.strip()))
    context: dict[str, Any] = form_choices() | {"values": values, "place": place, "status": 200}
    if request.method == "POST":
        try:
            context |= _batched(actor, place, values, codes)
        except Refused as refusal:
            context |= {"sentence": refusal.sentence, "status": refusal.status}
    return render(request, "property/batch.html", context, status=context["status"])


def _batched(actor: Actor, place: Dealer | None, values: dict[str, str], codes: list[str]) -> dict[str, Any]:
    """Rows of what became of each number. Raises Refused for the whole."""
    if not codes:
        raise BadInput("codes", _("Scan or type at least one number, one to a line."))
    if len(codes) > BATCH_MOST:
        raise BadInput(
            "codes", _("At most %(most)d numbers go at once. Send the rest after these.") % {"most": BATCH_MOST}
        )
    at = clock.now()
    if values.get("what") != "register":
        seen = actions.record_sightings(actor, codes=codes, channel="intake", dealer=place, at=at)
        words = [answer_in_words(each.answer) for each in seen]
        bad = sum(answer.state == queries.STOLEN for answer in words)
        said = ngettext("%(n)d of them is reported stolen.", "%(n)d of them are reported stolen.", bad) % {"n": bad}
        return {
            "rows": [{"code": code, "answer": answer} for code, answer in zip(codes, words, strict=True)],
            "said": said,
        }
    actor.must("property.register")
    return {"rows": [_one_of_batch(actor, place, values, code, at=at) for code in codes]}


def _one_of_batch(actor: Actor, place: Dealer | None, values: dict[str, str], code: str, *, at: Any) -> dict[str, Any]:
    kind = values.get("kind", "")
    number = "battery" if kind == "battery" else "frame"
    try:
        alarm_if_stolen(actor, place, [Code(number, code)], at=at)
        done = actions.register_item(
            actor, kind=kind if kind in dict(KINDS) else "", codes=[Code(number, code)],
            maker=values.get("maker", ""), model=values.get("model", ""), dealer=place, at=at,
        )  # fmt: skip
    except Refused as refusal:
        return {"code": code, "trouble": refusal.sentence}
    return {"code": code, "item": done.item, "sticker": done.sticker}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """An item of this shop: confirm it, add a number or a photo, pair it, print it."""
    actor = actor_of_request(request)
    actor.must("property.register")
    found = queries.visible_item(actor, item_id)
    if request.method == "POST":
        try:
            messages.success(request, _changed(request, actor, found, texts(request)))
            return redirect("property_desk_item", item_id=found.pk)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
    return render(request, "property/desk_item.html", about(found) | form_choices())


def _changed(request: HttpRequest, actor: Actor, found: Item, values: dict[str, str]) -> str:
    """Do what a button of the item's page says, and say so. Raises Refused."""
    at, what = clock.now(), values.get("what")
    if what == "confirm":
        actions.confirm_item(actor, item=found, dealer=place_here(request, actor), at=at)
        return _("Confirmed: item and owner were here.")
    if what == "number":
        code = Code(values.get("kind", ""), values.get("code", ""))
        actions.add_identifier(actor, item=found, code=code, twin=bool(values.get("twin")), at=at)
        return _("The number is added.")
    if what == "photo" and (photo := request.FILES.get("photo")) is not None:
        actions.attach_photo(actor, item=found, content=photo.read(20_000_001), at=at)
        return _("The photo is kept.")
    if what == "pair":
        known = queries.known_of(read_of(values.get("code", ""))["canonical"]).item_ids
        battery = Item.objects.filter(pk__in=known, kind="battery").first()
        if battery is None:
            raise BadInput("code", _("No battery with this code is registered. Register it first."))
        actions.pair_battery(actor, bike=found, battery=battery, at=at)
        return _("Paired.")
    if what == "part":
        actions.part_battery(actor, battery=found, at=at)
        return _("Parted.")
    raise BadInput("what", _("Choose what to do."))
