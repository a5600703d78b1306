"""What needs two people: one asks to disclose or erase, another decides, and whoever asked carries it out."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from maplebridge.incidents.actions import disclose_incident, erase_on_request
from maplebridge.incidents.models import Incident
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import ask_approval, decide_approval
from maplebridge.people.actor import Actor
from maplebridge.people.models import Approval, User
from maplebridge.people.queries import approvals_for
from maplebridge.site.doors import proven, signed_in, with_words

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
def approvals(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what was asked for, and ask."""
    if not (actor.may("approvals.ask") or actor.may("approvals.decide")):
        actor.must("approvals.ask")
    sentence = ""
    if request.method == "POST":
        try:
            _ask(request, actor)
            messages.success(request, _("Asked. Somebody else who may decide sees it here now."))
            return redirect("approvals")
        except BadInput as error:
            sentence = error.sentence
    now = clock.now()
    found = list(approvals_for(actor)[:MOST_SHOWN])
    ids = [int(each.subject[9:]) for each in found if each.subject.startswith("incident:")]
    labels = {f"incident:{each.pk}": each.label for each in Incident.objects.filter(pk__in=ids)}
    rows = [{"it": each, "label": labels.get(each.subject, each.subject), "state": _state(each, actor, now)}
            for each in found]  # fmt: skip
    context = {"rows": rows, "sentence": sentence, "post": request.POST, "asks": actor.may("approvals.ask"),
               "kinds": Approval.KINDS}  # fmt: skip
    return render(request, "site/approvals.html", context, status=422 if sentence else 200)


def _ask(request: HttpRequest, actor: Actor) -> None:
    post = request.POST
    number = post.get("number", "").strip().lstrip("#")
    found = Incident.objects.visible_to(actor).filter(number=int(number) if number.isdecimal() else -1).first()
    if found is None or len(number) > 9:
        raise BadInput("number", _("There is no incident of this number that you may see."))
    ask_approval(
        actor, user=_self(actor), kind=post.get("kind", ""), subject=f"incident:{found.pk}",
        reason=post.get("reason", ""), recipient=post.get("recipient", ""), at=clock.now(),
    )  # fmt: skip


def _self(actor: Actor) -> User:
    user = User.objects.filter(pk=actor.user_id or 0).first()
    if user is None:
        raise NotAllowed(_("Only people ask and decide."))
    return user


def _state(approval: Approval, actor: Actor, now: datetime) -> str:
    """What stands beside a request: "yours", "decide", "use", "used", "refused", "lapsed" or "waits"."""
    own = approval.asked_by_id == actor.user_id
    if approval.used_at:
        return "used"
    if approval.approved is False:
        return "refused"
    if approval.expires_at <= now:
        return "lapsed"
    if approval.approved:
        return "use" if own else "approved"
    return "decide" if actor.may("approvals.decide") and not own else "waits"


@require_POST
@signed_in
@proven
@with_words("approvals")
def decide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Approve or refuse what another asked for."""
    post = request.POST
    found = get_object_or_404(approvals_for(actor), pk=post.get("approval", "0") or 0)
    approved = post.get("approved") == "yes"
    decide_approval(
        actor, approval=found, user=_self(actor), approved=approved, words=post.get("words", ""), at=clock.now()
    )
    messages.success(request, _("Approved.") if approved else _("Refused."))
    return redirect("approvals")


@require_POST
@signed_in
@proven
def carry_out(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Disclose or erase what was approved."""
    found = get_object_or_404(approvals_for(actor), pk=request.POST.get("approval", "0") or 0)
    incident = get_object_or_404(Incident.objects.visible_to(actor), pk=int(found.subject[9:]))
    if found.kind == "erasure":
        erase_on_request(actor, incident=incident, approval=found, at=clock.now())
        messages.success(request, _("Erased: the reporters, their words and the files of %(n)s.") % {"n": incident})
        return redirect("approvals")
    packed = disclose_incident(actor, incident=incident, approval=found, at=clock.now())
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="incident-{incident.label}.zip"'
    response["Cache-Control"] = "no-store"
    return response
