"""How the API answers: refusals and bad input become sentences with a fixed shape."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.kernel.storage import StorageFull, tells_full

log = logging.getLogger(__name__)


class RefusalOut(Schema):
    """Body of a 401, 403, 404, 409, 413 or 507."""

    refused: str
    code: str


class FieldFault(Schema):
    field: str
    message: str


class BadInputOut(Schema):
    """Body of a 422: one row for each field that is unusable."""

    refused: str
    code: str = "bad_input"
    fields: list[FieldFault]


REFUSALS: dict[int, Any] = {
    401: RefusalOut,
    403: RefusalOut,
    404: RefusalOut,
    409: RefusalOut,
    413: RefusalOut,
    422: BadInputOut,
    507: RefusalOut,
}


def log_refused(request: HttpRequest, error: Refused) -> None:
    """Log that somebody asked for what they may not: who, what, without what they sent."""
    if isinstance(error, NotAllowed):
        who = getattr(getattr(request, "actor", None), "ref", "nobody")
        log.warning("Refused to %s: %s %r (%s)", who, request.method, request.path, error.code)


def answer_refusals(api: NinjaAPI) -> None:
    """Register the handlers that turn `Refused` and validation errors into answers."""

    def on_refused(request: HttpRequest, error: Refused) -> HttpResponse:
        log_refused(request, error)
        body: dict[str, Any] = {"refused": error.sentence, "code": error.code}
        if isinstance(error, BadInput):
            body["fields"] = [{"field": error.field, "message": error.sentence}]
        return api.create_response(request, body, status=error.status)

    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [
            {
                "field": ".".join(str(part) for part in fault["loc"][2:]) or str(fault["loc"][-1]),
                "message": fault["msg"],
            }
            for fault in error.errors
        ]
        sentence = _("Please check: %(fields)s.") % {"fields": ", ".join(f["field"] for f in faults)}
        body = {"refused": sentence, "code": "bad_input", "fields": faults}
        return api.create_response(request, body, status=422)

    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return _answer(api, request, error.status_code, str(error))

    def on_missing(request: HttpRequest, _error: Http404) -> HttpResponse:
        return _answer(api, request, 404, "")

    def on_too_big(request: HttpRequest, _error: Exception) -> HttpResponse:
        return _answer(api, request, 413, "")

    def on_storage(request: HttpRequest, error: Exception) -> HttpResponse:
        if not tells_full(error):
            raise error
        return on_refused(request, StorageFull())

    answers: list[tuple[type[Exception], Callable[..., HttpResponse]]] = [
        (HttpError, on_http_error),
        (Http404, on_missing),
        *((kind, on_too_big) for kind in (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)),
        *((kind, on_storage) for kind in (OSError, OperationalError)),
        (Refused, on_refused),
        (ValidationError, on_invalid),
    ]
    for kind, answer in answers:
        api.add_exception_handler(kind, answer)


def _answer(api: NinjaAPI, request: HttpRequest, status: int, reason: str) -> HttpResponse:
    """Answer what the framework refused before any of our code ran: as everywhere, with a sentence and a code."""
    if status == 400:  # the body is no JSON, or no UTF-8
        sentence = _("The body of this request cannot be read. Send JSON in UTF-8.")
        fields = [{"field": "body", "message": sentence}]
        return api.create_response(request, {"refused": sentence, "code": "bad_input", "fields": fields}, status=422)
    sentences = {
        401: ("sign_in_needed", _("Sign in first.")),
        403: ("not_allowed", _("This is not allowed.")),
        404: ("not_found", _("There is nothing at this address.")),
        413: ("too_large", _("This is too large. Send less at once.")),
    }
    code, sentence = sentences.get(status, (f"http_{status}", reason))
    return api.create_response(request, {"refused": sentence, "code": code}, status=status)
