"""Who holds which post in the demo's county."""

from maplebridge.people.models import User
from maplebridge.places.models import Area

_ABOVE = {"hamlet": "auxiliary", "village": "post_officer"}


def holder(area: Area | str, role: str) -> User:
    """Who holds a post; an account of the demo's first page before others."""
    code = area if isinstance(area, str) else area.code
    return User.objects.filter(grants__area_code=code, grants__role=role).order_by("pk")[0]


def judge_of(area: Area) -> User:
    """Who looks at the work of the post of an area: the one of the area above; of a township the chief."""
    role = _ABOVE.get(area.kind)
    if role is None or area.parent is None:
        return User.objects.filter(grants__role="chief").order_by("pk")[0]
    return holder(area.parent, role)
