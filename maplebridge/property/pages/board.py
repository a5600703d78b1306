"""The investigator's board: what is stolen, what was seen, who owes an answer, what waits for its owner; figures."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maplebridge.people.sessions import actor_of_request
from maplebridge.property import queries
from maplebridge.property.models import Dispute
from maplebridge.property.rules import ANSWERS

LISTED = 100


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Everything that waits for somebody, on one page; and a search."""
    actor = actor_of_request(request)
    actor.must("property.investigate")
    thefts = queries.visible_thefts(actor)
    q = request.GET.get("q", "")[:100].strip()
    context = {
        "q": q,
        "found": queries.find_items(actor, q=q) if q else [],
        "alarms": [{"row": each, "card": queries.alarm_card(each)} for each in queries.open_alarms(actor)[:LISTED]],
        "owed": list(queries.owed_answers(actor)[:LISTED]),
        "open": list(thefts.filter(state="open")[:LISTED]),
        "waiting": list(thefts.filter(state="recovered")[:LISTED]),
        "disputes": list(Dispute.objects.filter(state="open").select_related("item")[:LISTED]),
        "answers": ANSWERS,
    }
    return render(request, "property/board.html", context)
