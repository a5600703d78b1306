"""The investigator's board: what is stolen, what was seen, who owes an answer, what waits for its owner; figures."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.intervals import Share
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.queries import area_names
from maplebridge.property import queries
from maplebridge.property.models import Dispute
from maplebridge.property.queries.clones import contradicting_codes, impossible_jumps
from maplebridge.property.queries.figures import before_and_after, figures
from maplebridge.property.queries.leads import chains_by_place
from maplebridge.property.rules import ANSWERS, CLEAN_SIGHTINGS_AT_MOST, KINDS

LISTED = 100
LEADS_DAYS = 90
SPANS = (30, 90, 365)  # days


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Everything that waits for somebody, on one page; and a search."""
    actor = actor_of_request(request)
    actor.must("property.investigate")
    thefts, now = queries.visible_thefts(actor), clock.now()
    q = request.GET.get("q", "")[:100].strip()
    context = {
        "q": q,
        "found": queries.find_items(actor, q=q) if q else [],
        "alarms": [{"row": each, "card": queries.alarm_card(each)} for each in queries.open_alarms(actor)[:LISTED]],
        "owed": list(queries.owed_answers(actor)[:LISTED]),
        "open": list(thefts.filter(state="open")[:LISTED]),
        "waiting": list(thefts.filter(state="recovered")[:LISTED]),
        "disputes": list(Dispute.objects.filter(state="open").select_related("item")[:LISTED]),
        "chains": chains_by_place(actor, since=now - timedelta(days=LEADS_DAYS)),
        "jumps": impossible_jumps(since=now - CLEAN_SIGHTINGS_AT_MOST)[:LISTED],
        "contradictions": contradicting_codes(since=now - timedelta(days=LEADS_DAYS))[:LISTED],
        "answers": ANSWERS,
        "may_manage": actor.may("property.manage"),
    }
    return render(request, "property/board.html", context)


@login_required
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """What it comes to, with the interval of each figure."""
    actor = actor_of_request(request)
    actor.must("property.investigate")
    asked = request.GET.get("days", "")
    days, now = int(asked) if asked in map(str, SPANS) else SPANS[1], clock.now()
    told = figures(since=now - timedelta(days=days), until=now, now=now)
    names = area_names()
    compared = before_and_after(split_at=now - timedelta(days=days), days=days, now=now, areas=sorted(names))
    context = asdict(told) | {
        "days": days,
        "spans": SPANS,
        "kinds": [(name, told.registered.get(kind, 0)) for kind, name in KINDS],
        "shares": _shares(told),
        "compared": [
            {"area": names.get(each.area, ""), "ratio": each.ratio}
            for each in compared
            if not each.area or each.ratio.before or each.ratio.after
        ],
    }
    return render(request, "property/figures.html", context)


def _shares(told: Any) -> dict[str, dict[str, Any]]:
    """Each share in percent, with its interval."""

    def percent(share: Share) -> dict[str, Any]:
        value = None if share.value is None else 100 * share.value
        return {
            "part": share.part,
            "whole": share.whole,
            "value": value,
            "low": 100 * share.low,
            "high": 100 * share.high,
        }

    names = ("recovered", "share_registered", "hit_rate", "false_matches")
    return {name: percent(getattr(told, name)) for name in names}
