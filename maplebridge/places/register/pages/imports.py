"""Import a list of addresses: read the file, try it without writing, run it in parts, take the errors home.

The rows lie in the cache until the import is over, for six hours at most; a list that is sent again goes on where it
was, since what is there already is not doubled. Longer lists go in by `maplebridge register FILE`.
"""

import time

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.import_jobs import SLICE_S, Job, Jobs, errors_file, shown_faults
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.kernel.spreadsheets import FILE_MOST, guess, read_table
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.register.actions.imports import BATCH, import_addresses
from maplebridge.places.register.naming import uses_by_name
from maplebridge.places.register.rules.rows import COLUMNS, HEADS, Row, must_have_columns, row_of

ROWS_MOST = 50_000
STEP = 500  # rows of one entry of the journal
JOBS = Jobs(
    "register.import",
    gone=gettext_lazy("This import is over or too old. Send the file again: what is there is not doubled."),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Take a file, find its columns and look at every row; nothing is written."""
    actor = actor_of_request(request)
    actor.must("register.edit")
    sentence = ""
    if request.method == "POST":
        try:
            return redirect("register_import_run", key=_begun(request, actor))
        except Refused as refusal:
            sentence = refusal.sentence
    context = {"sentence": sentence, "columns": COLUMNS.values(), "mb": FILE_MOST // 1_000_000, "most": ROWS_MOST}
    return render(request, "register/import.html", context, status=422 if sentence else 200)


def _begun(request: HttpRequest, actor: Actor) -> str:
    """Read the file, try its rows, and keep them for a while. Raises BadInput."""
    sent = request.FILES.get("file")
    if sent is None:
        raise BadInput("file", _("Choose a file."))
    table = read_table(sent.name or "", sent.read(FILE_MOST + 1), rows_most=ROWS_MOST)
    columns = guess(table.head, HEADS)
    must_have_columns(columns)
    job: Job = {
        "user": actor.user_id, "name": (sent.name or "")[:60], "head": table.head, "rows": table.rows,
        "columns": columns, "done": 0, "made": {}, "again": 0, "faults": {}, "state": "tried",
    }  # fmt: skip
    for number in range(len(table.rows)):
        _row(job, number)
    return JOBS.begin(job)


def _row(job: Job, number: int) -> Row | None:
    """One row of the list; None where it cannot be read, which is kept as its fault."""
    cells = job["rows"][number]
    fields = {name: cells[column] for name, column in job["columns"].items() if column < len(cells)}
    try:
        return row_of(fields, uses=uses_by_name())
    except BadInput as fault:
        job["faults"][number] = f"{COLUMNS.get(fault.field, fault.field)}: {fault.sentence}"
        return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a list would do and how far it has come; posted, go on for two seconds."""
    actor = actor_of_request(request)
    actor.must("register.edit")
    job = JOBS.of(key, actor.user_id)
    if request.method == "POST" and job["state"] != "over":
        _run(actor, job)
        JOBS.keep(key, job)
        return redirect("register_import_run", key=key)
    made = sum(job["made"].values())
    context = {
        "job": job, "key": key, "faults": shown_faults(job), "faults_n": len(job["faults"]), "total": len(job["rows"]),
        "good": len(job["rows"]) - len(job["faults"]), "made": made,
    }  # fmt: skip
    return render(request, "register/import_run.html", context)


def _run(actor: Actor, job: Job) -> None:
    """Import batches for two seconds; each is one act, so that a cut loses nothing and doubles nothing."""
    job["state"], until = "running", time.monotonic() + SLICE_S
    total = len(job["rows"])
    while job["done"] < total:
        numbers = range(job["done"], min(job["done"] + min(STEP, BATCH), total))
        rows = {n: row for n in numbers if n not in job["faults"] and (row := _row(job, n))}
        done = import_addresses(actor, rows=rows, source=f"import:{job['name']}", at=clock.now())
        job["made"] = {name: job["made"].get(name, 0) + n for name, n in done.made.items()} | {
            name: n for name, n in job["made"].items() if name not in done.made
        }
        job["again"] += done.again
        job["faults"] |= done.faults
        job["done"] = numbers.stop
        if time.monotonic() > until:
            break
    job["state"] = "over" if job["done"] >= total else "running"


@login_required
@require_safe
def errors(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that were not taken, with the reason beside each, as CSV to correct and send again."""
    actor = actor_of_request(request)
    actor.must("register.edit")
    return errors_file(JOBS.of(key, actor.user_id), "not-taken.csv")
