"""Care in emergencies: enter a request, look at those of one's area with a reason, withdraw by one tap."""

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import PUBLIC
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.register.actions.care import Wish, ask_for_care, consult_care, end_care, withdraw_care
from maplebridge.places.register.models import NEEDS, Address, CareRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: HttpRequest) -> HttpResponse:
    """Say what this is; posted with a reason, show who asked for care in one's areas."""
    actor = actor_of_request(request)
    actor.must("register.care")
    context: dict[str, object] = {"looked": False}
    status = 200
    if request.method == "POST":
        try:
            rows = consult_care(actor, reason=request.POST.get("reason", "")[:400], at=clock.now())
            names = {code: str(name) for code, name in NEEDS}
            told = [{"row": row, "needs": ", ".join(names.get(each, each) for each in row.needs)} for row in rows]
            context = {"looked": True, "rows": told}
        except BadInput as refusal:
            status, context["sentence"] = refusal.status, refusal.sentence
    return render(request, "register/care.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, key: int) -> HttpResponse:
    """Enter what somebody asks for; then show, once, the code by which they withdraw it."""
    actor = actor_of_request(request)
    address = get_object_or_404(Address.objects.select_related("area"), pk=key, gone=False)
    actor.must("register.care", about=address)
    context: dict[str, object] = {
        "here": address, "needs": NEEDS, "values": request.POST, "chosen": request.POST.getlist("needs"),
        "consents": CareRequest._meta.get_field("consent").choices,
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        try:
            row, code = ask_for_care(actor, address_id=key, wish=_wish(request), at=clock.now())
        except Refused as refusal:
            status, context["sentence"] = refusal.status, refusal.sentence
        else:
            link = request.build_absolute_uri(reverse("care_withdraw", args=[code]))
            drawing = segno.make(link, error="m").svg_data_uri(scale=5, border=4, omitsize=True)
            return render(request, "register/care_done.html", {"row": row, "link": link, "drawing": drawing})
    return render(request, "register/care_new.html", context, status=status)


def _wish(request: HttpRequest) -> Wish:
    name, phone, words, consent = (request.POST.get(each, "")[:400] for each in ("name", "phone", "words", "consent"))
    return Wish(name, request.POST.getlist("needs")[:20], consent, phone, words)


@login_required
@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    """End a request because the person says so."""
    end_care(actor_of_request(request), care_id=key, at=clock.now())
    messages.success(request, _("Ended, and erased."))
    return redirect("register_care")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """One tap for the person: the request ends and what was said is erased. It shows nothing of what is kept."""
    if request.method == "POST":
        withdraw_care(PUBLIC, code=code[:100], at=clock.now())
        return render(request, "register/care_withdraw.html", {"done": True})
    return render(request, "register/care_withdraw.html", {"done": False})
