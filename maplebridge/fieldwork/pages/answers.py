"""Answers in OpenRosa's forms: the response envelope, the list of forms, the manifest."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.http import http_date

from maplebridge.kernel import clock

SENDING_MOST = 20 * 2**20  # bytes in one sending; a phone divides what is larger
_RESPONSE = "http://openrosa.org/http/response"
LIST, MANIFEST = "http://openrosa.org/xforms/xformsList", "http://openrosa.org/xforms/xformsManifest"


def said(status: int, sentence: str, *, nature: str = "") -> HttpResponse:
    """Answer with a sentence, as a phone shows it to its worker."""
    attribute = f' nature="{nature}"' if nature else ""
    return answer(status, f"<message{attribute}>{escape(sentence)}</message>")


def answer(status: int, inside: str) -> HttpResponse:
    """Answer in OpenRosa's envelope."""
    return with_headers(HttpResponse(_document("OpenRosaResponse", _RESPONSE, inside), "text/xml", status))


def listed(root: str, namespace: str, each: str, rows: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """Answer with rows as elements `each`: a child for every column that is not empty, an attribute for one with @."""
    inside = "".join(f"<{each}{_attributes(row)}>{_children(row)}</{each}>" for row in rows)
    return with_headers(HttpResponse(_document(root, namespace, inside), "text/xml"))


def _children(row: Mapping[str, Any]) -> str:
    shown = [(name, escape(str(value))) for name, value in row.items() if value != "" and not name.startswith("@")]
    return "".join(f"<{name}>{text}</{name}>" for name, text in shown)


def _attributes(row: Mapping[str, Any]) -> str:
    return "".join(f' {name[1:]}="{escape(str(value))}"' for name, value in row.items() if name.startswith("@"))


def integrity_of(gone: Mapping[str, bool]) -> HttpResponse:
    """Answer which entities are gone, in the form of OpenRosa's integrity API."""
    rows = "".join(
        f'<entity id="{escape(name)}"><deleted>{str(is_gone).lower()}</deleted></entity>'
        for name, is_gone in gone.items()
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<data><entities>{rows}</entities></data>'
    return with_headers(HttpResponse(text, "text/xml"))


def _document(root: str, namespace: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">{inside}</{root}>'


def with_headers(response: HttpResponse) -> HttpResponse:
    """Add what every answer of OpenRosa carries."""
    response["X-OpenRosa-Version"] = "1.0"
    response["X-OpenRosa-Accept-Content-Length"] = str(SENDING_MOST)
    response["Date"] = http_date(clock.now().timestamp())
    return response
