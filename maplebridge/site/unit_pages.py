"""Units and their devices: how they fare, who may send for them, where they were, and the fences around them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit
from maplebridge.places.models import Area
from maplebridge.places.queries import current_city
from maplebridge.positions import actions, queries
from maplebridge.positions.files import KINDS, written
from maplebridge.positions.links import links_of
from maplebridge.positions.models import Fence, Tracker
from maplebridge.positions.patrol import patrol_of
from maplebridge.positions.tracks import Row, opened_tracks
from maplebridge.site.doors import proven, signed_in, with_words
from maplebridge.site.journal_pages import moment
from maplebridge.site.me import map_styles
from maplebridge.site.qr import qr

LAST = timedelta(hours=8)  # what a track's form begins with
FILES = {"geojson": "GeoJSON", "gpx": "GPX", "csv": "CSV"}


@require_safe
@signed_in
def units(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how the devices of every unit on shift fare, those with trouble first."""
    actor.must("units.view")
    rows = queries.health_board(actor, at=clock.now())
    context = {"rows": rows, "troubled": sum(1 for row in rows if row.trouble), **_may(actor)}
    return render(request, "site/units.html", context)


def _may(actor: Actor) -> dict[str, bool]:
    return {"manages": actor.may("people.manage"), "tracks": actor.may("units.track")}


@require_safe
@signed_in
@never_cache
def devices(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """List the phones and trackers that send for a unit."""
    actor.must("people.manage")
    unit = get_object_or_404(Unit, pk=number)
    rows = unit.trackers.in_force(clock.now()).order_by("-pk")
    return render(request, "site/unit_devices.html", {"unit": unit, "rows": rows})


@require_POST
@signed_in
@proven
@with_words("unit_devices")
def add_tracker(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Make an address for a device and show, this once, what opens each app with it."""
    unit, post = get_object_or_404(Unit, pk=number), request.POST
    given = actions.issue_tracker(
        actor, unit=unit, name=post.get("name", ""), speed_unit=post.get("speed_unit", "knots"),
        encrypted=bool(post.get("encrypted")), at=clock.now(),
    )  # fmt: skip
    origin = settings.CONFIG.origin or request.build_absolute_uri("/").rstrip("/")
    links = links_of(given, origin=origin, call_sign=unit.call_sign, broker=settings.CONFIG.mqtt_public)
    named = {
        "Traccar Client": links.traccar, "OwnTracks": links.owntracks, "OwnTracks · MQTT": links.owntracks_mqtt,
    }  # fmt: skip
    apps = [{"name": name, "link": link, "qr": qr(link, error="l")} for name, link in named.items() if link]
    return render(request, "site/tracker_once.html", {"unit": unit, "links": links, "apps": apps})


@require_POST
@signed_in
def end_tracker(request: HttpRequest, actor: Actor, number: int, tracker: int) -> HttpResponse:
    """Close the address of a device."""
    row = get_object_or_404(Tracker, pk=tracker, unit_id=number)
    actions.revoke_tracker(actor, tracker=row, at=clock.now())
    messages.success(request, _("The address is closed: what that device sends counts no more."))
    return redirect("unit_devices", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
def track(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Ask for a time and a reason, then show where a unit was, or hand it out as a file."""
    at = clock.now()
    unit = queries.visible_unit(actor, number, at=at)
    own = bool(queries.own_spans(actor, unit=unit))
    if not own:
        actor.must("units.track")
    context: dict[str, Any] = {"unit": unit, "own": own, "looks": queries.looks_at(actor, unit=unit), "kinds": FILES}
    if request.method != "POST":
        return render(request, "site/track.html", context | {"asked": _span(at - LAST, at)})
    asked = {name: request.POST.get(name, "") for name in ("since", "until", "reason")}
    try:
        rows = _consulted(actor, unit, asked, at)
    except BadInput as error:
        context |= {"asked": asked, "sentence": error.sentence}
        return render(request, "site/track.html", context, status=422)
    if (kind := request.POST.get("form", "")) in KINDS:
        response = HttpResponse(written(kind, rows, name=unit.call_sign), content_type=KINDS[kind])
        response["Content-Disposition"] = f'attachment; filename="{unit.call_sign}-{asked["since"][:10]}.{kind}"'
        return response
    return render(request, "site/track.html", context | {"asked": asked, "shown": True, **_picture(rows)})


def _consulted(actor: Actor, unit: Unit, asked: dict[str, str], at: datetime) -> list[Row]:
    since, until = moment(asked["since"], field="since"), moment(asked["until"], field="until", end=True)
    if since is None or until is None:
        raise BadInput("since", _("Choose from when to when."))
    with opened_tracks() as tracks:
        return list(
            actions.consult_track(
                actor, tracks=tracks, unit=unit, since=since, until=until, reason=asked["reason"], at=at
            )
        )


def _span(since: datetime, until: datetime) -> dict[str, str]:
    """A span as the form's fields take it, in local time."""
    return {
        "since": f"{timezone.localtime(since):%Y-%m-%dT%H:%M}",
        "until": f"{timezone.localtime(until):%Y-%m-%dT%H:%M}",
    }


def _picture(rows: list[Row]) -> dict[str, Any]:
    patrol = patrol_of(rows)
    flagged = sum(1 for row in rows if row[7])
    stops = [
        {"from": _local(s.from_ms), "until": _local(s.until_ms), "minutes": (s.until_ms - s.from_ms) // 60_000}
        for s in patrol.stops
    ]
    city = current_city()
    more = {"styles": map_styles(), "zone": timezone.get_current_timezone_name(),
            "attribution": city.attribution if city else ""}  # fmt: skip
    return {"data": queries.track_row(rows, patrol) | more, "stops": stops,
            "km": patrol.metres / 1000, "count": len(rows), "flagged": flagged}  # fmt: skip


def _local(ms: int) -> datetime:
    return timezone.localtime(datetime.fromtimestamp(ms / 1000, tz=UTC))


@require_POST
@signed_in
@with_words("unit_track")
def bring_track(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Take in a GPX or CSV file that a device of the unit recorded."""
    at = clock.now()
    unit = queries.visible_unit(actor, number, at=at)
    if (file := request.FILES.get("file")) is None:
        raise BadInput("file", _("Choose a GPX or CSV file."))
    with opened_tracks() as tracks:
        done = actions.import_track(actor, tracks=tracks, unit=unit, data=file.read(), at=at)
    words = {"kept": done.kept, "read": done.read}
    messages.success(request, _("%(kept)d of %(read)d fixes kept; the others are known or outside the shifts.") % words)
    return redirect("unit_track", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def fences(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the fences, and set one up."""
    actor.must("people.manage")
    sentence, post = "", request.POST
    if request.method == "POST":
        try:
            _put_fence(request, actor)
            return redirect("fences")
        except BadInput as error:
            sentence = error.sentence
    areas = Area.objects.filter(gone=False).order_by("name")
    names = {area.code: area.name for area in areas}
    rows = [
        {"fence": fence, "area": names.get(fence.area_code, fence.area_code), "units": list(fence.units.all())}
        for fence in Fence.objects.filter(ended_at=None).prefetch_related("units")
    ]
    context = {"rows": rows, "areas": areas, "post": post, "sentence": sentence, "tells": Fence.TELLS}
    return render(request, "site/fences.html", context, status=422 if sentence else 200)


def _put_fence(request: HttpRequest, actor: Actor) -> None:
    post = request.POST
    signs = {sign.upper() for sign in post.get("units", "").replace(",", " ").split()}
    named = list(Unit.objects.active().filter(call_sign__in=signs))
    if missing := signs - {unit.call_sign for unit in named}:
        raise BadInput("units", _("There is no unit %(units)s.") % {"units": ", ".join(sorted(missing))})
    area = Area.objects.filter(code=post.get("area", "")).first() if post.get("area") else None
    lat, lon = _number(post.get("lat", "")), _number(post.get("lon", ""))
    radius = _number(post.get("radius_m", ""))
    actions.put_fence(
        actor, name=post.get("name", ""), area=area, lon=lon, lat=lat, radius_m=round(radius) if radius else None,
        tells=post.get("tells", ""), units=named, at=clock.now(),
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


@require_POST
@signed_in
def end_fence(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Let a fence tell no more."""
    actions.end_fence(actor, fence=get_object_or_404(Fence, pk=number), at=clock.now())
    return redirect("fences")
