"""Layouts that the studio works out itself: new posts, few moved, two made one; with words for whoever reads."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.deployment.choices import Choices
from maplebridge.deployment.compare import LEAST_CALLS
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.merging import AreaChange, Merger, merge
from maplebridge.deployment.moves import propose_moves
from maplebridge.deployment.propose import Proposal, propose
from maplebridge.deployment.shown import ground
from maplebridge.deployment.studio import AREA_LEAST, Ground
from maplebridge.deployment.words import percent, points, seconds
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.queries import address_at, area_names

Row = dict[str, Any]
MOST_PROPOSED, PROPOSE_S = 200, 20.0
MINUTE_S = 60.0


def new_posts(
    actor: Actor, keep: Layout, kinds: Mapping[str, int], choices: Choices, *,
    costs: Mapping[str, float] | None = None, budget: float | None = None,
) -> Row:  # fmt: skip
    """Propose posts of the kinds asked for beside those kept; with a budget of a week, at most so many.

    `costs` are of an hour, by kind; 1 where not given. Raises BadInput.
    """
    actor.must("studies.run")
    kinds = {kind: count for kind, count in kinds.items() if count}
    known = set(kinds) <= set(UNIT_KINDS) and min(kinds.values(), default=0) > 0
    if not known or sum(kinds.values()) > MOST_PROPOSED:
        raise BadInput("kinds", _("Ask for 1 to %(n)d posts of the kinds there are.") % {"n": MOST_PROPOSED})
    if any(not 0 <= cost < 1e9 for cost in (costs or {}).values()):
        raise BadInput("costs", _("A cost per hour is nothing or more."))
    best = propose(
        _known(actor, choices).rates, counts=kinds, minutes=float(choices.minutes), fixed=keep.posts, costs=costs,
        budget=budget, seconds=PROPOSE_S, name=keep.name,
    )  # fmt: skip
    taken, posts = {post.name for post in keep.posts}, list(keep.posts)
    for post in best.layout.posts[len(posts) :]:
        name = _free_name(UNIT_KINDS[post.kind].letter, taken)
        taken.add(name)
        posts.append(replace(post, name=name))
    return _row(best, Layout(keep.name, tuple(posts)))


def few_moves(actor: Actor, layout: Layout, most: int, choices: Choices) -> Row:
    """Propose at most so many moves of a layout's posts, and name those that moved. Raises BadInput."""
    actor.must("studies.run")
    if not any(not post.fixed for post in layout.posts):
        raise BadInput("posts", _("There is no post that may be moved. Add one, or let one go that stays where it is."))
    found = propose_moves(
        layout, _known(actor, choices).rates, minutes=float(choices.minutes), most=most, seconds=PROPOSE_S,
        name=layout.name,
    )  # fmt: skip
    pairs = zip(layout.posts, found.layout.posts, strict=True)
    return _row(found, found.layout) | {
        "moved": [new.name for old, new in pairs if (old.lon, old.lat) != (new.lon, new.lat)]
    }


def merged(actor: Actor, layout: Layout, one: int, other: int, choices: Choices) -> Row:
    """Make two posts one, at whichever of the two places keeps the mean way shorter: who gets farther, by how much.

    Raises BadInput.
    """
    actor.must("studies.run")
    found = _known(actor, choices)
    codes = [found.codes[number] if number >= 0 else "" for number in found.areas]
    merger = merge(layout, one, other, found.rates, minutes=float(choices.minutes), areas=codes)
    kept = merger.layout.posts[one if one < other else one - 1]
    names = area_names()
    enough = float(found.demand.counts.sum()) >= LEAST_CALLS
    return {
        "layout": merger.layout.as_json(), "enough": enough, "name": kept.name,
        "place": address_at(kept.lon, kept.lat), "sentences": _sentences(merger, found, choices.minutes),
        "farther": merger.farther, "low": merger.low, "high": merger.high, "gain": list(merger.gain),
        "farther_by": [list(pair) for pair in merger.farther_by],
        "areas": [_area_row(row, names) for row in merger.areas],
    }  # fmt: skip


def _known(actor: Actor, choices: Choices) -> Ground:
    found = ground(actor, choices)
    if not len(found.demand.cells):
        raise BadInput("begin", _("There are no calls in this time. Choose a longer one."))
    return found


def _free_name(letter: str, taken: set[str]) -> str:
    return next(name for number in itertools.count(1) if (name := f"{letter}{number}") not in taken)


def _row(best: Proposal, layout: Layout) -> Row:
    return {"layout": layout.as_json(), "share": best.share, "bound": best.bound, "gap": best.gap}


def _sentences(merger: Merger, found: Ground, minutes: int) -> list[str]:
    calls = float(found.demand.counts.sum())
    if calls < LEAST_CALLS:
        words = {"calls": f"{calls:.0f}", "least": LEAST_CALLS}
        return [_("Too little data: %(calls)s calls. From %(least)s calls on a merger is judged.") % words]
    by_a_minute = dict(merger.farther_by)[MINUTE_S]
    gain, low, high = merger.gain
    return [
        _mean_sentence(merger),
        _("%(share)s of the calls get farther by a minute or more.") % {"share": percent(by_a_minute)},
        _("Reached within %(minutes)s min: %(points)s points (%(low)s to %(high)s).")
        % {"minutes": minutes, "points": points(gain, signed=True), "low": points(low, signed=True),
           "high": points(high, signed=True)},
    ]  # fmt: skip


def _mean_sentence(merger: Merger) -> str:
    words = {"by": seconds(abs(merger.farther)), "low": seconds(_least(merger)), "high": seconds(_most(merger))}
    if merger.low > 0:
        return _("In the mean of all calls the nearest post is %(by)s farther (%(low)s to %(high)s).") % words
    if merger.high < 0:
        return _("In the mean of all calls the nearest post is %(by)s nearer (%(low)s to %(high)s).") % words
    return _("In the mean of all calls the nearest post is as near as before.")


def _least(merger: Merger) -> float:
    return min(abs(merger.low), abs(merger.high))


def _most(merger: Merger) -> float:
    return max(abs(merger.low), abs(merger.high))


def _area_row(row: AreaChange, names: Mapping[str, str]) -> Row:
    reached = row.seconds_before > 0  # else nobody comes before or after
    return {
        "area": row.area, "name": names.get(row.area, row.area) or _("outside all areas"), "week": row.calls,
        "enough": row.counted >= AREA_LEAST and reached, "before": row.seconds_before, "after": row.seconds_after,
        "farther": row.farther, "low": row.farther - row.spread, "high": row.farther + row.spread,
        "within_before": row.within_before, "within_after": row.within_after,
    }  # fmt: skip
