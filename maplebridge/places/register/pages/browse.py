"""Find in the register, see how good it is, and the tiles of its layer on the map."""

import hashlib

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from maplebridge.kernel import clock
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.models import Area
from maplebridge.places.queries import areas_in_use
from maplebridge.places.register.queries.around import uses_in_tile
from maplebridge.places.register.queries.features import COLLECTIONS
from maplebridge.places.register.queries.quality import register_quality
from maplebridge.places.register.queries.search import search_addresses, search_organisations
from maplebridge.places.register.queries.tiles import POINTS_FROM, register_size, register_tile
from maplebridge.places.register.rules.codes import read_code

SHOWN = 50
_TILES = "private, max-age=60"


@login_required
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Search addresses and organisations; a code leads straight to its address."""
    actor = actor_of_request(request)
    actor.must("places.view")
    q = request.GET.get("q", "")[:120].strip()
    found = search_addresses(q, limit=SHOWN) if q else []
    if q and len(found) == 1 and read_code(q) == found[0].code:
        return redirect("register_address", key=found[0].pk)
    buildings, addresses = register_size()
    context = {
        "q": q, "found": found, "organisations": search_organisations(q) if q else [], "buildings": buildings,
        "addresses": addresses, "may_edit": actor.may("register.edit"), "may_view": actor.may("register.view"),
        "may_care": actor.may("register.care"),
        "collections": COLLECTIONS.values(), "examples": ("建设路12号", "jsl 12", "Mill Lane 10-20"),
    }  # fmt: skip
    return render(request, "register/register.html", context)


@login_required
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Show how fresh and complete the register is, by area, the worst first."""
    actor = actor_of_request(request)
    actor.must("register.view")
    mine = actor.areas("register.view")
    areas = [area for area in areas_in_use() if mine is None or _inside(area, mine)]
    rows = register_quality(clock.now(), areas=areas)
    return render(request, "register/quality.html", {"rows": [row for row in rows if row.quality], "empty": len(areas)})


def _inside(area: Area, codes: frozenset[str]) -> bool:
    path = area.path or f"/{area.code}/"
    return any(f"/{code}/" in path for code in codes)


@login_required
@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Answer one vector tile of the register; 204 where it is empty, 404 for no tile."""
    actor = actor_of_request(request)
    actor.must("places.view")
    if z > 22 or x >= 1 << z or y >= 1 << z:
        return HttpResponse(status=404)
    data = register_tile(z, x, y, uses=uses_in_tile(actor, z, x, y) if z >= POINTS_FROM else {})
    if not data:
        return HttpResponse(status=204, headers={"Cache-Control": _TILES})
    headers = {"Cache-Control": _TILES, "ETag": quote_etag(hashlib.blake2b(data, digest_size=12).hexdigest())}
    answer = HttpResponse(data, content_type="application/vnd.mapbox-vector-tile", headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=answer) or answer
