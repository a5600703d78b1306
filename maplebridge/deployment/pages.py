"""The studio's pages: the studio itself (a shell; all in it comes by the API) and a study on paper."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from maplebridge.deployment import needs, paper, queries
from maplebridge.deployment.booklet import as_pdf
from maplebridge.deployment.fit import fit
from maplebridge.kernel import clock
from maplebridge.kernel.refused import Refused
from maplebridge.people.sessions import actor_of_request


@require_safe
@ensure_csrf_cookie
@login_required
def studio(request: HttpRequest) -> HttpResponse:
    """Draw layouts of posts and compare them."""
    actor_of_request(request).must("studies.view")
    return render(request, "deployment/studio.html", {"config": {"language": get_language()}})


@require_safe
@login_required
def study(request: HttpRequest, study_id: int) -> HttpResponse:
    """Show a study as one prints it for those who decide."""
    record = queries.study_of(actor_of_request(request), study_id)
    return render(request, "deployment/study.html", {"study": record, "shown": paper.on_paper(record)})


@require_safe
@login_required
def study_pdf(request: HttpRequest, study_id: int) -> HttpResponse:
    """Give a study as a PDF."""
    record = queries.study_of(actor_of_request(request), study_id)
    name = f'inline; filename="study-{record.pk}.pdf"'
    return HttpResponse(as_pdf(record), content_type="application/pdf", headers={"Content-Disposition": name})


@require_safe
@login_required
def calibration(request: HttpRequest) -> HttpResponse:
    """Show how well the simulation fits what really happened."""
    actor = actor_of_request(request)
    return render(request, "deployment/calibration.html", fit(actor, at=clock.now()))


@require_safe
@login_required
def need(request: HttpRequest) -> HttpResponse:
    """Show the need by hour of the week and season, its hot spots and densest streets."""
    actor, now, given = actor_of_request(request), clock.now(), request.GET
    actor.must("studies.view")
    choices = queries.first_choices(at=now)
    shown, why, types = {}, "", given.getlist("type")[:200]
    try:
        choices = needs.asked(actor, given.get("begin", ""), given.get("end", ""), types, at=now)
        shown = needs.need_page(actor, choices)
    except Refused as refused:
        why = refused.sentence
    return render(request, "deployment/need.html", needs.heading(choices, types) | {"shown": shown, "why": why})


urlpatterns = [
    path("studio", studio, name="studio"),
    path("studio/fit", calibration, name="studio_fit"),
    path("studio/need", need, name="studio_need"),
    path("studio/<int:study_id>", study, name="study"),
    path("studio/<int:study_id>.pdf", study_pdf, name="study_pdf"),
]
