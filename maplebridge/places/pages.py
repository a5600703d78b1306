"""The base map over HTTP: tiles, styles and boundaries. They hold nothing that is not public, so nobody signs in."""

import json
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from maplebridge.places import queries
from maplebridge.places.rules import ATTRIBUTION
from maplebridge.places.style import PALETTES, style_of

_FOREVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "public, no-cache"


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Answer one vector tile as it lies in the archive (gzip); 204 where the map is empty.

    With `?e=EDITION`, as our styles ask, it may be kept for ever; without, it is asked for anew by its ETag.
    """
    city = queries.current_city()
    if city is None:
        return HttpResponse(status=204)
    etag = f'"{city.map_edition}-{z}-{x}-{y}"'
    lasting = _FOREVER if request.GET.get("e") == city.map_edition else _ASK_FIRST
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": lasting})
    archive = queries.tile_archive(city.map_edition)
    data = archive.tile(z, x, y) if archive else None
    if data is None:
        return HttpResponse(status=204, headers={"ETag": etag, "Cache-Control": lasting})
    return HttpResponse(
        data,
        content_type="application/vnd.mapbox-vector-tile",
        headers={"Content-Encoding": "gzip", "ETag": etag, "Cache-Control": lasting},
    )


@require_safe
def style(request: HttpRequest, theme: str) -> HttpResponse:
    """Answer the style `light` or `dark`; `?lang=zh` writes Chinese names where there are any."""
    if settings.CONFIG.style_url:
        return HttpResponseRedirect(settings.CONFIG.style_url)
    if theme not in PALETTES:
        return HttpResponse(status=404)
    city = queries.current_city()
    chinese = (request.GET.get("lang") or get_language() or "").startswith("zh")
    root = f"{request.scheme}://{request.get_host()}/map"  # MapLibre wants tile URLs with their host
    body = style_of(
        theme,
        tiles=f"{root}/tiles/{{z}}/{{x}}/{{y}}.mvt?e={city.map_edition if city else ''}",
        areas=f"{root}/areas.json?e={sha256((city.edition if city else '').encode()).hexdigest()[:12]}",
        attribution=city.attribution if city else ATTRIBUTION,
        chinese=chinese,
    )
    return _json(request, body)


@require_safe
def boundaries(request: HttpRequest) -> HttpResponse:
    """Answer the outlines and name points of the areas as GeoJSON."""
    return _json(request, queries.area_boundaries())


def _json(request: HttpRequest, body: object) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    etag = f'"{sha256(text.encode()).hexdigest()[:20]}"'
    headers = {"ETag": etag, "Cache-Control": _ASK_FIRST}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(text, content_type="application/json", headers=headers)


urlpatterns = [
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile, name="map_tile"),
    path("style/<slug:theme>.json", style, name="map_style"),
    path("areas.json", boundaries, name="map_areas"),
]
