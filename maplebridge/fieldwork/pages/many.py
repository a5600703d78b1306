"""One step with many tasks at once, on the board: what cannot be is told row by row and spoils no other."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Task, TaskSchedule
from maplebridge.fieldwork.pages.work import for_whoever, told_on
from maplebridge.fieldwork.queries.coverage import people_with_posts
from maplebridge.fieldwork.rules.coverage import POST_OF
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.places.models import Area

ALL_AT_ONCE = 500
LEFT = "tasks_left"  # in the session until the board is shown again: sentences by task, and what can be taken back
HANDED_ON = ("pass_on", "split")

Step = Callable[[Task], object]


@for_whoever("tasks.give")
@require_POST
@told_on("tasks")
def change(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Settle, return, withdraw, split, pass on or take back many tasks at once, or end a plan."""
    said, at = request.POST, clock.now()
    if said.get("what") == "end":
        return _end(request, actor, at)
    chosen = [task_of(number) for number in said.getlist("task")[:ALL_AT_ONCE]]
    if not chosen:
        raise BadInput("task", _("Choose at least one task."))
    step = _step(actor, said, at)
    done: list[int] = []
    left: dict[int, str] = {}
    for task in chosen:
        try:
            step(task)
            done.append(task.pk)
        except Refused as why:
            left[task.pk] = why.sentence
    _tell(request, len(done), left)
    undo = done if said.get("what", "").partition(":")[0] in HANDED_ON else []
    request.session[LEFT] = {"left": {str(number): why for number, why in left.items()}, "undo": undo}
    asked = {name: said.get(name, "")[:40] for name in ("view", "area") if said.get(name)}
    return redirect(f"{reverse('tasks')}?{urlencode(asked)}" if asked else "tasks")


def _tell(request: HttpRequest, done: int, left: dict[int, str]) -> None:
    if done:
        messages.success(request, ngettext("%(n)d task was changed.", "%(n)d tasks were changed.", done) % {"n": done})
    for why in dict.fromkeys(left.values()):
        count = sum(each == why for each in left.values())
        said = ngettext("%(n)d task was left: %(why)s", "%(n)d tasks were left: %(why)s", count)
        messages.error(request, said % {"n": count, "why": why})


def left_of(request: HttpRequest) -> tuple[dict[int, str], list[int]]:
    """Take from the session why tasks were left by the last change, by number, and which may be taken back."""
    kept: dict[str, Any] = request.session.pop(LEFT, {})
    return {int(number): why for number, why in kept.get("left", {}).items()}, kept.get("undo", [])


def _end(request: HttpRequest, actor: Actor, at: datetime) -> HttpResponse:
    plan = TaskSchedule.objects.filter(pk=_number(request.POST.get("plan", ""))).first()
    if plan is None:
        raise NotFound(_("There is no such plan."))
    actions.end_schedule(actor, schedule=plan, at=at)
    messages.success(request, _("This task comes no more."))
    return redirect("tasks")


def _step(actor: Actor, said: QueryDict, at: datetime) -> Step:
    """What is to be done with each task. Raises BadInput where that is unknown, or says too little."""
    what, _sep, more = said.get("what", "").partition(":")
    if what == "settle":
        return lambda task: actions.settle_task(actor, task=task, at=at)
    if what == "take_back":
        return lambda task: actions.take_back_task(actor, task=task, at=at)
    if what in ("return", "withdraw"):
        write = actions.return_task if what == "return" else actions.withdraw_task
        return lambda task: write(actor, task=task, reason=said.get("reason", ""), at=at)
    if what == "split" and more in POST_OF:
        return lambda task: split_below(actor, task, more, at)
    if what == "pass_on" and more in ("up", "post", "person"):
        return _passing_on(actor, said, more, at)
    raise BadInput("what", _("Choose what to do with these tasks."))


def _passing_on(actor: Actor, said: QueryDict, to: str, at: datetime) -> Step:
    post = _post(said.get("post", "")) if to == "post" else None
    person = _person(actor, said.get("person", ""), at) if to == "person" else None

    def step(task: Task) -> Task:
        if person is not None:
            area = Area.objects.filter(code=task.area_code).first()
            whose = actions.Whose(area, user=person) if area else None
        else:
            whose = post or _post_above(task)
        if whose is None:
            raise NotFound(_("There is no post above this one in the hierarchy."))
        return actions.pass_on_task(actor, task=task, whose=whose, at=at)

    return step


def _post(code: str) -> actions.Whose:
    area = Area.objects.filter(code=code, gone=False, kind__in=POST_OF).first()
    if area is None:
        raise BadInput("post", _("Choose the post that these tasks are passed on to."))
    return actions.Whose(area, role=POST_OF[area.kind])


def _post_above(task: Task) -> actions.Whose | None:
    """The post of the next larger area that has one."""
    codes = [code for code in task.area_path.strip("/").split("/") if code != task.area_code]
    area = Area.objects.filter(code__in=codes, gone=False, kind__in=POST_OF).order_by("-level").first()
    return actions.Whose(area, role=POST_OF[area.kind]) if area else None


def _person(actor: Actor, text: str, at: datetime) -> User:
    """Whoever holds a post in the actor's areas, by account or full name."""
    wanted = text.strip().casefold()
    people = people_with_posts(actor, at=at)
    found = [user for user in people if wanted in (user.username.casefold(), str(user).casefold())] if wanted else []
    if len(found) != 1:
        raise BadInput("person", _("Write the account of somebody who holds a post in your areas."))
    return found[0]


def split_below(actor: Actor, task: Task, kind: str, at: datetime) -> list[Task]:
    """Split a task among the posts of every area of a kind below its own."""
    within = Area.objects.at_or_below([task.area_code]).filter(gone=False, kind=kind)
    areas = list(within.exclude(code=task.area_code).order_by("path"))
    if not areas:
        raise BadInput("what", _("There is no area of this kind below the task's own."))
    return actions.split_task(
        actor, task=task, among=[actions.Whose(area, role=POST_OF[kind]) for area in areas], at=at
    )


def task_of(number: str) -> Task:
    """The task of a number as a form sends it. Raises NotFound."""
    found = Task.objects.filter(pk=_number(number)).first()
    if found is None:
        raise NotFound(_("There is no such task."))
    return found


def posts_below(areas: Sequence[Area], within: str) -> list[Area]:
    """Those areas that have a post, within one of them where it is named."""
    return [area for area in areas if area.kind in POST_OF and (not within or f"/{within}/" in area.path)]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0
