"""The live board and the replay over HTTP; the stream itself is served before Django, by `stream`."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import P, QueryEx, Router

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.refused import BadInput
from maplebridge.live.board import board
from maplebridge.live.replay import board_at, span
from maplebridge.people.sessions import actor_of_request

router = Router(tags=["live"])


@router.get("/board", response={200: dict, **REFUSALS}, summary="Everything open, at one position of the journal")
def get_board(request: HttpRequest) -> HttpResponse:
    """Answer the board; go on with `/api/stream?after=` its position."""
    actor = actor_of_request(request)
    actor.must("incidents.view")
    return _json(board(actor, at=clock.now()))


@router.get("/replay", response={200: dict, **REFUSALS}, summary="The board as it was at a moment")
def get_replay(request: HttpRequest, at: QueryEx[str, P(description="RFC 3339")]) -> HttpResponse:
    """Answer the past board, from the journal alone."""
    actor = actor_of_request(request)
    actor.must("replay.view")
    return _json(board_at(actor, moment=_past(at)))


@router.get("/replay/span", response={200: dict, **REFUSALS}, summary="From when to when a replay can show")
def get_span(request: HttpRequest) -> HttpResponse:
    """Answer the first and the last moment."""
    actor_of_request(request).must("replay.view")
    return _json(span())


def _past(text: str) -> datetime:
    try:
        return min(clock.parse_stamp(text.replace(" ", "+")), clock.now())
    except (ValueError, OverflowError) as error:
        sentence = _("“%(text)s” is not a moment. Write it as 2026-05-04T12:00:00Z.") % {"text": text[:40]}
        raise BadInput("at", sentence) from error


def _json(body: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type="application/json")
