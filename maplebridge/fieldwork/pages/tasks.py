"""Pages of tasks: one's own, the board of one's areas with all at once, the calendar and its feed."""

from calendar import Calendar
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.dots import frame_of, points_on_map
from maplebridge.fieldwork.icalendar import calendar_of
from maplebridge.fieldwork.models import FieldKey, Form, Task, TaskSchedule
from maplebridge.fieldwork.pages.doors import by_key
from maplebridge.fieldwork.pages.ledger import today_here
from maplebridge.fieldwork.pages.many import left_of, posts_below, split_below, task_of
from maplebridge.fieldwork.pages.planning import given
from maplebridge.fieldwork.pages.work import areas_for, for_whoever, told_on
from maplebridge.fieldwork.parts import parts_for
from maplebridge.fieldwork.queries.board import VIEWS, Line, board, by_day, due_between
from maplebridge.fieldwork.queries.coverage import people_with_posts
from maplebridge.fieldwork.rules.coverage import POST_OF
from maplebridge.fieldwork.rules.kinds import KIND_NAMES
from maplebridge.fieldwork.rules.tasks import ENDED, EVIDENCE, STATES
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.queries import role_book
from maplebridge.places.models import Area
from maplebridge.places.queries import area_names, city_zone

VIEW_NAMES = {
    "open": gettext_lazy("open"), "overdue": gettext_lazy("overdue"), "risen": gettext_lazy("overdue, risen to me"),
    "delivered": gettext_lazy("waits for me to accept it"), "ended": gettext_lazy("ended"),
}  # fmt: skip
PEOPLE_OFFERED = 300  # while somebody types; all others are found by their account, too
FEED_BEHIND, FEED_AHEAD = timedelta(days=30), timedelta(days=120)


@for_whoever("forms.fill")
@require_safe
def own_tasks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits for whoever is signed in, one panel a task, with the steps that are theirs."""
    at = clock.now()
    rows = list(Task.objects.of(actor).exclude(state__in=ENDED).select_related("form").order_by("due_at", "pk")[:200])
    names = area_names({row.area_code for row in rows})
    gives = actor.may("tasks.give")
    context = {
        "parts": parts_for(actor, "own_tasks"),
        "rows": [{"task": row, "area": names.get(row.area_code, row.area_code), "late": _late(row, at),
                  "evidence": [EVIDENCE[kind] for kind in row.evidence if kind in EVIDENCE],
                  "at_hand": row.state in ("offered", "accepted", "returned"),
                  "kinds": _kinds_below(row) if gives else []} for row in rows],
    }  # fmt: skip
    return render(request, "fieldwork/own_tasks.html", context)


def _late(task: Task, at: datetime) -> bool:
    return task.due_at is not None and task.due_at < at and task.state != "delivered"


def _kinds_below(task: Task) -> list[tuple[str, Any]]:
    """The kinds of areas among which a task can be split, each with its name."""
    below = Area.objects.at_or_below([task.area_code]).filter(gone=False).exclude(code=task.area_code)
    kinds = set(below.values_list("kind", flat=True).distinct())
    return [(kind, KIND_NAMES[kind]) for kind in POST_OF if kind in kinds]


@for_whoever("forms.fill")
@require_POST
@told_on("own_tasks")
def own_step(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a step with a task of one's own: accept it, deliver it, or split it among those below."""
    task, at = task_of(request.POST.get("task", "")), clock.now()
    what = request.POST.get("what", "")
    if what == "accept":
        actions.accept_task(actor, task=task, at=at)
    elif what == "deliver":
        actions.deliver_task(actor, task=task, at=at)
    elif what.startswith("split:") and what[6:] in POST_OF:
        split_below(actor, task, what[6:], at)
    else:
        raise BadInput("what", _("Choose what to do with this task."))
    messages.success(request, _("Done."))
    return redirect("own_tasks")


@for_whoever("tasks.give")
@require_safe
def tasks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the board: tasks of one's areas with the states of all below, on a map, and what comes again."""
    at, view = clock.now(), request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    areas = areas_for(actor, "tasks.give")
    area = request.GET.get("area", "")
    area = area if area in {each.code for each in areas} else ""
    lines = board(actor, view=view, area=area, opened=request.GET.get("opened", ""), at=at)
    roles = {code: role.name for code, role in role_book().items()}
    places = {each.code: each for each in Area.objects.filter(code__in={line.task.area_code for line in lines})}
    names = area_names([*places, *(line.told for line in lines)])
    plans = TaskSchedule.objects.exclude(next_at=None)
    codes = {each.code for each in areas}
    left, undo = left_of(request)
    found = [(places[line.task.area_code].middle, line) for line in lines if line.task.area_code in places]
    context = {
        "parts": parts_for(actor, "tasks"), "view": view, "views": VIEW_NAMES, "area": area, "areas": areas,
        "rows": [_row(line, names, roles, left) for line in lines], "opened": request.GET.get("opened", ""),
        "frame": frame_of(found),
        "points": points_on_map([(at_, "bare" if line.late else "held", line.task.title) for at_, line in found]),
        "plans": [plan for plan in plans if plan.area_code in codes], "forms": Form.objects.all(),
        "kinds": {kind: KIND_NAMES[kind] for kind in POST_OF}, "evidence": EVIDENCE,
        "roles": [(code, roles[code]) for code in dict.fromkeys(POST_OF.values()) if code in roles],
        "tomorrow": today_here() + timedelta(days=1), "undo": undo, "posts": posts_below(areas, area),
        "people": people_with_posts(actor, at=at, under=area)[:PEOPLE_OFFERED],
    }  # fmt: skip
    return render(request, "fieldwork/tasks.html", context)


def _row(line: Line, names: dict[str, str], roles: dict[str, Any], left: dict[int, str]) -> dict[str, Any]:
    task = line.task
    told = names.get(line.told, "") if line.told != task.area_code else ""
    return {
        "line": line, "task": task, "area": names.get(task.area_code, task.area_code), "told": told,
        "whose": str(task.user) if task.user else roles.get(task.role, task.role), "state": STATES[task.state],
        "below": [(STATES[state], line.below[state]) for state in STATES if line.below[state]],
        "all": sum(line.below.values()), "left": left.get(task.pk, ""),
    }  # fmt: skip


@for_whoever("tasks.give")
@require_POST
@told_on("tasks")
def give(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give a task to a post or to each area of a kind, once or again and again."""
    said = given(actor, request.POST, at=clock.now())
    messages.success(request, said)
    return redirect("tasks")


@for_whoever("tasks.give", "forms.fill")
@require_safe
def calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show a month of what is due, and what comes again in it."""
    today, zone = today_here(), city_zone()
    month = _month(request.GET.get("month", ""), today)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    start, end = (datetime.combine(day, time(), zone) for day in (first, last))
    days = by_day(due_between(actor, start, end, own=not actor.may("tasks.give")), zone)
    before = (month - timedelta(days=1)).replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    context = {
        "parts": parts_for(actor, "task_calendar"), "month": month, "before": before, "after": after, "today": today,
        "weeks": [[{"day": day, "inside": day.month == month.month, "tasks": days.get(day, [])[:6],
                    "more": max(len(days.get(day, [])) - 6, 0)} for day in week] for week in weeks],
        "weekdays": weeks[0],
    }  # fmt: skip
    return render(request, "fieldwork/task_calendar.html", context)


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


@by_key
@require_safe
def feed(request: HttpRequest, key: FieldKey, actor: Actor) -> HttpResponse:
    """Give one's own tasks as a calendar, to whoever has the key in its address."""
    at = clock.now()
    rows = due_between(actor, at - FEED_BEHIND, at + FEED_AHEAD, own=True)
    body = calendar_of(rows, name=_("Tasks"), at=at)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "no-store"})
