"""The figures of the work in the field, by village or other kind of area."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.rules.kinds import KIND_NAMES
from maplebridge.incidents.queries.quiet import field_figures, kinds_of_places
from maplebridge.incidents.rules.quiet import half_year_to
from maplebridge.kernel import clock
from maplebridge.kernel.language import in_chinese
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.queries import city_zone

FIRST = ("village", "community", "beat")  # what is shown where nothing is asked for
LISTED = 1_000


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show this half-year beside the same days of the year before."""
    actor = actor_of_request(request)
    actor.must("tasks.give")
    actor.must("incidents.view")
    kinds = kinds_of_places(actor)
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else next((each for each in FIRST if each in kinds), next(iter(kinds), ""))
    at = clock.now()
    found = field_figures(
        actor, places=kinds.get(kind, [])[:LISTED], span=half_year_to(at.astimezone(city_zone()).date()), at=at
    )
    context = {
        "parts": parts_for(actor, "field_figures"),
        "kinds": [(each, KIND_NAMES.get(each, each), len(areas)) for each, areas in kinds.items()],
        "kind": kind,
        "found": found,
        "zh": in_chinese(),
    }
    return render(request, "incidents/field_figures.html", context)
