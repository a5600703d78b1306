"""The browser's own client at `/field`: its page, what it may fill in, and the door by which it sends.

It is for phones without ODK Collect. Its submissions come in by the same action, with a session instead of a key.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from maplebridge.fieldwork.actions import receive_submission
from maplebridge.fieldwork.pages.answers import SENDING_MOST
from maplebridge.fieldwork.pages.openrosa import XML_PART
from maplebridge.fieldwork.queries import own_submissions
from maplebridge.fieldwork.worklist import own_submission, own_work, prepared_form, version_offered
from maplebridge.journal.reads import record_consulted
from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import log_refused
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.people.sessions import actor_of_request, user_of_session

View = Callable[..., HttpResponse]
WEEK_S = 7 * 24 * 3600
PURPOSE = "change of one's own submission"


class AnotherWorker(NotAllowed):
    """What is sent was filled in by somebody else than who is signed in now."""


def worker_only(view: View) -> View:
    """Let in whoever fills in forms; the view gets (request, actor, ...). Refusals are answered as the API does."""

    @wraps(view)
    def guarded(request: HttpRequest, **more: str) -> HttpResponse:
        try:
            actor = actor_of_request(request)
            actor.must("forms.fill")
            return view(request, actor, **more)
        except Refused as refused:
            log_refused(request, refused)
            return JsonResponse({"refused": refused.sentence, "code": refused.code}, status=refused.status)

    return guarded


@login_required
@ensure_csrf_cookie
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """Show the client; all that is in it, it fetches, keeps and shows without a network, too."""
    actor_of_request(request).must("forms.fill")
    return render(request, "fieldwork/field.html")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the client's service worker, beside the page that it keeps."""
    file = settings.PACKAGE / "assets" / "app" / "field-worker.js"
    if not file.exists():
        raise Http404
    response = HttpResponse(file.read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def webmanifest(request: HttpRequest) -> HttpResponse:
    """Say what a phone needs to install the client."""
    return render(request, "fieldwork/field.webmanifest", content_type="application/manifest+json")


@worker_only
@require_safe
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the forms that the worker is offered, their open tasks, and what was returned to them."""
    return JsonResponse(own_work(actor, at=clock.now()))


@worker_only
@require_safe
def form(request: HttpRequest, actor: Actor, code: str, version: str) -> HttpResponse:
    """Hand out a form as enketo-core fills it in, with its lists."""
    found = version_offered(actor, code, version)
    pictures = reverse("field_form_file", kwargs={"code": code, "version": version, "name": "x"})[:-1]
    return JsonResponse(prepared_form(found, pictures))


@worker_only
@require_safe
def form_file(request: HttpRequest, actor: Actor, code: str, version: str, name: str) -> HttpResponse:
    """Hand out one picture or sound of a form."""
    file = version_offered(actor, code, version).files.filter(name=name).first()
    if file is None:
        raise NotFound(_("This form has no such file. Get the list of forms anew."))
    response = HttpResponse(bytes(file.content), "application/octet-stream")
    response["Cache-Control"] = f"private, max-age={WEEK_S}"
    return response


@worker_only
@require_POST
def submit(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a submission, or the files that it still lacked, of whoever filled it in and nobody else."""
    if int(request.headers.get("Content-Length") or 0) > SENDING_MOST:
        raise BadInput("file", _("This is more than is taken at once. Send it in parts."))
    if request.POST.get("owner", "") != actor.ref:
        raise AnotherWorker(_("Somebody else filled this in. It is sent when they sign in here."))
    xml = request.FILES.get(XML_PART)
    if xml is None:
        raise BadInput(XML_PART, _("There is no part named xml_submission_file."))
    names = [name for name in request.FILES if name != XML_PART]
    files = {(each.name or ""): each.read() for name in names for each in request.FILES.getlist(name)}
    task = request.POST.get("task", "")
    done = receive_submission(
        actor, user=_self(request), xml=xml.read(), files=files, device="browser", at=clock.now(),
        task=int(task) if task.isdecimal() and len(task) < 16 else None,
    )  # fmt: skip
    return JsonResponse({"verdict": done.verdict, **_arrived(done.submission)}, status=200)


def _self(request: HttpRequest) -> User:
    user = user_of_session(request)
    if user is None:
        raise NotAllowed(_("Sign in first."))
    return user


def _arrived(submission: Any) -> dict[str, Any]:
    files = dict(submission.files.values_list("name", "sha256"))
    return {"instance": submission.instance_id, "complete": submission.complete, "files": files}


@worker_only
@require_safe
def arrived(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say what has arrived of one's own submission, so that a retry sends only the rest: nothing, too."""
    instance = request.GET.get("instance", "")
    found = own_submissions(actor).filter(instance_id=instance).first()
    return JsonResponse(_arrived(found) if found else {"instance": instance, "complete": False, "files": {}})


@worker_only
@require_safe
def sent(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give one's own submission back, to be changed and sent anew."""
    found = own_submission(actor, request.GET.get("instance", ""))
    record_consulted(actor, records=[found], classes=["narrative"], purpose=PURPOSE, at=clock.now())
    whole = {"form": found.version.form_id, "version": found.version.version, "xml": bytes(found.xml).decode()}
    return JsonResponse({**whole, **_arrived(found)})


@worker_only
@require_safe
def sent_file(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Give a file of one's own submission back."""
    file = own_submission(actor, request.GET.get("instance", "")).files.filter(name=name).first()
    if file is None:
        raise NotFound(_("This submission has no such file."))
    record_consulted(actor, records=[file.submission], classes=["image"], purpose=PURPOSE, at=clock.now())
    return HttpResponse(file.file.read(), file.media_type)
