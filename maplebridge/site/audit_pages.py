"""The auditor's further pages: patterns in how access is used, export of what was found, a checkpoint at once."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from maplebridge.journal.checkpoints import make_checkpoint
from maplebridge.journal.models import Entry, EntryQuerySet
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.people.models import Shift
from maplebridge.people.queries import names_of
from maplebridge.site import patterns
from maplebridge.site.actions import export_entries
from maplebridge.site.journal_pages import Filters, chosen
from maplebridge.site.pages import page_actor, to_sign_in

DAYS = (1, 7, 30, 90)
COLUMNS = ("position", "at", "entered_at", "actor", "verb", "subject", "case", "purpose", "operation")
ONE_S_WORK = ("handling the incident", "managing staff")  # purposes that give a look by themselves
RULES = {
    "without_part": gettext_lazy("Many looks in a day without a part in the case"),
    "own_record": gettext_lazy("Looks at one's own record"),
    "off_duty": gettext_lazy("Looks outside one's shifts"),
    "same_record": gettext_lazy("One record looked at by many without a part in it"),
    "denied": gettext_lazy("Refused again and again within an hour"),
}


@require_safe
def patterns_page(request: HttpRequest) -> HttpResponse:
    """Show the patterns of the last days."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    actor.must("journal.view")
    asked = request.GET.get("days", "30")
    days = int(asked) if asked in {str(each) for each in DAYS} else 30
    found = patterns.patterns(_looks(clock.now() - timedelta(days=days)))
    names = names_of({each.about for each in found})
    rows = [{"rule": RULES[each.rule], "who": names.get(each.about, each.about), "it": each} for each in found]
    context = {"rows": rows, "days": days, "choices": DAYS, "rules": _said()}
    return render(request, "site/patterns.html", context)


def _said() -> list[str]:
    """The rules in words, with their thresholds."""
    return [
        _("%(n)d or more looks of one person within a day at incidents that they have no part in.")
        % {"n": patterns.WITHOUT_PART},
        _("Any look at one's own record."),
        _("Looks by people who are on the roster in these days, outside their shifts."),
        _("%(n)d or more people who looked at one record without a part in it.") % {"n": patterns.SAME_RECORD},
        _("%(n)d or more refused looks of one person within an hour.") % {"n": patterns.IN_A_ROW},
    ]


def _looks(since: datetime) -> Iterator[patterns.Look]:
    rows = Entry.objects.filter(operation="consulted", at__gte=since, actor__startswith="user:").order_by("position")
    spans = _shifts(since)
    for row in rows.only("position", "at", "actor", "subject", "case", "purpose", "body").iterator():
        duty = spans.get(row.actor)
        yield patterns.Look(
            position=row.position,
            at=row.at,
            actor=row.actor,
            record=row.subject,
            part=row.purpose in ONE_S_WORK,
            denied='"outcome":"denied"' in row.body,
            on_duty=any(begin <= row.at < end for begin, end in duty) if duty else None,
        )


def _shifts(since: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    """Spans on duty by actor, of all who were on the roster."""
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    rows = Shift.objects.filter(ends_at__gte=since).values_list("crew", "starts_at", "ends_at")
    for user, begin, end in rows:
        spans.setdefault(f"user:{user}", []).append((begin, end))
    return spans


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the entries that the filters find, as CSV or JSON Lines; the export is an entry of its own."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    filters = Filters.of(request)
    try:
        found = chosen(filters)
        asked = {name: getattr(filters, name) for name in Filters.__slots__ if getattr(filters, name)}
        recipient = request.POST.get("recipient", "")
        export_entries(actor, count=found.count(), asked=asked, recipient=recipient, at=clock.now())
    except BadInput as error:
        messages.error(request, error.sentence)
        return redirect(f"/journal{filters.query()}")
    as_csv = request.POST.get("form") != "jsonl"
    lines = _csv(found) if as_csv else (f"{body}\n" for body in found.values_list("body", flat=True).iterator())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8" if as_csv else "application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="journal.{"csv" if as_csv else "jsonl"}"'
    response["Cache-Control"] = "no-store"
    return response


class _Line:
    """A file that gives back what is written, for the csv module."""

    def write(self, text: str) -> str:
        return text


def _csv(found: EntryQuerySet) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow((*COLUMNS, "facts"))  # the mark tells a spreadsheet that this is UTF-8
    for body in found.values_list("body", flat=True).iterator():
        entry: dict[str, Any] = msgspec.json.decode(body)
        facts = msgspec.json.encode(entry["facts"]).decode()
        yield writer.writerow([_safe(str(entry.get(name, ""))) for name in COLUMNS] + [facts])


def _safe(text: str) -> str:
    """No cell begins as a formula would."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


@require_POST
def checkpoint_now(request: HttpRequest) -> HttpResponse:
    """Sign the journal as it is now."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    actor.must("journal.view")
    made = make_checkpoint(at=clock.now())
    if made is not None:
        messages.success(
            request, _("Signed: %(size)d entries. The checkpoint is at /journal/checkpoint.") % {"size": made.size}
        )
    return redirect("journal")
