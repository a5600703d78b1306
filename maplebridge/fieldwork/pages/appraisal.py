"""Schemes of appraisal, deductions and appeals, stipend sheets."""

import tomllib
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.appraising import scheme_on
from maplebridge.fieldwork.models import Deduction, Scheme, StipendSheet
from maplebridge.fieldwork.pages.ledger import today_here
from maplebridge.fieldwork.pages.work import areas_for, day_from, for_whoever, told_on
from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.rules.appraisal import PERIODS, next_period, period_of
from maplebridge.fieldwork.sheets import workbook_of
from maplebridge.fieldwork.shown import step_rows
from maplebridge.fieldwork.toml_text import toml_of
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.places.models import Area
from maplebridge.places.queries import area_names

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RULES_MOST = 20_000


@for_whoever("work.appraise", "forms.fill")
@require_safe
def schemes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the schemes: which hold, and what they say; whoever works by one can read it."""
    rows = Scheme.objects.all() if actor.may("work.appraise") else Scheme.objects.filter(published_at__isnull=False)
    today = today_here()
    current = scheme_on(today)
    context = {
        "parts": parts_for(actor, "schemes"), "may": actor.may("work.appraise"), "current": current,
        "rows": [
            {"scheme": scheme, "rules": scheme.parsed, "period": PERIODS[scheme.parsed.period],
             "begins": next_period(today, scheme.parsed.period)}
            for scheme in rows
        ],
        "text": toml_of((current or rows.first() or Scheme(rules={})).rules),
    }  # fmt: skip
    return render(request, "fieldwork/schemes.html", context)


@for_whoever("work.appraise")
@require_POST
@told_on("schemes")
def change_schemes(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Add a version of a scheme as a draft, or publish one."""
    at, number = clock.now(), request.POST.get("scheme", "")
    if number.isdecimal() and len(number) < 10:
        scheme = Scheme.objects.filter(pk=int(number)).first()
        if scheme is None:
            raise NotFound(_("There is no such scheme."))
        starts_on = day_from(request.POST.get("starts_on", ""), "starts_on")
        actions.publish_scheme(actor, scheme=scheme, starts_on=starts_on, at=at)
        messages.success(request, _("Published. Everybody who works by it can read it now."))
        return redirect("schemes")
    code = request.POST.get("code", "").strip()[:40]
    if not code.replace("-", "").replace("_", "").isalnum() or not code.isascii():
        raise BadInput("code", _("Give the scheme a code of letters, digits and hyphens."))
    try:
        rules = tomllib.loads(request.POST.get("rules", "")[:RULES_MOST])
    except tomllib.TOMLDecodeError as error:
        raise BadInput("rules", _("This is no scheme of appraisal: %(why)s.") % {"why": error}) from error
    actions.add_scheme(actor, code=code, rules=rules, at=at)
    messages.success(request, _("Kept as a draft. Publish it before its first period begins."))
    return redirect("schemes")


@for_whoever("work.appraise")
@require_http_methods(["GET", "HEAD", "POST"])
@told_on("deductions")
def deductions(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """List deductions and appeals in one's areas; take points off."""
    if request.method == "POST":
        user = User.objects.filter(username=request.POST.get("worker", "")[:150]).first()
        if user is None:
            raise BadInput("worker", _("There is nobody with this sign-in name."))
        actions.deduct_points(
            actor, user=user, starts_on=_period_start(request.POST.get("day", "")),
            points=_points(request.POST.get("points", "")), reason=request.POST.get("reason", "")[:500], at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("Taken off. The worker reads why, and can appeal."))
        return redirect("deductions")
    rows = Deduction.objects.all().visible_to(actor).select_related("user", "given_by", "decided_by")
    context = {"parts": parts_for(actor, "deductions"), "rows": rows[:200], "today": today_here(), "me": actor.user_id}
    return render(request, "fieldwork/deductions.html", context)


def _period_start(text: str) -> date:
    day = day_from(text, "day") or today_here()
    scheme = scheme_on(day)
    return period_of(day, scheme.parsed.period if scheme else "month")[0]


def _points(text: str) -> Decimal:
    try:
        return Decimal(text.strip()).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise BadInput("points", _("Write the points as a number, such as 2 or 1.5.")) from error


@for_whoever("work.appraise")
@require_POST
@told_on("deductions")
def decide_appeal(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Uphold or lift a deduction on appeal."""
    rows = Deduction.objects.all().visible_to(actor)
    actions.decide_appeal(
        actor, deduction=_of(rows, request), lift=request.POST.get("what") == "lift",
        words=request.POST.get("decision", "")[:500], at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("Decided. The worker reads your words."))
    return redirect("deductions")


@for_whoever("forms.fill")
@require_POST
@told_on("work")
def appeal(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Appeal against a deduction of one's own."""
    rows = Deduction.objects.filter(user_id=actor.user_id or 0)
    actions.appeal_deduction(
        actor, deduction=_of(rows, request), words=request.POST.get("words", "")[:1100], at=clock.now()
    )
    messages.success(request, _("Your appeal is with somebody else than who took the points off."))
    return redirect("work")


def _of(rows: Any, request: HttpRequest) -> Deduction:
    number = request.POST.get("deduction", "")
    found = rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    if not isinstance(found, Deduction):
        raise NotFound(_("There is no such deduction."))
    return found


@for_whoever("work.appraise")
@require_http_methods(["GET", "HEAD", "POST"])
@told_on("sheets")
def sheets(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """List stipend sheets; draw one up for an area and the period of a day."""
    areas = areas_for(actor, "work.appraise")
    if request.method == "POST":
        code = request.POST.get("area", "")[:40]
        area = next((each for each in areas if each.code == code), None)
        if area is None and code:
            raise BadInput("area", _("Choose one of your areas."))
        day = day_from(request.POST.get("day", ""), "day") or today_here()
        made = actions.draw_up_sheet(actor, area=area, day=day, at=clock.now())
        return redirect("sheet", number=made.pk)
    rows = StipendSheet.objects.all().visible_to(actor).select_related("scheme").prefetch_related("lines")[:200]
    names = area_names({row.area_code for row in rows})
    return render(request, "fieldwork/sheets.html", {
        "parts": parts_for(actor, "sheets"), "areas": areas, "everywhere": actor.areas("work.appraise") is None,
        "rows": [{"sheet": row, "area": names.get(row.area_code, _("all areas"))} for row in rows],
        "today": today_here(),
    })  # fmt: skip


def _sheet(actor: Actor, number: int) -> StipendSheet:
    rows = StipendSheet.objects.all().visible_to(actor).select_related("scheme", "first_by", "second_by")
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such sheet in your areas."))
    return found


@for_whoever("work.appraise")
@require_safe
def sheet(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show a sheet with every step of each line, and who approved it."""
    found = _sheet(actor, number)
    lines = list(found.lines.select_related("user"))
    reasons = {str(each.pk): each.reason for each in Deduction.objects.filter(starts_on=found.starts_on)}
    approved = (found.first_by_id, found.second_by_id)
    context = {
        "parts": parts_for(actor, "sheets"), "sheet": found, "currency": found.scheme.parsed.currency,
        "area": area_names([found.area_code]).get(found.area_code, _("all areas")),
        "rows": [{"line": line, "steps": step_rows(line.steps, reasons)} for line in lines],
        "stands_in_it": any(line.user_id == actor.user_id for line in lines), "approved": actor.user_id in approved,
        "over": today_here() > found.ends_on,
    }  # fmt: skip
    return render(request, "fieldwork/sheet.html", context)


@for_whoever("work.appraise")
@require_POST
@told_on("sheet")
def approve_sheet(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """Approve a sheet as it was shown, or draw it up anew."""
    found, at = _sheet(actor, number), clock.now()
    if request.POST.get("what") == "again":
        area = Area.objects.filter(code=found.area_code).first() if found.area_code else None
        actions.draw_up_sheet(actor, area=area, day=found.starts_on, at=at)
        messages.success(request, _("Drawn up anew from the ledger."))
    else:
        actions.approve_sheet(actor, sheet=found, digest=request.POST.get("digest", "")[:64], at=at)
        messages.success(request, _("Approved."))
    return redirect("sheet", number=number)


@for_whoever("work.appraise")
@require_POST
def sheet_file(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Send a sheet as a spreadsheet; that it was taken out is an entry of the journal."""
    found = actions.export_sheet(actor, sheet=_sheet(actor, number), at=clock.now())
    response = HttpResponse(workbook_of(found), XLSX)
    response["Content-Disposition"] = f'attachment; filename="stipends-{found.pk}-{found.starts_on}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response
