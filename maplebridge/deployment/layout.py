"""A layout: which posts and units stand where, when, and how they travel. What siting proposes and studies compare."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.kernels.arrays import Floats, Mask
from maplebridge.kernel.refused import BadInput
from maplebridge.people.rules import UNIT_KINDS

HOURS = 168  # of a week; hour 0 is Monday from 00:00 to 01:00, by the city's clocks
MOST_POSTS = 2_000
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Post:
    """One unit at its place: kind as in `people.rules.UNIT_KINDS`, degrees, and when it is on duty.

    `duty` are spans of hours of the week, [from, to) with 0 <= from < to <= 168; none: always. `unit` is the call sign
    of the unit on record that it stands for, "" for one that does not exist yet; `fixed` ones no proposal moves.
    `cost` is per hour of duty, in any unit of the agency's own.
    """

    name: str
    kind: str
    lon: float
    lat: float
    duty: Spans = ()
    unit: str = ""
    fixed: bool = False
    cost: float = 1.0

    @property
    def mode(self) -> str:
        """Road mode by which it travels."""
        return UNIT_KINDS[self.kind].mode

    def on_duty(self) -> Mask:
        """Hours of the week on duty: (168,)."""
        hours = np.zeros(HOURS, bool)
        for begin, end in self.duty or ((0, HOURS),):
            hours[begin:end] = True
        return hours


def spans_of(hours: Mask) -> Spans:
    """Write hours of the week (168,) as spans; none where it is all of them."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], hours.astype(int), [0]))))
    return () if hours.all() else tuple((int(begin), int(end)) for begin, end in edges.reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class Layout:
    """Posts under one name. Two layouts on the same need are what a study compares."""

    name: str
    posts: tuple[Post, ...]

    def points(self) -> Floats:
        """Where the posts stand: (posts, 2) lon, lat."""
        return np.array([(post.lon, post.lat) for post in self.posts], float).reshape(-1, 2)

    def hours(self) -> float:
        """Hours of duty in a week, all posts together."""
        return float(sum(int(post.on_duty().sum()) for post in self.posts))

    def cost(self) -> float:
        """Cost of a week in the agency's own unit."""
        return float(sum(post.cost * int(post.on_duty().sum()) for post in self.posts))

    def as_json(self) -> dict[str, Any]:
        """The layout as a study keeps it."""
        return {"name": self.name, "posts": [asdict(post) for post in self.posts]}


def layout_of(content: Mapping[str, Any]) -> Layout:
    """Read what `as_json` gave, or a person's page sent. Raises BadInput naming the post that is wrong."""
    rows: Iterable[Any] = content.get("posts") or ()
    posts = tuple(_post(row, number) for number, row in enumerate(rows, 1))
    if len(posts) > MOST_POSTS:
        raise BadInput("posts", _("A layout has at most %(n)d posts.") % {"n": MOST_POSTS})
    return Layout(str(content.get("name") or "")[:80], posts)


def _post(row: Any, number: int) -> Post:
    try:
        duty = tuple((int(begin), int(end)) for begin, end in row.get("duty") or ())
        post = Post(
            str(row.get("name") or number)[:80], str(row["kind"]), float(row["lon"]), float(row["lat"]), duty,
            str(row.get("unit") or "")[:12], bool(row.get("fixed")), float(row.get("cost", 1.0)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("posts", _("Post %(n)d needs a kind, a longitude and a latitude.") % {"n": number}) from None
    if post.kind not in UNIT_KINDS or not (abs(post.lon) <= 180 and abs(post.lat) <= 90 and 0 <= post.cost < 1e9):
        raise BadInput("posts", _("Post %(n)d has an unknown kind or a place that is not on Earth.") % {"n": number})
    if any(not 0 <= begin < end <= HOURS for begin, end in duty):
        raise BadInput("posts", _("Hours of duty of post %(n)d go from 0 to 168.") % {"n": number})
    return post
