"""The ledger: one's own with how each figure came about, and that of the areas where one gives tasks."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maplebridge.fieldwork.appraising import appraisal_of, scheme_on, steps_as_json
from maplebridge.fieldwork.models import Deduction, Form, LedgerLine, Review, StipendLine
from maplebridge.fieldwork.pages.work import areas_for, day_from, for_whoever
from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.queries.ledger import ledger_lines, sums_by
from maplebridge.fieldwork.rules.appraisal import next_period, period_of
from maplebridge.fieldwork.shown import step_rows
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.people.queries import names_of
from maplebridge.places.queries import area_names, city_zone

LISTED = 500


def today_here() -> date:
    """The day by the city's clocks."""
    return clock.now().astimezone(city_zone()).date()


@for_whoever("forms.fill")
@require_safe
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show one's own ledger of a period: every line with its entry, and what the period comes to, step by step."""
    today = today_here()
    try:
        day = day_from(request.GET.get("day", ""), "day") or today
    except BadInput:
        day = today
    scheme = scheme_on(day)
    period = scheme.parsed.period if scheme else "month"
    first, last = period_of(day, period)
    own = LedgerLine.objects.filter(user_id=actor.user_id or 0, day__range=(first, last))
    deductions = list(Deduction.objects.filter(user_id=actor.user_id or 0, starts_on=first).order_by("pk"))
    taken = [each for each in deductions if each.state != "lifted"]
    found = appraisal_of(scheme, own, taken) if scheme else None
    reasons = {str(each.pk): each.reason for each in deductions}
    reviews = Review.objects.filter(submission__user_id=actor.user_id or 0).select_related("form", "submission")
    context = {
        "parts": parts_for(actor, "work"), "first": first, "last": last, "scheme": scheme, "found": found,
        "steps": step_rows(steps_as_json(found), reasons) if found else [], "deductions": deductions,
        "currency": scheme.parsed.currency if scheme else "", "value": scheme.parsed.value if scheme else "",
        "lines": _line_rows(list(own.order_by("-day", "-position")[:LISTED])),
        "before": period_of(first, period)[0].fromordinal(first.toordinal() - 1),
        "after": next_period(last, period) if last < today else None,
        "sent": reviews.exclude(state="replaced").order_by("-submission__received_at")[:30],
        "paid": StipendLine.objects.filter(user_id=actor.user_id or 0, sheet__state="frozen").select_related("sheet")
        .order_by("-sheet__starts_on")[:12],
    }  # fmt: skip
    return render(request, "fieldwork/work.html", context)


def _line_rows(lines: list[LedgerLine]) -> list[dict[str, Any]]:
    areas = area_names({line.area_code for line in lines})
    forms = form_names()
    return [
        {"line": line, "form": forms.get(line.what, line.what), "area": areas.get(line.area_code, "")} for line in lines
    ]


def form_names() -> dict[str, str]:
    """The forms by code, as the reader calls them."""
    return {form.pk: str(form) for form in Form.objects.all()}


@for_whoever("forms.fill", "tasks.give")
@require_safe
def work_entry(request: HttpRequest, actor: Actor, position: int) -> HttpResponse:
    """Show the entry of the journal behind a line of the ledger that one may see."""
    lines = list(LedgerLine.objects.all().visible_to(actor).filter(position=position))
    entry = Entry.objects.filter(position=position).first()
    if not lines or entry is None:
        raise NotFound(_("There is no such line in your ledger."))
    context = {
        "parts": parts_for(actor, ""), "entry": entry, "leaf": bytes(entry.leaf).hex(), "lines": _line_rows(lines),
        "who": names_of([entry.actor]).get(entry.actor) or _("the rules of review"),
        "journal": actor.may("journal.view"),
    }  # fmt: skip
    return render(request, "fieldwork/work_entry.html", context)


@for_whoever("tasks.give")
@require_safe
def ledger(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the work of one's areas from one day to another: by worker, by area, or the lines of one worker."""
    today, fault = today_here(), ""
    since, until = period_of(today, "month")
    try:
        since = day_from(request.GET.get("since", ""), "since") or since
        until = day_from(request.GET.get("until", ""), "until") or until
    except BadInput as bad:
        fault = bad.sentence
    areas = areas_for(actor, "tasks.give")
    area = request.GET.get("area", "")
    area = area if area in {each.code for each in areas} else ""
    rows = ledger_lines(actor, since=since, until=until, area=area)
    user = request.GET.get("user", "")
    one = User.objects.filter(pk=int(user)).first() if user.isdecimal() and len(user) < 10 else None
    context = {"parts": parts_for(actor, "ledger"), "since": since, "until": until, "areas": areas, "area": area,
               "fault": fault, "one": one}  # fmt: skip
    if one:
        context["lines"] = _line_rows(list(rows.filter(user=one).order_by("-day", "-position")[:LISTED]))
        return render(request, "fieldwork/ledger.html", context)
    by_user = sums_by(rows, "user")[:LISTED]
    names = {str(each.pk): str(each) for each in User.objects.filter(pk__in=[s.key for s in by_user])}
    by_area = sums_by(rows, "area_code")[:LISTED]
    known = area_names({each.key for each in by_area})
    context |= {
        "by_user": [{"sums": each, "name": names.get(each.key, each.key)} for each in by_user],
        "by_area": [{"sums": each, "name": known.get(each.key, each.key or _("without an area"))} for each in by_area],
    }
    return render(request, "fieldwork/ledger.html", context)
