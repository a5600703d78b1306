"""Review: what waits, one submission with its answers and what it would change in the register, the rules of review."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.handling import handling_of
from maplebridge.fieldwork.models import Form, Review
from maplebridge.fieldwork.pages.work import for_whoever, told_on
from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.reading import answers_of
from maplebridge.fieldwork.registering import meeting_of
from maplebridge.fieldwork.rules.review import FLAGS, OPEN, twin_reasons
from maplebridge.fieldwork.screening import near
from maplebridge.fieldwork.shown import change_rows
from maplebridge.journal.reads import record_consulted
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor
from maplebridge.places.queries import area_names

LISTED = 200
SHOWABLE = ("image/jpeg", "image/png", "image/webp", "image/gif")
PURPOSE = "review of work in the field"


@for_whoever("tasks.give")
@require_safe
def reviews(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what waits for this reviewer, the oldest first, and what is accepted but not in the register."""
    waiting = Review.objects.all().waiting_for(actor).select_related("form", "submission__user", "reviewer")
    rows = list(waiting.order_by("submission__received_at")[:LISTED])
    hindered = Review.objects.all().hindered_for(actor).select_related("form", "submission__user")[:LISTED]
    names = area_names(row.area_code for row in [*rows, *hindered])
    context = {
        "parts": parts_for(actor, "reviews"),
        "rows": [
            {"review": row, "area": names.get(row.area_code, row.area_code), "flags": _flags(row)} for row in rows
        ],
        "hindered": [{"review": row, "area": names.get(row.area_code, row.area_code)} for row in hindered],
        "more": waiting.count() - len(rows),
    }
    return render(request, "fieldwork/reviews.html", context)


def _flags(review: Review) -> list[str]:
    return [str(FLAGS[flag]) for flag in review.flags if flag in FLAGS]


def _review(actor: Actor, number: int) -> Review:
    """A review that the actor may decide on, or of what they sent themselves. Raises NotFound."""
    rows = Review.objects.all().visible_to(actor).select_related("form", "submission__user", "submission__version")
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such submission in your areas."))
    return found


@for_whoever("tasks.give")
@require_safe
def review(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show a submission with its answers; the look is an entry of the journal."""
    found = _review(actor, number)
    found = actions.open_review(actor, review=found, at=clock.now())
    names = area_names([found.area_code])
    return render(request, "fieldwork/review.html", _shown(found) | {
        "parts": parts_for(actor, "reviews"),
        "review": found,
        "area": names.get(found.area_code, found.area_code),
        "may_register": actor.may("register.edit", about=found),
    })  # fmt: skip


def _shown(found: Review) -> dict[str, Any]:
    submission, meeting = found.submission, meeting_of(found)
    answers = answers_of(submission, language=get_language() or "en") if submission.xml else []
    twins = [{"review": other, "why": ", ".join(why)} for other in near(found)
             if (why := twin_reasons(found.seen, other.seen))]  # fmt: skip
    return {
        "answers": answers,
        "kept": set(submission.files.values_list("name", flat=True)),
        "flags": _flags(found),
        "twins": twins,
        "open": found.state in OPEN,
        "changes": change_rows(meeting.changes),
        "hindrance": meeting.hindrance,
        "to_apply": found.state == "accepted" and found.applied is None,
        "replaces": Review.objects.filter(submission=submission.replaces_id).first(),
    }


@for_whoever("tasks.give")
@require_POST
@told_on("review")
def decide(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """Accept with what is taken into the register, return or refuse."""
    found, at = _review(actor, number), clock.now()
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "")[:500]
    take = [name for name in request.POST.getlist("take") if name.count(".") == 1][:50]
    seen = {name[5:]: int(str(text)) for name, text in request.POST.dict().items()
            if name.startswith("seen-") and str(text).isdecimal() and len(str(text)) < 10}  # fmt: skip
    if what == "accept":
        actions.accept_and_apply(actor, review=found, take=take, seen=seen, at=at)
        messages.success(request, _("Accepted."))
    elif what == "apply":
        actions.apply_submission(actor, review=found, take=take, seen=seen, at=at)
        messages.success(request, _("It is in the register now."))
    elif what == "return":
        actions.return_submission(actor, review=found, reason=reason, at=at)
        messages.success(request, _("Returned to the worker as a task."))
    elif what == "refuse":
        actions.refuse_submission(actor, review=found, reason=reason, at=at)
        messages.success(request, _("Refused."))
    else:
        return redirect("review", number=number)
    return redirect("reviews")


@for_whoever("tasks.give")
@require_safe
def review_file(request: HttpRequest, actor: Actor, number: int, name: str) -> HttpResponseBase:
    """Send a file of a submission; the look is journaled."""
    found = _review(actor, number)
    actor.must("tasks.give", about=found)
    file = found.submission.files.filter(name=name).first()
    if file is None:
        raise NotFound(_("This submission has no such file."))
    record_consulted(
        actor, records=[found.submission], classes=["image"], purpose=PURPOSE, verb="journal.consulted", at=clock.now()
    )
    response = FileResponse(file.file.open("rb"), as_attachment=file.media_type not in SHOWABLE, filename=file.name,
                            content_type=file.media_type)  # fmt: skip
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@for_whoever("forms.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@told_on("review_rules")
def review_rules(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Show how what is sent with each form is looked at, and change share and number."""
    if request.method == "POST":
        form = Form.objects.filter(pk=request.POST.get("form", "")[:64]).first()
        if form is None:
            raise NotFound(_("There is no such form."))
        _set(actor, form, request.POST.get("percent", ""), request.POST.get("new", ""))
        messages.success(request, _("The rules of review hold for what comes in from now on."))
        return redirect("review_rules")
    rows = [{"form": form, "handling": handling_of(form.pk), "percent": round(100 * handling_of(form.pk).share)}
            for form in Form.objects.all()]  # fmt: skip
    return render(request, "fieldwork/review_rules.html", {"parts": parts_for(actor, "review_rules"), "rows": rows})


def _set(actor: Actor, form: Form, percent: str, new: str) -> None:
    before = handling_of(form.pk)
    figures = [int(text) if text.isdecimal() and len(text) < 6 else -1 for text in (percent, new)]
    table = {"share": figures[0] / 100, "new": figures[1], "flags": {k: list(v) for k, v in before.flags.items()},
             "register": dict(before.register), "answers": {k: dict(v) for k, v in before.answers.items()}}  # fmt: skip
    actions.set_handling(actor, form=form, rules_of_review=table, at=clock.now())
