"""Pages of the hierarchy: which posts are held, and the tables that areas and posts come from."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maplebridge.fieldwork.dots import frame_of, points_on_map
from maplebridge.fieldwork.importing import apply_divisions, apply_roster, read_divisions, read_roster
from maplebridge.fieldwork.pages.work import areas_for, for_whoever
from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.queries.coverage import counts, posts
from maplebridge.fieldwork.rules.coverage import POST_OF, STATES
from maplebridge.fieldwork.rules.kinds import KIND_NAMES
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.queries import role_book

LISTED = 1_500
FAULTS_SHOWN = 200
SHAPES = {"empty": "bare"}  # of a post on the map, by its state


@for_whoever("tasks.give")
@require_safe
def coverage(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show which posts of one's areas are empty or lapse soon, as a list and as a map."""
    asked = {name: request.GET.get(name, "")[:40] for name in ("under", "kind", "state")}
    if "state" not in request.GET:
        asked["state"] = "open"
    found = posts(actor, at=clock.now(), under=asked["under"], kind=asked["kind"])
    wanted = {"open": ("empty", "lapsing")}.get(asked["state"]) or ((asked["state"],) if asked["state"] else STATES)
    listed = [post for post in found if post.state in wanted]
    roles = {code: role.name for code, role in role_book().items()}
    frame = frame_of([(post.area.middle, post) for post in found])
    dots = frame.dots if frame else []
    context = {
        "parts": parts_for(actor, "coverage"), "asked": asked, "states": STATES, "kinds": _kinds(),
        "rows": [{"post": post, "role": roles.get(post.role, post.role), "kind": KIND_NAMES[post.area.kind],
                  "state": STATES[post.state]} for post in listed[:LISTED]],
        "sums": [{"kind": KIND_NAMES[kind], "all": sum(row.values()), **row} for kind, row in counts(found).items()],
        "more": max(len(listed) - LISTED, 0), "none": not found,
        "areas": [area for area in areas_for(actor, "tasks.give") if area.kind in ("county", "township")],
        "frame": frame, "held": "".join(f"M{dot.x} {dot.y}h0" for dot in dots if dot.what.state == "held"),
        "to_see": [dot for dot in dots if dot.what.state != "held"],
        "points": points_on_map([(post.area.middle, SHAPES.get(post.state, post.state), str(post.area))
                                 for post in found]),
        "unknown": sum(post.area.middle is None for post in found),
    }  # fmt: skip
    return render(request, "fieldwork/coverage.html", context)


def _kinds() -> dict[str, Any]:
    return {kind: KIND_NAMES[kind] for kind in POST_OF}


@for_whoever("places.edit", "people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def tables(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a table of divisions or a roster of posts: try it, with its faults cell by cell, or apply what holds."""
    context: dict[str, Any] = {"parts": parts_for(actor, "hierarchy_tables"), "divisions": actor.may("places.edit"),
                               "roster": actor.may("people.manage")}  # fmt: skip
    if request.method == "POST":
        context["what"] = request.POST.get("what", "")
        try:
            context |= _taken(actor, request)
        except BadInput as bad:
            context["fault"] = bad.sentence
        if context.get("said"):
            messages.success(request, context["said"])
            return redirect("hierarchy_tables")
    return render(request, "fieldwork/hierarchy_tables.html", context, status=422 if "fault" in context else 200)


def _taken(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    file, at = request.FILES.get("file"), clock.now()
    if not isinstance(file, UploadedFile):
        raise BadInput("file", _("Choose a file."))
    name, content = str(file.name), file.read()
    applies = request.POST.get("do") == "apply"
    if request.POST.get("what") == "roster":
        actor.must("people.manage")
        roster = read_roster(name, content, at=at)
        if applies and not roster.faults:
            filled = apply_roster(actor, roster.appointments, at=at, progress=lambda _done, _all: None)
            said = _("%(filled)d posts were filled, %(same)d were so already; %(accounts)d new accounts.")
            return {"said": said % {"filled": filled.filled, "same": filled.same, "accounts": filled.accounts}}
        return _tried(len(roster.appointments), roster.faults, roster.ignored)
    actor.must("places.edit")
    tree = read_divisions(name, content)
    if applies and not tree.faults:
        grown = apply_divisions(actor, tree.divisions, at=at, progress=lambda _done, _all: None)
        said = _("%(new)d areas are new, %(changed)d were changed, %(same)d are as they were.")
        return {"said": said % {"new": grown.new, "changed": grown.changed, "same": grown.same}}
    return _tried(len(tree.divisions), tree.faults, [])


def _tried(good: int, faults: list[Any], ignored: list[str]) -> dict[str, Any]:
    return {"tried": True, "good": good, "faults": faults[:FAULTS_SHOWN], "faulty": len(faults), "ignored": ignored}
