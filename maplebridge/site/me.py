"""What a client needs to know of itself first: its actor, its units, the city, and where the journal stands."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from maplebridge.journal.queries import last_position
from maplebridge.kernel import clock
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area, City
from maplebridge.positions.queries import own_units


def me(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Journal reference, name, role, permissions, own crew's units, city, map styles, journal position, server time."""
    return {
        "ref": actor.ref,
        "name": actor.name,
        "role": actor.role,
        "permissions": sorted(actor.permissions),
        "area_code": (only := _only_area(actor)),
        "area": _names(only),
        "language": get_language() or "en",
        "unit_ids": own_units(actor, at=at),
        "city": _city(),
        "style": map_styles(),
        "demo": settings.CONFIG.demo,
        "position": last_position(),
        "server_time": clock.stamp(at),
    }


def _only_area(actor: Actor) -> str:
    """The one area in which the actor sees incidents; "" for everywhere, or several."""
    areas = actor.areas("incidents.view") or ()
    return next(iter(areas)) if len(areas) == 1 else ""


def _names(code: str) -> dict[str, str] | None:
    area = Area.objects.filter(code=code).first() if code else None
    return {"en": area.name, "zh": area.name_zh or area.name} if area else None


def _city() -> dict[str, Any] | None:
    city = City.objects.order_by("pk").first()
    if city is None:
        return None
    return {"name": city.name, "bbox": city.bbox, "attribution": city.attribution, "time_zone": city.time_zone}


def map_styles() -> dict[str, str]:
    """Addresses of the base map's styles, light and dark."""
    if settings.CONFIG.style_url:
        return {"light": settings.CONFIG.style_url, "dark": settings.CONFIG.style_url}
    return {"light": "/map/style/light.json", "dark": "/map/style/dark.json"}
