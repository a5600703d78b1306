"""Pages without an account: report something, and follow it up by code."""

import hashlib
import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident, Report
from maplebridge.incidents.pages.parts import grouped_types, local
from maplebridge.incidents.rules import STATE_NAMES
from maplebridge.incidents.rules.states import DISPOSITIONS, PUBLIC_FAMILIES
from maplebridge.kernel import clock
from maplebridge.kernel.allowance import too_many
from maplebridge.kernel.language import named
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import PUBLIC
from maplebridge.places.queries import city_zone, search_places

REPORTS_AN_HOUR = 8  # from one address
LOOKUPS_AN_HOUR = 60
FORM_LASTS_S = 24 * 3600
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_SIGNER = signing.TimestampSigner(salt="maplebridge.incidents.public")
_FIELDS = ("type", "address", "narrative", "caller", "phone", "lon", "lat")


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, take a report, and lead to its follow-up page."""
    if request.method != "POST":
        return _form(request, {"type": request.GET.get("type", "")})
    values = {name: request.POST.get(name, "")[:30_000] for name in _FIELDS}
    if request.POST.get("website"):  # no person sees this field
        return _form(request, values, fault=BadInput("", _("This could not be taken. Call the station instead.")))
    try:
        nonce = _SIGNER.unsign(request.POST.get("form", ""), max_age=FORM_LASTS_S)
    except signing.BadSignature:
        return _form(
            request, values, fault=BadInput("", _("This form lay open too long. Look it over and send again."))
        )
    if too_many(request, "report", REPORTS_AN_HOUR):
        sentence = _("Several reports came from your connection this hour. Wait a while, or call the station.")
        return _form(request, values, fault=BadInput("", sentence), status=429)
    try:
        code = _take(request, values, nonce)
    except BadInput as fault:
        return _form(request, values, fault=fault, status=422)
    return redirect("follow", code=code)


def _take(request: HttpRequest, values: dict[str, str], nonce: str) -> str:
    """Write the report with its photo and return the code to follow it by. Raises BadInput."""
    at, code = clock.now(), _code_of(nonce)
    if not values["narrative"].strip():
        raise BadInput("narrative", _("Say in a few words what you saw or need."))
    photo = request.FILES.get("photo")
    content = photo.read(actions.FILE_MAX + 1) if photo else b""
    if content:
        actions.public_photo(content)
    lon, lat = _point(values)
    done = actions.report_incident(
        PUBLIC,
        type=values["type"] or "other",
        lon=lon,
        lat=lat,
        address=values["address"],
        narrative=values["narrative"],
        caller=values["caller"],
        phone=values["phone"],
        language=get_language() or "",
        source="public",
        source_key=f"public:{nonce}",
        follow_key=_stored(code),
        at=at,
    )
    if content and photo and done.new:
        actions.attach_file(PUBLIC, incident=done.incident, name=photo.name or "", content=content, at=at)
    return code


def _point(values: dict[str, str]) -> tuple[float | None, float | None]:
    try:
        return float(values["lon"]), float(values["lat"])
    except ValueError:
        if not values["address"].strip():
            raise BadInput("address", _("Say where: a street and number, a crossing, or a place.")) from None
        return None, None


def _form(
    request: HttpRequest, values: dict[str, str], *, fault: BadInput | None = None, status: int = 200
) -> HttpResponse:
    near = search_places(values.get("address", "")[:200], limit=5) if fault and fault.field == "address" else []
    context: dict[str, Any] = {
        "values": values,
        "groups": grouped_types(PUBLIC_FAMILIES),
        "form": _SIGNER.sign(secrets.token_urlsafe(12)),
        "sentence": fault.sentence if fault else "",
        "field": "address" if fault and fault.field in ("lon", "lat") else fault.field if fault else "",
        "near": [found.name for found in near],
    }
    return render(request, "incidents/report.html", context, status=status if not fault or status != 200 else 422)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a follow-up code, and lead to its page."""
    code = _bare(request.GET.get("code", ""))
    return redirect("follow", code=_spaced(code)) if code else render(request, "incidents/find.html", {})


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Show whoever holds the code how far their report has come; nothing about anybody else."""
    found = _report_of(request, code)
    if isinstance(found, HttpResponse):
        return found
    return render(request, "incidents/follow.html", _progress(found) | {"code": _spaced(_bare(code))})


@require_POST
def held(request: HttpRequest, code: str) -> HttpResponse:
    """Hand whoever holds the code what we hold about them, signed."""
    found = _report_of(request, code)
    if isinstance(found, HttpResponse):
        return found
    packed = actions.disclose_to_reporter(PUBLIC, report=found, at=clock.now())
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="report-{found.incident.label}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _report_of(request: HttpRequest, code: str) -> Report | HttpResponse:
    """The report with a code, or the page that says why not."""
    if too_many(request, "follow", LOOKUPS_AN_HOUR):
        sentence = _("Too many codes were tried from your connection. Wait an hour, then try again.")
        return render(request, "incidents/find.html", {"sentence": sentence}, status=429)
    found = Report.objects.select_related("incident__type").filter(follow_key=_stored(_bare(code))).first()
    if found is None:
        sentence = _("There is no report with this code. Check it letter by letter.")
        return render(request, "incidents/find.html", {"sentence": sentence, "code": code[:40]}, status=404)
    return found


def _progress(report: Report) -> dict[str, Any]:
    own = report.incident
    now, tz = _stands_for(own), city_zone()
    steps = (
        (_("Reported"), report.reported_at),
        (_("A unit was sent"), now.assigned_at),
        (_("A unit was there"), now.onscene_at),
        (_("Cancelled") if now.state == "Cancelled" else _("Closed"), now.closed_at),
    )
    return {
        "number": own.label,
        "type": named(own.type.name, own.type.name_zh),
        "state": STATE_NAMES[now.state],
        "outcome": dict(DISPOSITIONS).get(now.disposition, ""),
        "together": now.pk != own.pk,
        "steps": [{"name": name, "at": local(moment, tz)} for name, moment in steps if moment],
        "zone": tz.key,
        "reported": local(report.reported_at, tz),
        "keeps_until": f"{report.expires_at.astimezone(tz):%Y-%m-%d}",
    }


def _stands_for(incident: Incident) -> Incident:
    """The incident that an incident was merged into, at the end of the chain."""
    while incident.merged_into_id is not None:
        incident = Incident.objects.get(pk=incident.merged_into_id)
    return incident


def _code_of(nonce: str) -> str:
    """The follow-up code of a form: 60 bits from its nonce and the secret key, so that sending twice gives one code."""
    bits = int.from_bytes(salted_hmac("maplebridge.incidents.follow", nonce, algorithm="sha256").digest()[:8], "big")
    return _spaced("".join(_ALPHABET[bits >> 5 * i & 31] for i in range(12)))


def _bare(code: str) -> str:
    letters = code.upper().translate(str.maketrans("OIL", "011"))
    return "".join(c for c in letters if c in _ALPHABET)[:12]


def _spaced(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _stored(code: str) -> str:
    """What the table keeps of a code: 96 bits of its SHA-256."""
    return hashlib.sha256(_bare(code).encode()).hexdigest()[:24]
