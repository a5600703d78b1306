"""The page on which an agency says what is looked at again after incidents of a kind."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maplebridge.fieldwork.models import Form
from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.rules.kinds import KIND_NAMES
from maplebridge.incidents import actions
from maplebridge.incidents.follow_ups import follow_up_of
from maplebridge.incidents.follow_ups import follow_ups as all_follow_ups
from maplebridge.incidents.models import IncidentType
from maplebridge.incidents.rules.follow_ups import POSTS, FollowUp
from maplebridge.kernel import clock
from maplebridge.kernel.language import named
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Show what follows after which type of incident, and set it for one of them (`?type=CODE`)."""
    actor = actor_of_request(request)
    actor.must("forms.manage")
    type_ = _type(request.POST.get("type") or request.GET.get("type", ""))
    fault, rule = None, _readable(follow_up_of(type_.pk)) if type_ else FollowUp()
    if request.method == "POST":
        try:
            return _set(actor, request, type_)
        except BadInput as bad:
            fault, rule = bad, FollowUp(0, **{name: request.POST.get(name, "") for name in ("post", "form", "title")})
    types = IncidentType.objects.in_bulk()
    forms = {form.pk: form for form in Form.objects.all()}
    rows = [(types[code], _readable(each)) for code, each in all_follow_ups().items() if each.days and code in types]
    context = {
        "parts": parts_for(actor, "follow_ups"), "rule": rule, "fault": fault, "type": type_, "forms": forms,
        "types": sorted(((each.pk, named(each.name, each.name_zh)) for each in types.values()), key=lambda row: row[1]),
        "posts": [(kind, KIND_NAMES[kind]) for kind in POSTS],
        "rows": [{"type": each, "name": named(each.name, each.name_zh), "rule": found, "form": forms.get(found.form),
                  "post": KIND_NAMES[found.post]} for each, found in rows],
    }  # fmt: skip
    return render(request, "incidents/follow_ups.html", context, status=422 if fault else 200)


def _type(code: str) -> IncidentType | None:
    return IncidentType.objects.filter(pk=code[:32]).first()


def _readable(rule: FollowUp) -> FollowUp:
    """The same with its words in the reader's language."""
    title, instructions = named(rule.title, rule.title_zh), named(rule.instructions, rule.instructions_zh)
    return FollowUp(rule.days, rule.post, rule.form, title, "", instructions)


def _set(actor: Actor, request: HttpRequest, type_: IncidentType | None) -> HttpResponse:
    if type_ is None:
        raise NotFound(_("There is no such type of incident."))
    said = {name: request.POST.get(name, "") for name in ("post", "form", "title", "instructions")}
    days = request.POST.get("days", "")
    figure = int(days) if days.isdecimal() and len(days) < 5 else -1
    actions.set_follow_up(actor, type=type_, rule={"days": figure, **said}, at=clock.now())
    messages.success(request, _("This holds for what is closed from now on."))
    return redirect("follow_ups")
