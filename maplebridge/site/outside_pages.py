"""The journal for outsiders, as c2sp.org/tlog-tiles lays it out: checkpoint, hash tiles, bundles of entries, the key.

Hashes and checkpoints are open to all and say nothing of anyone. Entries name places and moments of incidents: they
are for whoever may read the journal, unless the operator opens them (`journal_open`).
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maplebridge.journal.checkpoints import latest_checkpoint, read_tile, verifier_key
from maplebridge.journal.models import Entry
from maplebridge.journal.tiles import WIDTH, Tile, read_index, tile_of
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor, actor_of_token
from maplebridge.people.sessions import actor_of_request

FOR_EVER = "max-age=31536000, immutable"
_ADDRESS = re.compile(r"(?P<index>[x0-9/]+?)(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint."""
    found = latest_checkpoint()
    if found is None:
        raise NotFound(_("There is no checkpoint yet. Make one: maplebridge journal checkpoint"))
    response = HttpResponse(found.note, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The verifier key. Get it on another way too: a key from the journal's own address proves little."""
    response = HttpResponse(f"{verifier_key()}\n", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def tile(request: HttpRequest, level: int, address: str) -> HttpResponse:
    """One tile of hashes."""
    found = _tile(level, address)
    return _for_ever(read_tile(found), "public")


@require_safe
def entries(request: HttpRequest, address: str) -> HttpResponse:
    """One bundle of entries: each with its length before it, two bytes. Needs the right to read the journal."""
    if not settings.CONFIG.journal_open:
        _actor(request).must("journal.view")
    found = _tile(0, address)
    first = found.index * WIDTH
    rows = Entry.objects.filter(position__gt=first, position__lte=first + found.width).order_by("position")
    bodies = [body.encode() for body in rows.values_list("body", flat=True)]
    packed = b"".join(len(body).to_bytes(2) + body for body in bodies)
    return _for_ever(packed, "public" if settings.CONFIG.journal_open else "private")


def _actor(request: HttpRequest) -> Actor:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (actor := actor_of_token(token, at=clock.now())) is not None:
        return actor
    return actor_of_request(request)


def _tile(level: int, address: str) -> Tile:
    """The tile at an address, as the newest checkpoint's tree has it or had it when it was shorter. Raises NotFound."""
    parts = _ADDRESS.fullmatch(address)
    index = read_index(parts["index"]) if parts else None
    newest = latest_checkpoint()
    if parts is not None and index is not None and newest is not None:
        there = tile_of(level, index, size=newest.size)
        width = int(parts["width"] or WIDTH)
        if there is not None and width <= there.width:
            return Tile(level, index, width)
    raise NotFound(_("The journal has no such tile, or not yet."))


def _for_ever(content: bytes, who: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = f"{who}, {FOR_EVER}"
    return response
