"""Imports that go on from request to request: their rows lie in the cache, for whoever began them, some hours at most.

A job is a dictionary with at least `user`, `head` and `rows` of the file, and `faults`, sentences by number of the row.
"""

import secrets
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.utils.translation import gettext as _

from maplebridge.kernel.refused import NotFound
from maplebridge.kernel.spreadsheets import as_csv

KEPT_S = 6 * 3600
SLICE_S = 2.0  # how long one request works before it shows how far it has come
FAULTS_SHOWN = 20
Job = dict[str, Any]


class Jobs:
    """The imports of one kind; `gone` is what to say of one that is over or too old."""

    def __init__(self, name: str, *, gone: object) -> None:
        self._name, self._gone = name, gone

    def begin(self, job: Job) -> str:
        """Keep a new job; give its key."""
        key = secrets.token_hex(12)
        self.keep(key, job)
        return key

    def keep(self, key: str, job: Job) -> None:
        """Keep how far a job has come."""
        cache.set(f"{self._name}:{key}", job, KEPT_S)

    def of(self, key: str, user_id: int | None) -> Job:
        """Give a job to whoever began it. Raises NotFound."""
        job = cache.get(f"{self._name}:{key[:40]}")
        if job is None or job["user"] != user_id:
            raise NotFound(str(self._gone))
        return dict(job)


def shown_faults(job: Job) -> list[dict[str, Any]]:
    """The first rows that were not taken, as the spreadsheet numbers them, with the reason."""
    return [{"row": row + 2, "sentence": text} for row, text in sorted(job["faults"].items())[:FAULTS_SHOWN]]


def errors_file(job: Job, name: str) -> HttpResponse:
    """The rows that were not taken, with the reason beside each, as CSV to correct and send again."""
    rows = [[*job["rows"][number], sentence] for number, sentence in sorted(job["faults"].items())]
    return csv_file(as_csv([*job["head"], _("Why not")], rows), name)


def csv_file(content: bytes, name: str) -> HttpResponse:
    """A CSV file to save."""
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
