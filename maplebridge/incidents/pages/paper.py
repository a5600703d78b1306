"""Pages for paper: the incident sheet, cards for an outage, and the form to enter them later; and files."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maplebridge.incidents import actions, queries
from maplebridge.incidents.actions.numbers import CARDS_MAX
from maplebridge.incidents.models import Attachment, Incident, ReservedNumber
from maplebridge.incidents.pages.parts import grouped_types, local, qr, seconds_in_words, shown
from maplebridge.incidents.rules import DISPOSITIONS, SOURCES, STATE_NAMES
from maplebridge.kernel import clock
from maplebridge.kernel.media import SHOWABLE
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.queries import areas_in_use, city_zone, current_city

_STEPS = (
    ("answer_s", "answer"), ("process_s", "process"), ("turnout_s", "turnout"), ("travel_s", "travel"),
    ("scene_s", "scene"), ("total_s", "total"),
)  # fmt: skip


def _step_names() -> dict[str, str]:
    return {
        "answer": _("answer"),
        "process": _("process"),
        "turnout": _("turnout"),
        "travel": _("travel"),
        "scene": _("on scene"),
        "total": _("total"),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, incident_id: int) -> HttpResponse:
    """One incident on A4; whoever has no part in it is first asked what for."""
    actor, at, sentence = actor_of_request(request), clock.now(), ""
    incident = queries.visible_incident(actor, incident_id)
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name in ("purpose", "reason")}
            actions.state_purpose(actor, incident=incident, **given, at=at)
            return redirect("incident_sheet", incident_id=incident.pk)
        except BadInput as error:
            sentence = error.sentence
    if sentence or not actions.read_incident(actor, incident=incident, at=at):
        context = {"incident": incident, "purposes": actions.PURPOSES, "sentence": sentence, "post": request.POST}
        return render(request, "incidents/purpose.html", context, status=422 if sentence else 200)
    return render(request, "incidents/sheet.html", _sheet(request, actor, incident, at))


def _sheet(request: HttpRequest, actor: Actor, incident: Incident, at: datetime) -> dict[str, Any]:
    """Data, reports, who was sent, intervals, timeline, and a QR code back to the page."""
    tz = city_zone()
    detail = queries.incident_detail(actor, incident, at=at)
    names = _step_names()
    return {
        "row": detail,
        "name": shown(detail["name"]),
        "state": STATE_NAMES[incident.state],
        "source": dict(SOURCES).get(incident.source, incident.source),
        "outcome": dict(DISPOSITIONS).get(incident.disposition, ""),
        "times": _times(incident, tz),
        "intervals": [(names[n], seconds_in_words(detail["intervals"][f])) for f, n in _STEPS],
        "reports": [each | {"at": local(each["reported_at"], tz)} for each in detail["reports"]],
        "assignments": [_assignment(each, tz) for each in detail["assignments"]],
        "timeline": [
            each | {"local": local(each["at"], tz, seconds=True), "late": _entered_late(each)}
            for each in queries.timeline(incident)
        ],
        "qr": qr(request.build_absolute_uri(reverse("incident_sheet", args=[incident.pk]))),
        "zone": tz.key,
        "printed": local(at, tz),
        "printed_by": actor.name,
        "city": current_city(),
        "area": _area_name(incident.area_code),
    }


def _times(incident: Incident, tz: ZoneInfo) -> list[tuple[str, str]]:
    steps = (
        (_("Reported"), incident.reported_at),
        (_("First unit assigned"), incident.assigned_at),
        (_("First unit en route"), incident.enroute_at),
        (_("First unit on scene"), incident.onscene_at),
        (_("Closed"), incident.closed_at),
    )
    return [(name, local(moment, tz, seconds=True)) for name, moment in steps]


def _area_name(code: str) -> str:
    area = next((area for area in areas_in_use() if area.code == code), None)
    return shown({"en": area.name, "zh": area.name_zh}) if area else code


def _assignment(row: dict[str, Any], tz: ZoneInfo) -> dict[str, Any]:
    steps = ("assigned_at", "enroute_at", "onscene_at", "cleared_at")
    return {"call_sign": row["call_sign"], "times": [local(row[step], tz) for step in steps]}


def _entered_late(row: dict[str, Any]) -> bool:
    gap = clock.parse_stamp(row["entered_at"]) - clock.parse_stamp(row["at"])
    return gap.total_seconds() > 120


@login_required
@require_safe
def file(request: HttpRequest, incident_id: int, attachment_id: int) -> HttpResponseBase:
    """Send a file of an incident; the look is journaled."""
    actor = actor_of_request(request)
    incident = queries.visible_incident(actor, incident_id)
    found = Attachment.objects.filter(pk=attachment_id, incident=incident).first()
    if found is None:
        raise Http404
    actions.open_file(actor, attachment=found, at=clock.now())
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=found.media_type not in SHOWABLE,
        filename=found.name,
        content_type=found.media_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: HttpRequest) -> HttpResponse:
    """Reserve numbers for an outage, and print their cards."""
    actor = actor_of_request(request)
    actor.must("incidents.edit")
    sentence = ""
    if request.method == "POST":
        try:
            count = int(request.POST.get("count", "")) if request.POST.get("count", "").isdecimal() else 0
            numbers = actions.reserve_numbers(actor, count=count, at=clock.now())
            return redirect(f"{reverse('paper_cards')}?first={numbers[0]}&last={numbers[-1]}")
        except BadInput as fault:
            sentence = fault.sentence
    first, last = _whole(request.GET.get("first")), _whole(request.GET.get("last"))
    numbers = list(_open_cards().filter(number__range=(first, last)).values_list("number", flat=True)[:CARDS_MAX])
    link = request.build_absolute_uri(reverse("catch_up"))
    context = {
        "cards": [{"number": f"{n:04d}", "qr": qr(f"{link}?number={n}")} for n in numbers],
        "waiting": [f"{n:04d}" for n in _open_cards().values_list("number", flat=True)],
        "dispositions": DISPOSITIONS,
        "sentence": sentence,
        "city": current_city(),
    }
    return render(request, "incidents/cards.html", context, status=422 if sentence else 200)


def _open_cards() -> Any:
    return ReservedNumber.objects.filter(incident=None).order_by("number")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def catch_up(request: HttpRequest) -> HttpResponse:
    """Enter paper cards one by one: what occurred keeps its own time."""
    actor = actor_of_request(request)
    actor.must("incidents.edit")
    values = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    fault: Refused | None = None
    if request.method == "POST":
        try:
            card = _card(values, city_zone())
            incident = actions.enter_card(actor, card=card, units_label=_("Units:"), at=clock.now())
            messages.success(request, _("Card %(number)s is entered.") % {"number": incident.label})
            return redirect("catch_up")
        except Refused as refusal:
            fault = refusal
    else:
        values = {"number": request.GET.get("number", "")[:12]}
    context = {
        "values": values,
        "sentence": fault.sentence if fault else "",
        "field": fault.field if isinstance(fault, BadInput) else "number" if fault else "",
        "groups": grouped_types(),
        "dispositions": DISPOSITIONS,
        "waiting": [f"{n:04d}" for n in _open_cards().values_list("number", flat=True)],
        "zone": city_zone().key,
    }
    return render(request, "incidents/catch_up.html", context, status=422 if fault else 200)


def _card(values: dict[str, str], tz: ZoneInfo) -> actions.Card:
    """Read the form. Raises BadInput."""
    number = _whole(values.get("number", "").strip().lstrip("#"))
    if not number:
        raise BadInput("number", _("Give the number printed on the card."))
    started = _moment(values.get("occurred_at", ""), tz, "occurred_at")
    if started is None:
        raise BadInput("occurred_at", _("Give the day and time written on the card."))
    if not values.get("type"):
        raise BadInput("type", _("Choose a type."))
    return actions.Card(
        number=number,
        occurred_at=started,
        type=values["type"],
        address=values.get("address", ""),
        narrative=values.get("narrative", ""),
        caller=values.get("caller", ""),
        phone=values.get("phone", ""),
        units=values.get("units", "")[:400],
        disposition=values.get("disposition", ""),
        closed_at=_moment(values.get("closed_at", ""), tz, "closed_at"),
    )


def _moment(text: str, tz: ZoneInfo, field: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=tz)
    except ValueError as error:
        raise BadInput(field, _("Write day and time as 2026-05-04 14:30.")) from error
