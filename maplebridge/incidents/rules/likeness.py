"""How likely two reports are about the same thing, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from rapidfuzz.fuzz import ratio

from maplebridge.incidents.rules.text import tokens

REACH_M = 400.0  # beyond this, two reports are not compared
WINDOW_MIN = 60.0
WINDOW_MIN_BY_FAMILY = {"hazard": 1440.0, "property": 240.0}  # what lies there a day is reported all day
THRESHOLD = 0.4  # from here on a pair is shown to the call-taker
_OTHER_KIND, _SAME_FAMILY = 0.25, 0.6
_SAME_WORD = 85.0  # rapidfuzz ratio from which two stems are one word with a typing error


@dataclass(frozen=True, slots=True)
class Said:
    """What of a report is compared."""

    type: str
    family: str
    lon: float
    lat: float
    at: datetime
    narrative: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score from 0 to 1 and the sentence that explains it."""

    score: float
    why: str


def window_minutes(family: str) -> float:
    """Minutes over which reports of a family are compared."""
    return WINDOW_MIN_BY_FAMILY.get(family, WINDOW_MIN)


def word_likeness(one: str, other: str) -> float | None:
    """Share of words two texts have in common, 0 to 1 (Dice); None when either says too little to compare.

    English words are stemmed and match despite a typing error, Chinese is compared by pairs of characters, and
    words of one meaning match across the languages.
    """
    left, right = tokens(one), tokens(other)
    if not left or not right:
        return None
    shared = left & right
    rest_left, rest_right = sorted(left - shared), set(right - shared)
    matched = len(shared)
    for word in rest_left[:60]:
        near = next((w for w in sorted(rest_right) if len(w) > 3 and ratio(word, w) >= _SAME_WORD), None)
        if near:
            matched += 1
            rest_right.discard(near)
    return min(1.0, 2 * matched / (len(left) + len(right)))


def likeness(one: Said, other: Said, *, metres: float, by_road: bool = False) -> Likeness:
    """Score a pair as near^0.4 x recent^0.2 x (kind + words) / 2; `metres` apart by road or straight.

    Near and recent fall linearly to 0 at REACH_M and at the family's window. Kind is 1 for the same type, 0.6 for
    the same family, 0.25 otherwise; words count a neutral 0.5 when either report has none. The weights are ours.
    """
    minutes, close, kind = _closeness(one, other, metres)
    words = word_likeness(one.narrative, other.narrative)
    score = close * (kind + (0.5 if words is None else words)) / 2
    typed = bool(one.type and other.type)
    return Likeness(round(score, 3), _why(metres, by_road, minutes, kind if typed else None, words))


def could_be_alike(one: Said, other: Said, *, metres: float) -> bool:
    """Whether a pair could reach the threshold if all its words were alike: what is worth the look at the words."""
    _minutes, close, kind = _closeness(one, other, metres)
    return close * (kind + 1) / 2 >= THRESHOLD


def _closeness(one: Said, other: Said, metres: float) -> tuple[float, float, float]:
    """Minutes apart, near^0.4 x recent^0.2, and kind."""
    minutes = abs((one.at - other.at).total_seconds()) / 60
    window = max(window_minutes(one.family), window_minutes(other.family))
    near, recent = max(0.0, 1 - metres / REACH_M), max(0.0, 1 - minutes / window)
    same = not (one.type and other.type) or one.type == other.type  # before a type is chosen, the rest decides
    kind = 1.0 if same else _SAME_FAMILY if one.family == other.family else _OTHER_KIND
    return minutes, near**0.4 * recent**0.2, kind


def _why(metres: float, by_road: bool, minutes: float, kind: float | None, words: float | None) -> str:
    rounded = round(metres / 10) * 10 if metres >= 10 else round(metres)
    away = _("%(m)d m away by road") if by_road else _("%(m)d m away")
    parts = [_("at the same place") if metres < 10 else away % {"m": rounded}]
    parts.append(_("in the same minute") if minutes < 1 else _("%(m)d min apart") % {"m": round(minutes)})
    if kind is not None:
        parts.append(_("same type") if kind == 1 else _("like type") if kind == _SAME_FAMILY else _("other type"))
    if words is not None:
        parts.append(_("like words") if words >= 0.3 else _("some like words") if words >= 0.12 else _("other words"))
    return _(", ").join(parts)
