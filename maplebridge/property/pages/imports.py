"""Import a shop's spreadsheet: choose the columns, try it, run it in parts, take the errors home.

The rows lie in the cache until the import is over, for six hours at most, then they are gone; a file that is sent again
goes on where it was, since every row has a key of its own.
"""

import time
from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.import_jobs import SLICE_S, Job, Jobs, csv_file, errors_file, shown_faults
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.property import actions, queries
from maplebridge.property.actions import Code, NewOwner
from maplebridge.property.actions.owners import checked_owner
from maplebridge.property.codes import canonical
from maplebridge.property.models import Dealer, Item
from maplebridge.property.pages.parts import alarm_if_stolen, place_here, year_from
from maplebridge.property.rules import BEARS_BATTERY, KINDS
from maplebridge.property.spreadsheets import FIELDS, FILE_MOST, as_csv, fields_of, guessed, kind_of, read_table

SHOWN = 5  # rows of the preview
JOBS = Jobs(
    "property.import",
    gone=gettext_lazy("This import is over or too old. Send the file again: what is registered is not doubled."),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Take a file and guess its columns."""
    actor = actor_of_request(request)
    actor.must("property.register")
    place, sentence = place_here(request, actor), ""
    if request.method == "POST":
        try:
            return redirect("property_import_run", key=_begun(request, actor, place))
        except Refused as refusal:
            sentence = refusal.sentence
    context = {
        "place": place,
        "sentence": sentence,
        "fields": FIELDS.values(),
        "kinds": KINDS,
        "mb": FILE_MOST // 1_000_000,
    }
    return render(request, "property/import.html", context, status=422 if sentence else 200)


def _begun(request: HttpRequest, actor: Actor, place: Dealer | None) -> str:
    """Read the file and keep its rows for a while. Raises BadInput."""
    sent = request.FILES.get("file")
    if sent is None:
        raise BadInput("file", _("Choose a file."))
    content = sent.read(FILE_MOST + 1)
    table = read_table(sent.name or "", content)
    job: Job = {
        "user": actor.user_id, "dealer": place.pk if place else None, "name": (sent.name or "")[:80],
        "digest": sha256(content).hexdigest()[:24], "head": table.head, "rows": table.rows,
        "columns": guessed(table.head), "kind": "e_bike", "state": "columns", "done": 0, "new": 0, "again": 0,
        "faults": {}, "codes": [],
    }  # fmt: skip
    return JOBS.begin(job)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """Choose columns, try without writing, then register part by part."""
    actor = actor_of_request(request)
    actor.must("property.register")
    job = JOBS.of(key, actor.user_id)
    if request.method == "POST":
        what = request.POST.get("what", "")
        if what == "columns":
            _choose(job, request.POST.dict())
            _try(job)
        elif what == "again":
            job["state"] = "columns"
        elif what == "run" and job["state"] in ("tried", "running"):
            _run(actor, job)
        JOBS.keep(key, job)
    return render(request, "property/import_run.html", _shown(key, job))


def _shown(key: str, job: Job) -> dict[str, Any]:
    taken = {column: field for field, column in job["columns"].items()}
    columns = [
        {
            "number": n,
            "name": name or f"{n + 1}",
            "field": taken.get(n, ""),
            "cells": [row[n] for row in job["rows"][:SHOWN]],
        }
        for n, name in enumerate(job["head"])
    ]
    faults = len(job["faults"])
    return {"key": key, "job": job, "columns": columns, "fields": FIELDS.items(), "kinds": KINDS,
            "total": len(job["rows"]), "good": len(job["rows"]) - faults, "faults": shown_faults(job),
            "faults_n": faults}  # fmt: skip


def _choose(job: Job, posted: dict[str, Any]) -> None:
    """Take the columns that were chosen; of two for one field the first counts."""
    chosen: dict[str, int] = {}
    for number in range(len(job["head"])):
        field = posted.get(f"column_{number}", "")
        if field in FIELDS and field not in chosen:
            chosen[field] = number
    job["columns"] = chosen
    job["kind"] = posted["kind"] if posted.get("kind") in dict(KINDS) else "e_bike"


def _try(job: Job) -> None:
    """Look at every row without writing anything."""
    job |= {"state": "tried", "faults": {}, "done": 0, "new": 0, "again": 0, "codes": []}
    met: dict[str, int] = {}
    for number, row in enumerate(job["rows"]):
        try:
            values = fields_of(row, job["columns"])
            kind_of(values.get("kind", ""), otherwise=job["kind"])
            year_from(values.get("year", ""))
            if owner := _owner(values):
                checked_owner(owner)
            for text in (values.get("frame"), values.get("battery")):
                _must_be_new(text, met, number)
        except BadInput as fault:
            job["faults"][number] = fault.sentence


def _owner(values: dict[str, str]) -> NewOwner | None:
    """The owner that a row names; none for what stands in the shop."""
    named = values.get("name", "")
    return NewOwner(named, values.get("phone", ""), values.get("document", "")) if named else None


def _must_be_new(text: str | None, met: dict[str, int], number: int) -> None:
    """Raise BadInput for a number that stands twice in the file or is reported stolen."""
    if not text:
        return
    key = canonical(text)
    if key and key in met:
        raise BadInput("frame", _("The same number stands in row %(row)d.") % {"row": met[key] + 2})
    met[key] = number
    if queries.check(text) == queries.STOLEN:
        raise BadInput("frame", _("This number is reported stolen. When you register, the police are told."))


def _run(actor: Actor, job: Job) -> None:
    """Register rows for two seconds."""
    place = queries.dealers_of(actor).filter(pk=job["dealer"]).first() if job["dealer"] else None
    job["state"], until = "running", time.monotonic() + SLICE_S
    if job["done"] == 0:
        job["faults"] = {}
    while job["done"] < len(job["rows"]) and time.monotonic() < until:
        number = job["done"]
        try:
            _register(actor, place, job, number)
        except Refused as fault:
            job["faults"][number] = fault.sentence
        job["done"] += 1
    if job["done"] >= len(job["rows"]):
        job["state"] = "over"


def _register(actor: Actor, place: Dealer | None, job: Job, number: int) -> None:
    """Register one row, with its battery. Raises Refused."""
    at, values = clock.now(), fields_of(job["rows"][number], job["columns"])
    kind = kind_of(values.get("kind", ""), otherwise=job["kind"])
    own = ("battery",) if kind == "battery" else ("frame", "motor", "plate")
    codes = [Code(field, values[field]) for field in own if values.get(field)]
    battery = Code("battery", values.get("battery", ""))
    key, owner = f"import:{actor.user_id}:{job['digest']}:{number}", _owner(values)
    if not Item.objects.filter(source_key=key).exists():  # registered by an earlier run: it may have been stolen since
        alarm_if_stolen(actor, place, [*codes, battery], at=at)
    main = actions.register_item(
        actor, kind=kind, codes=codes, owner=owner, maker=values.get("maker", ""), model=values.get("model", ""),
        colour=values.get("colour", ""), year=year_from(values.get("year", "")), source_key=key, dealer=place, at=at,
    )  # fmt: skip
    job["new" if main.new else "again"] += 1
    if main.new:
        job["codes"].append([str(number + 2), str(main.item), main.sticker, main.owner_code])
    if kind in BEARS_BATTERY and values.get("battery"):
        other = actions.register_item(
            actor, kind="battery", codes=[battery], owner=main.owner,
            source_key=f"{key}:battery", dealer=place, at=at,
        )  # fmt: skip
        if other.new:
            actions.pair_battery(actor, bike=main.item, battery=other.item, at=at)


@login_required
@require_safe
def errors(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that were not taken, with the reason beside each, as CSV to correct and send again."""
    return errors_file(JOBS.of(key, actor_of_request(request).user_id), "not-registered.csv")


@login_required
@require_safe
def codes(request: HttpRequest, key: str) -> HttpResponse:
    """The stickers and, once, the owners' codes of what was registered, as CSV; then the rows are forgotten."""
    job = JOBS.of(key, actor_of_request(request).user_id)
    head = [_("Row"), _("Item"), _("registry sticker"), _("Owner's code")]
    return csv_file(as_csv(head, job["codes"]), "registered.csv")
