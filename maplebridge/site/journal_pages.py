"""The journal as a page: search, one entry with its private text on request, and verification."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.journal.act import OPERATIONS
from maplebridge.journal.checkpoints import latest_checkpoint
from maplebridge.journal.models import Entry, EntryQuerySet
from maplebridge.journal.queries import last_position, verify
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.kernel.text import storable
from maplebridge.people.queries import names_of
from maplebridge.site.actions import consult_entry
from maplebridge.site.pages import page_actor, to_sign_in
from maplebridge.site.sentences import sentences_of

PAGE_SIZE = 50
FARTHEST = 2**63 - 1  # the largest position that a database can compare
LATE_S = 120  # an entry written later than this after the fact is marked


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; empty strings ask for everything."""

    subject: str = ""
    verb: str = ""
    actor: str = ""
    purpose: str = ""
    operation: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        """Read them from the address."""
        return cls(**{name: storable(request.GET.get(name, "")).strip()[:64] for name in cls.__slots__})

    def query(self, **changes: str) -> str:
        """The address's query with some of them changed."""
        values = {name: getattr(self, name) for name in self.__slots__} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value})


def moment(text: str, *, field: str, end: bool = False) -> datetime | None:
    """Read a local day or moment as the form gives it. Raises BadInput with the field's name."""
    if not text:
        return None
    try:
        day = parse_date(text) if len(text) == len("2026-05-04") else None
        found = datetime.combine(day, time.max if end else time.min) if day else parse_datetime(text)  # noqa: DTZ001
        if found is not None:
            return (timezone.make_aware(found) if timezone.is_naive(found) else found).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or one that lies beyond the calendar in UTC
        pass
    raise BadInput(field, _("Write the time as 2026-05-04 or 2026-05-04T13:30."))


def chosen(filters: Filters) -> EntryQuerySet:
    """Entries that the filters ask for, newest first. Raises BadInput."""
    rows = Entry.objects.order_by("-position")
    if filters.subject:
        rows = Entry.objects.naming(filters.subject).order_by("-position")
    if filters.verb:
        rows = rows.filter(verb__startswith=filters.verb)
    if filters.actor:
        rows = rows.filter(actor=filters.actor)
    if filters.purpose:
        rows = rows.filter(purpose__icontains=filters.purpose)
    if filters.operation in OPERATIONS:
        rows = rows.filter(operation=filters.operation)
    if since := moment(filters.since, field="since"):
        rows = rows.filter(at__gte=since)
    if until := moment(filters.until, field="until", end=True):
        rows = rows.filter(at__lte=until)
    if filters.before.isdecimal():
        rows = rows.filter(position__lt=min(int(filters.before), FARTHEST))
    return rows


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """List entries, newest first."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    actor.must("journal.view")
    filters, fault = Filters.of(request), ""
    try:
        found = list(chosen(filters)[: PAGE_SIZE + 1])
    except BadInput as error:
        found, fault = [], error.sentence
    rows = _rows(found[:PAGE_SIZE], filters)
    more = filters.query(before=str(rows[-1]["entry"].position)) if len(found) > PAGE_SIZE else ""
    context = {"rows": rows, "filters": filters, "more": more, "newest": filters.query(before=""), "fault": fault}
    context |= {"size": last_position(), "any": _asked(filters), "zone": timezone.get_current_timezone_name()}
    context |= {"operations": _operations(), "checkpoint": latest_checkpoint()}
    return render(request, "site/journal.html", context)


def _operations() -> list[tuple[str, str]]:
    """Operations on personal data (directive (EU) 2016/680, article 25), in words."""
    words = {
        "collected": _("collected"),
        "altered": _("altered"),
        "consulted": _("looked at"),
        "disclosed": _("disclosed"),
        "combined": _("combined"),
        "erased": _("erased"),
    }
    return [(name, words[name]) for name in OPERATIONS]


def _asked(filters: Filters) -> bool:
    return any(getattr(filters, name) for name in Filters.__slots__)


def _rows(entries: list[Entry], filters: Filters) -> list[dict[str, Any]]:
    names, sentences = names_of({entry.actor for entry in entries}), sentences_of(entries)
    return [
        {
            "entry": entry,
            "who": names.get(entry.actor, entry.actor),
            "sentence": sentences[entry.position],
            "late": (entry.entered_at - entry.at).total_seconds() > LATE_S,
            "by_verb": filters.query(verb=entry.verb, before=""),
            "by_subject": filters.query(subject=entry.subject, before=""),
            "by_case": filters.query(subject=entry.case, before=""),
            "by_actor": filters.query(actor=entry.actor, before=""),
        }
        for entry in entries
    ]


@require_safe
def entry(request: HttpRequest, position: int) -> HttpResponse:
    """Show one entry as the tree hashes it."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    actor.must("journal.view")
    return _entry_page(request, position)


@require_POST
def consult(request: HttpRequest, position: int) -> HttpResponse:
    """Show the private text of one entry; the look and its reason are journaled first."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    try:
        parts = consult_entry(actor, position=position, reason=request.POST.get("reason", ""), at=clock.now())
    except BadInput as error:
        return _entry_page(request, position, fault=error.sentence, status=422)
    return _entry_page(request, position, parts=parts)


def _entry_page(
    request: HttpRequest, position: int, *, parts: dict[str, str] | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    found = Entry.objects.filter(position=position).first()
    if found is None:
        raise NotFound(_("There is no entry %(position)d. Look for it in the list.") % {"position": position})
    body = msgspec.json.decode(found.body)
    context = {
        **_rows([found], Filters())[0],
        "facts": [(name, _shown(value)) for name, value in sorted(body["facts"].items())],
        "digests": sorted(body["digests"].items()),
        "kept": set(found.private.values_list("name", flat=True)),
        "leaf": bytes(found.leaf).hex(),
        "parts": sorted(parts.items()) if parts is not None else None,
        "fault": fault,
        "last": last_position(),
    }
    return render(request, "site/entry.html", context, status=status)


def _shown(value: Any) -> str:
    """A fact as it stands in the entry; plain text without its quotation marks."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """Check the whole journal from the first entry and show the verdict."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    actor.must("journal.view")
    began = clock.now()
    verdict = verify()
    seconds = (clock.now() - began).total_seconds()
    return render(request, "site/verification.html", {"verdict": verdict, "seconds": seconds, "at": began})
