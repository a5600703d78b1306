"""OpenRosa 1.0 as ODK Collect speaks it: form list, manifest, forms, submissions."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maplebridge.fieldwork.actions import receive_submission
from maplebridge.fieldwork.models import FieldKey, FormVersion
from maplebridge.fieldwork.pages.answers import LIST, MANIFEST, SENDING_MOST, integrity_of, listed, said, with_headers
from maplebridge.fieldwork.pages.doors import by_key
from maplebridge.fieldwork.queries import offered_forms, own_submissions
from maplebridge.fieldwork.worklist import (
    TASK_LIST,
    gone_from_list,
    open_tasks,
    reads_tasks,
    task_list,
    version_offered,
)
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor

XML_PART = "xml_submission_file"
ASKED_MOST = 1_000  # tasks in one question of integrity


@by_key
@require_safe
def form_list(request: HttpRequest, key: FieldKey, actor: Actor) -> HttpResponse:
    """List the forms that this worker is offered; `?formID=` asks for one."""
    asked = request.GET.get("formID", "")
    rows = [
        {
            "formID": version.form_id,
            "name": str(version.form),
            "version": version.version,
            "hash": f"md5:{version.md5}",
            "downloadUrl": _url(request, version, "form"),
            "manifestUrl": _url(request, version, "manifest") if version.files.all() or reads_tasks(version) else "",
        }
        for version in offered_forms(actor)
        if asked in ("", version.form_id)
    ]
    return listed("xforms", LIST, "xform", rows)


def _url(request: HttpRequest, version: FormVersion, what: str, **more: str) -> str:
    """An address that the phone can ask as it asked this one: with its key where the key stood in the address."""
    match = request.resolver_match
    key = {"key": match.kwargs["key"]} if match and "key" in match.kwargs else {}
    name = f"openrosa_key_{what}" if key else f"openrosa_{what}"
    where = reverse(name, kwargs={**key, "code": version.form_id, "version": version.version, **more})
    return settings.CONFIG.origin + where if settings.CONFIG.origin else request.build_absolute_uri(where)


@by_key
@require_safe
def form(request: HttpRequest, key: FieldKey, actor: Actor, code: str, version: str) -> HttpResponse:
    """Hand out the XForm of a version."""
    return with_headers(HttpResponse(version_offered(actor, code, version).xform, "text/xml; charset=utf-8"))


@by_key
@require_safe
def manifest(request: HttpRequest, key: FieldKey, actor: Actor, code: str, version: str) -> HttpResponse:
    """List the files that a version needs on the phone; the worker's own tasks among them, as an entity list."""
    found = version_offered(actor, code, version)
    rows = [
        {
            "filename": file.name,
            "hash": f"md5:{file.md5}",
            "downloadUrl": _url(request, found, "form_file", name=file.name),
        }
        for file in found.files.all()
    ]
    if reads_tasks(found):
        rows.append(_task_row(request, actor, found))
    return listed("manifest", MANIFEST, "mediaFile", rows)


def _task_row(request: HttpRequest, actor: Actor, version: FormVersion) -> dict[str, str]:
    """The worker's tasks in a manifest: `type="entityList"`, with the address that says which of them are gone."""
    digest = hashlib.md5(task_list(open_tasks(actor)), usedforsecurity=False).hexdigest()
    return {
        "@type": "entityList",
        "filename": TASK_LIST,
        "hash": f"md5:{digest}",
        "downloadUrl": _url(request, version, "form_file", name=TASK_LIST),
        "integrityUrl": _url(request, version, "integrity"),
    }


@by_key
@require_safe
def integrity(request: HttpRequest, key: FieldKey, actor: Actor, code: str, version: str) -> HttpResponse:
    """Say which of the tasks that a phone holds are gone, by OpenRosa's integrity API: `?id=1,2`."""
    asked = list(dict.fromkeys(request.GET.get("id", "").split(",")))[:ASKED_MOST]
    return integrity_of(gone_from_list(actor, [text for text in asked if text]))


@by_key
@require_safe
def form_file(request: HttpRequest, key: FieldKey, actor: Actor, code: str, version: str, name: str) -> HttpResponse:
    """Hand out one file that a version needs."""
    found = version_offered(actor, code, version)
    file = found.files.filter(name=name).first()
    if file is None and not (name == TASK_LIST and reads_tasks(found)):
        raise NotFound(_("This form has no such file. Get the list of forms anew."))
    content = bytes(file.content) if file else task_list(open_tasks(actor))
    response = HttpResponse(content, "application/octet-stream" if file else "text/csv; charset=utf-8")
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return with_headers(response)


@by_key
@require_http_methods(["HEAD", "POST"])
def submission(request: HttpRequest, key: FieldKey, actor: Actor) -> HttpResponse:
    """Say how much is taken at once (HEAD), or take a submission: 201 for what is new, 202 for the same again."""
    if request.method == "HEAD":
        return with_headers(HttpResponse(status=204))
    if int(request.headers.get("Content-Length") or 0) > SENDING_MOST:
        return said(413, _("This is more than is taken at once. Send it in parts."))
    xml = request.FILES.get(XML_PART)
    if xml is None:
        return said(400, _("There is no part named xml_submission_file."))
    names = [name for name in request.FILES if name != XML_PART]
    files = {(each.name or ""): each.read() for name in names for each in request.FILES.getlist(name)}
    done = receive_submission(
        actor, user=key.user, xml=xml.read(), files=files, device=request.GET.get("deviceID", ""), at=clock.now()
    )
    if done.verdict == "again":
        return said(202, _("This had arrived already."), nature="submit_success")
    return said(201, _("Arrived, thank you."), nature="submit_success")


@by_key
@require_safe
def arrived(request: HttpRequest, key: FieldKey, actor: Actor) -> HttpResponse:
    """Say which files of one's own submission have arrived, so that a phone sends only the others."""
    found = own_submissions(actor).filter(instance_id=request.GET.get("instanceID", "")).first()
    if found is None:
        raise NotFound(_("Nothing has arrived under this ID."))
    files = dict(found.files.values_list("name", "sha256"))
    return JsonResponse({"instanceID": found.instance_id, "complete": found.complete, "files": files})
