"""What a comparison says in plain language. Figures hold codes and numbers; sentences are made when somebody reads."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maplebridge.deployment.compare import BETTER, LEAST_CALLS, SAME, WORSE


def sentences_of(figures: dict[str, Any], names: Mapping[str, str]) -> list[str]:
    """Say what the figures of `studio.figures_of` mean, the verdict first; `names` are those of areas by code."""
    found = [_verdict(figures)]
    if figures["enough"]:
        found.append(_areas(figures, names))
    found.append(_cost(figures))
    return [sentence for sentence in found if sentence]


def _verdict(figures: dict[str, Any]) -> str:
    target, turn = figures["of_target"], figures["verdict"]
    words = {
        "minutes": figures["target"],
        "points": points(abs(target["mean"])),
        "low": points(min(abs(target["low"]), abs(target["high"]))),
        "high": points(max(abs(target["low"]), abs(target["high"]))),
        "from": points(target["low"], signed=True),
        "to": points(target["high"], signed=True),
        "a": percent(target["a"]),
        "b": percent(target["b"]),
        "calls": f"{figures['calls']:.0f}",
        "least": LEAST_CALLS,
    }
    if not figures["enough"]:
        return _("Too little data: %(calls)s calls. From %(least)s calls on the layouts are judged.") % words
    if turn == BETTER:
        return _("B is better: it reaches %(points)s points more of the calls within %(minutes)s min"
                 " (%(low)s to %(high)s), %(b)s instead of %(a)s.") % words  # fmt: skip
    if turn == WORSE:
        return _("B is worse: it reaches %(points)s points less of the calls within %(minutes)s min"
                 " (%(low)s to %(high)s), %(b)s instead of %(a)s.") % words  # fmt: skip
    if turn == SAME:
        return _("No real difference: within %(minutes)s min A reaches %(a)s of the calls and B %(b)s.") % words
    return _("The data do not say which is better: within %(minutes)s min A reaches %(a)s of the calls and B %(b)s,"
             " a difference of %(from)s to %(to)s points.") % words  # fmt: skip


def simulated_sentences(figures: dict[str, Any], names: Mapping[str, str]) -> list[str]:
    """Say what the figures of a run mean: by when nine of ten calls are reached, and whose way got longer."""
    nine = next(row for row in figures["measures"] if row["code"] == "p90")
    apart = nine["difference"]
    words = {
        "a": seconds(nine["a"]["mean"]), "b": seconds(nine["b"]["mean"]), "by": seconds(abs(apart["mean"] or 0.0)),
        "low": seconds(_least(apart)), "high": seconds(_most(apart)),
    }  # fmt: skip
    if nine["turn"] == BETTER:
        first = _("With units busy, B is faster: nine of ten calls are reached within %(b)s instead of %(a)s,"
                  " %(by)s sooner (%(low)s to %(high)s).") % words  # fmt: skip
    elif nine["turn"] == WORSE:
        first = _("With units busy, B is slower: nine of ten calls are reached within %(b)s instead of %(a)s,"
                  " %(by)s later (%(low)s to %(high)s).") % words  # fmt: skip
    elif nine["turn"] == SAME:
        first = _("With units busy there is no real difference: nine of ten calls are reached within %(a)s by A and"
                  " %(b)s by B.") % words  # fmt: skip
    else:
        first = _("With units busy the weeks simulated do not say which is faster: nine of ten calls are reached within"
                  " %(a)s by A and %(b)s by B. Simulate more weeks.") % words  # fmt: skip
    return [first, _areas(figures, names)]


def _least(apart: dict[str, Any]) -> float:
    return float(min(abs(apart["low"] or 0.0), abs(apart["high"] or 0.0)))


def _most(apart: dict[str, Any]) -> float:
    return float(max(abs(apart["low"] or 0.0), abs(apart["high"] or 0.0)))


def seconds(value: float | None) -> str:
    """Write a duration as minutes and seconds."""
    whole = round(value or 0.0)
    if whole < 60:
        return _("%(s)d s") % {"s": whole}
    return _("%(min)d min %(s)02d s") % {"min": whole // 60, "s": whole % 60}


def _areas(figures: dict[str, Any], names: Mapping[str, str]) -> str:
    worse = [names.get(row["area"], row["area"]) for row in figures["areas"] if row["turn"] == WORSE]
    if not worse:
        return _("No area is clearly worse off with B.")
    said = ngettext("Worse off with B: %(areas)s.", "Worse off with B: %(areas)s.", len(worse))
    return said % {"areas": _(", ").join(worse)}


def _cost(figures: dict[str, Any]) -> str:
    a, b = figures["a"], figures["b"]
    if a["hours"] == b["hours"] and a["cost"] == b["cost"]:
        return _("Both take the same hours of duty.")
    words = {"hours": f"{abs(b['hours'] - a['hours']):.0f}", "cost": f"{abs(b['cost'] - a['cost']):.0f}"}
    if b["hours"] >= a["hours"]:
        return _("B takes %(hours)s hours of duty a week more.") % words
    return _("B takes %(hours)s hours of duty a week less.") % words


def percent(share: float) -> str:
    """Write a share as per cent."""
    return _("%(n)s %%") % {"n": f"{100 * share:.0f}"}


def points(share: float, *, signed: bool = False) -> str:
    """Write a difference of shares in points of a hundred, with one decimal."""
    return f"{100 * share:+.1f}".replace("-", "−") if signed else f"{100 * share:.1f}"
