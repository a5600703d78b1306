"""How the API answers: refusals and bad input become sentences with a fixed shape."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError

from maplebridge.kernel.refused import BadInput, Refused


class RefusalOut(Schema):
    """Body of a 403, 404 or 409."""

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
    422: BadInputOut,
}


def answer_refusals(api: NinjaAPI) -> None:
    """Register the handlers that turn `Refused` and validation errors into answers."""

    def on_refused(request: HttpRequest, error: Refused) -> HttpResponse:
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

    api.add_exception_handler(Refused, on_refused)  # type: ignore[arg-type]  # ninja passes the error, not its class
    api.add_exception_handler(ValidationError, on_invalid)  # type: ignore[arg-type]
