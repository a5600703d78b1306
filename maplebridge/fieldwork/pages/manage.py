"""Forms for whoever writes them: upload a spreadsheet, look at it, publish it to roles and areas, retire it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.actions.forms import FORM_FILE_MOST
from maplebridge.fieldwork.convert import KINDS, SPREADSHEET_MOST
from maplebridge.fieldwork.models import FormVersion
from maplebridge.fieldwork.queries.forms import shipped_versions
from maplebridge.fieldwork.worklist import TASK_LIST, prepared_form, reads_tasks
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.queries import roles_to_give
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.models import Area

View = Callable[..., HttpResponse]
SOURCE_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv",
    "md": "text/markdown",
}


def manager_only(view: View) -> View:
    """Let in whoever writes forms; the view gets (request, actor, ...)."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **more: int | str) -> HttpResponse:
        actor = actor_of_request(request)
        actor.must("forms.manage")
        return view(request, actor, **more)

    return guarded


@manager_only
@require_http_methods(["GET", "HEAD", "POST"])
def forms(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the forms and their versions; take a spreadsheet as a new version, or say which cell is wrong."""
    fault = None
    if request.method == "POST":
        try:
            return redirect("form_version", number=_added(request, actor).pk)
        except Refused as refused:
            fault = refused
    rows = FormVersion.objects.select_related("form").defer("xform", "source").annotate(sent=Count("submissions"))
    newer = shipped_versions(each for each in rows if each.state == "draft")
    context = {"versions": rows, "newer": newer, "sentence": fault.sentence if fault else "", "kinds": ", ".join(KINDS),
               "accept": ",".join(f".{kind}" for kind in KINDS)}  # fmt: skip
    return render(request, "fieldwork/forms.html", context, status=fault.status if fault else 200)


def _added(request: HttpRequest, actor: Actor) -> FormVersion:
    file = _upload(request)
    kind = (file.name or "").rpartition(".")[2].lower()
    return actions.add_form_version(actor, spreadsheet=file.read(SPREADSHEET_MOST + 1), kind=kind, at=clock.now())


def _upload(request: HttpRequest) -> "UploadedFile[Any]":
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise BadInput("file", _("Choose a file first."))
    return file


def _version(number: int) -> FormVersion:
    found = FormVersion.objects.select_related("form").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such version of a form."))
    return found


@manager_only
@require_safe
def version(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show one version: its state, its warnings, its files, and who is offered it."""
    return _shown(request, _version(number))


def _shown(request: HttpRequest, found: FormVersion, fault: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "version": found,
        "files": found.files.all(),
        "sent": found.submissions.count(),
        "roles": [(code, role.name, code in found.roles) for code, role in roles_to_give().items()],
        "areas": " ".join(found.areas),
        "reads_tasks": reads_tasks(found),
        "task_list": TASK_LIST,
        "sentence": fault.sentence if fault else "",
    }
    return render(request, "fieldwork/form_version.html", context, status=fault.status if fault else 200)


@manager_only
@require_POST
def change(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Add a file to a version, publish it, or retire it."""
    found = _version(number)
    try:
        messages.success(request, _done(request, actor, found))
    except Refused as refused:
        return _shown(request, found, refused)
    return redirect("form_version", number=number)


def _done(request: HttpRequest, actor: Actor, found: FormVersion) -> str:
    """Carry out one form of the page and say what came of it. Raises Refused."""
    at, what = clock.now(), request.POST.get("what", "")
    if what == "file":
        file = _upload(request)
        content = file.read(FORM_FILE_MOST + 1)
        actions.attach_form_file(actor, version=found, name=file.name or "", content=content, at=at)
        return _("The file is attached.")
    if what == "publish":
        known = roles_to_give()
        roles = [role for role in request.POST.getlist("roles") if role in known]
        actions.publish_form(actor, version=found, roles=roles, areas=_areas(request.POST.get("areas", "")), at=at)
        return _("Phones are offered this version from now on.")
    if what == "retire":
        actions.retire_form(actor, version=found, at=at)
        return _("Phones are not offered this version any more. What was begun with it is still taken.")
    raise BadInput("what", _("Choose what to do."))


def _areas(text: str) -> list[str]:
    """Codes of areas, apart by spaces or commas. Raises BadInput for one that is not there."""
    codes = list(dict.fromkeys(text.replace(",", " ").replace("，", " ").split()))
    known = set(Area.objects.filter(code__in=codes).values_list("code", flat=True))
    for code in codes:
        if code not in known:
            raise BadInput("areas", _("There is no area with the code “%(code)s”.") % {"code": code[:40]})
    return codes


@manager_only
@require_safe
def source(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Give the spreadsheet of a version back."""
    found = _version(number)
    response = HttpResponse(bytes(found.source), SOURCE_TYPES.get(found.source_type, "application/octet-stream"))
    name = f"{found.form_id}-{found.version}.{found.source_type}".replace('"', "")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@manager_only
@require_safe
def trial(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show a version as a phone's browser will, to try it out; nothing is kept or sent."""
    return render(request, "fieldwork/form_trial.html", {"version": _version(number)})


@manager_only
@require_safe
def trial_form(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Hand out a version as enketo-core fills it in, for the trial."""
    where = reverse("form_trial_file", kwargs={"number": number, "name": "x"})[:-1]
    return JsonResponse(prepared_form(_version(number), where))


@manager_only
@require_safe
def trial_file(request: HttpRequest, actor: Actor, number: int, name: str) -> HttpResponse:
    """Hand out one picture or sound of a version, for the trial."""
    file = _version(number).files.filter(name=name).first()
    if file is None:
        raise NotFound(_("This form has no such file. Get the list of forms anew."))
    return HttpResponse(bytes(file.content), "application/octet-stream")
