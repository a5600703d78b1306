"""Coverage of posts: which village has no auxiliary, which hamlet no assistant, and which terms end soon."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from maplebridge.fieldwork.rules.coverage import OFFICER, POST_OF, STATES, state_of
from maplebridge.people.actor import Actor
from maplebridge.people.models import Grant, GrantQuerySet, User
from maplebridge.places.models import Area


@dataclass(slots=True)
class Post:
    """An area, the role it should have, who holds it, and when the last of their terms ends (None: open)."""

    area: Area
    role: str
    state: str = "empty"
    names: list[str] = field(default_factory=list)
    ends_at: datetime | None = None
    above: Area | None = None


def posts(actor: Actor, *, at: datetime, under: str = "", kind: str = "") -> list[Post]:
    """The posts of the areas where the actor gives tasks, by path; `under` an area's code, of a `kind` of area alone.

    A post is held by whoever has its role in this very area; a grant further up does not count.
    """
    areas = list(areas_of(actor, kinds=[kind] if kind in POST_OF else list(POST_OF), under=under))
    held: dict[tuple[str, str], list[Grant]] = {}
    for grant in _holding(at).select_related("user"):
        held.setdefault((grant.area_code, grant.role), []).append(grant)
    return [_post(area, held.get((area.code, POST_OF[area.kind]), ()), at) for area in areas]


def held_by_path(actor: Actor, *, at: datetime) -> list[tuple[str, bool]]:
    """The path of each area that `posts` would name, and whether somebody holds its post; no names are read."""
    held = set(_holding(at).values_list("area_code", "role"))
    rows = areas_of(actor, kinds=POST_OF).values_list("code", "kind", "path")
    return [(path, (code, POST_OF[kind]) in held) for code, kind, path in rows]


def people_with_posts(actor: Actor, *, at: datetime, under: str = "") -> QuerySet[User]:
    """Whoever holds a post in the areas where the actor gives tasks, by account; `under` an area's code."""
    codes = areas_of(actor, kinds=POST_OF, under=under).order_by().values("code")
    grants = Grant.objects.filter(role__in=set(POST_OF.values()), area_code__in=codes).in_force(at)
    rows = User.objects.filter(pk__in=grants.values("user")).filter(is_active=True)
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=at)).order_by("username")


def areas_of(actor: Actor, *, kinds: Iterable[str], under: str = "") -> QuerySet[Area]:
    """Areas of some kinds where the actor gives tasks, by path, each with its parent; their outlines are not read."""
    rows = Area.objects.filter(gone=False, kind__in=list(kinds)).select_related("parent").order_by("path", "code")
    rows = rows.defer("geometry", "parent__geometry")
    codes = actor.areas("tasks.give")
    if codes is not None:
        rows = rows.at_or_below(codes)
    return rows.at_or_below([under]) if under else rows


def _holding(at: datetime) -> GrantQuerySet:
    """Grants of posts' roles in a certain area, in force, of people who may still sign in."""
    grants = Grant.objects.filter(role__in=set(POST_OF.values())).exclude(area_code="").in_force(at)
    return grants.filter(Q(user__is_active=True), Q(user__expires_at=None) | Q(user__expires_at__gt=at))


def _post(area: Area, grants: Sequence[Grant], at: datetime) -> Post:
    open_ended = any(grant.ends_at is None for grant in grants)
    ends = [grant.ends_at for grant in grants if grant.ends_at is not None]
    ends_at = None if open_ended or not ends else max(ends)
    names = sorted(str(grant.user) for grant in grants)
    return Post(area, POST_OF[area.kind], state_of(bool(grants), ends_at, at=at), names, ends_at, area.parent)


def smallest_post(path: str, *, at: datetime, kinds: Container[str] = POST_OF) -> tuple[Area, str] | None:
    """The smallest area of a path ("/T/V/H/") whose post somebody holds, among posts of some kinds, and its role.

    An area of another kind, such as a quarter, has a post officer; so has every area where one is for everywhere.
    """
    codes = path.strip("/").split("/")
    known = {area.code: area for area in Area.objects.filter(code__in=codes, gone=False)}
    areas = [known[code] for code in reversed(codes) if code in known]
    posts = [
        (area, POST_OF.get(area.kind, OFFICER)) for area in areas if area.kind in kinds or area.kind not in POST_OF
    ]
    grants = Grant.objects.filter(role__in={*POST_OF.values(), OFFICER}, area_code__in=["", *codes]).in_force(at)
    held = set(grants.values_list("area_code", "role"))
    found = next((post for post in posts if (post[0].code, post[1]) in held), None)
    return found or ((posts[0][0], OFFICER) if posts and ("", OFFICER) in held else None)


def counts(rows: Iterable[Post]) -> dict[str, dict[str, int]]:
    """How many posts stand how, by kind of area, in the order of the hierarchy."""
    out: dict[str, dict[str, int]] = {}
    for post in rows:
        out.setdefault(post.area.kind, dict.fromkeys(STATES, 0))[post.state] += 1
    return {kind: out[kind] for kind in POST_OF if kind in out}
