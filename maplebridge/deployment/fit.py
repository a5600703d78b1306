"""How well the simulation fits: the calls of the last weeks simulated, beside when somebody was there in truth."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment import queries
from maplebridge.deployment.calibration import AGREES, FASTER, SLOWER, TOO_LITTLE, Compared, calibrated
from maplebridge.deployment.call_kinds import replayed
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.record import Record
from maplebridge.deployment.scenario import Terms
from maplebridge.deployment.scenario_building import scenario_of
from maplebridge.deployment.words import seconds
from maplebridge.dispatch.simulation import PROCESS_S, TURNOUT_S
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor, system
from maplebridge.places.queries import area_names, city_zone

BACK = timedelta(days=28)
REPLICATIONS = 20
Row = dict[str, Any]


def fit(actor: Actor, *, at: datetime) -> Row:
    """Simulate the calls of the last four weeks with today's units and compare: rows of the page, or why none."""
    actor.must("studies.view")
    begin = (at - BACK).replace(minute=0, second=0, microsecond=0)
    try:
        found = _compared(actor, begin, at)
    except Refused as refused:
        return {"rows": [], "why": refused.sentence, "begin": begin, "end": at}
    names = area_names()
    return {"rows": [_row(each, names) for each in found], "why": "", "begin": begin, "end": at}


def _compared(actor: Actor, begin: datetime, end: datetime) -> list[Compared]:
    record, reader = _record(actor, begin, end)
    if not len(record.demand.cells):
        raise BadInput("begin", _("There are no calls in this time. Choose a longer one."))
    local = begin.astimezone(city_zone())
    terms = Terms(
        begin_hour=local.weekday() * 24.0 + local.hour, horizon_s=(end - begin).total_seconds(), process_s=PROCESS_S,
        turnout_s=TURNOUT_S,
    )  # fmt: skip
    scenario = scenario_of(
        queries.today_layout(actor, at=end), record.demand, kinds=record.kinds, terms=terms,
        replayed=replayed(reader, record.demand, record.kinds, begin=begin, end=end),
    )  # fmt: skip
    return calibrated(scenario, replications=REPLICATIONS)


def _record(actor: Actor, begin: datetime, end: datetime) -> tuple[Record, Actor]:
    record = queries.record_now(actor, Choices(stamp(begin), stamp(end)))
    reader = actor if actor.may("incidents.view") else system("studies")
    return record, reader


def _row(found: Compared, names: Any) -> Row:
    groups = {"all": _("All calls"), "priority": _("Priority %(name)s"), "hours": _("%(name)s o’clock")}
    name = names.get(found.name, found.name) if found.group == "area" else groups[found.group] % {"name": found.name}
    share = {50: _("half within"), 90: _("nine of ten within")}[found.percentile]
    words = {
        AGREES: _("fits"), FASTER: _("simulated faster than life"), SLOWER: _("simulated slower than life"),
        TOO_LITTLE: _("too little data"),
    }  # fmt: skip
    return {
        "name": name, "share": share, "calls": found.calls, "real": seconds(found.real.mean),
        "span": _("%(low)s to %(high)s") % {"low": _end(found.real.low), "high": _end(found.real.high)},
        "simulated": seconds(found.simulated.mean), "verdict": words[found.verdict], "code": found.verdict,
    }  # fmt: skip


def _end(value: float) -> str:
    return seconds(value) if np.isfinite(value) else "…"
