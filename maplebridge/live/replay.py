"""The map of any past moment, from the journal alone.

An entry counts from the moment at which its fact occurred (`at`), whenever it was entered; so a paper card entered
later shows where it belongs. Key frames every quarter of an hour keep dragging the time slider quick.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Max, Min, Q

from maplebridge.incidents.models import IncidentType
from maplebridge.incidents.rules import OPEN_STATES
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position
from maplebridge.kernel import clock
from maplebridge.live.fold import KINDS, State
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.models import Area

Row = dict[str, Any]
FRAME_EVERY = timedelta(minutes=15)
FRAMES_KEPT = 48
RECENT = timedelta(minutes=30)
_MOMENTS = ("assigned_at", "enroute_at", "onscene_at", "closed_at")


class _Body(msgspec.Struct):
    facts: dict[str, Any]


_decode = msgspec.json.Decoder(_Body).decode


class Frames:
    """Key frames of this process: the state at quarters of hours, each with the position it was folded up to."""

    def __init__(self) -> None:
        self._frames: OrderedDict[datetime, tuple[int, State]] = OrderedDict()
        self._newest = (0, b"")  # an entry that was folded, and its hash: these frames are of its journal
        self._lock = threading.Lock()

    def at(self, moment: datetime) -> State:
        """State at a moment, from the nearest frame before it; makes the frame of its quarter if there is none."""
        seconds = FRAME_EVERY.total_seconds()
        mark = datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC)
        with self._lock:
            state = self._frame(mark).copy()
        for position, subject, body in _entries(Q(at__gt=mark, at__lte=moment)):
            state.fold(position, subject, _decode(body).facts)
        return state

    def _frame(self, mark: datetime) -> State:
        """The frame at a mark, brought up to date with what was entered late."""
        end = self._end()
        base = max((known for known in self._frames if known <= mark), default=None)
        if base is None:
            state, news = State(), Q(at__lte=mark, position__lte=end)
        else:
            seen, state = self._frames[base]
            news = Q(at__lte=mark, position__gt=seen, position__lte=end) | Q(
                at__gt=base, at__lte=mark, position__lte=seen
            )
            state = state if base == mark else state.copy()
        for position, subject, body in _entries(news):
            state.fold(position, subject, _decode(body).facts)
        self._frames[mark] = (end, state)
        self._frames.move_to_end(mark)
        while len(self._frames) > FRAMES_KEPT:
            self._frames.popitem(last=False)
        return state

    def _end(self) -> int:
        """Position of the newest entry; forgets every frame where the journal is not the one they were made of."""
        position, leaf = self._newest
        if position and _leaf(position) != leaf:
            self._frames.clear()
        end = last_position()
        self._newest = (end, _leaf(end))
        return end


FRAMES = Frames()


def _leaf(position: int) -> bytes:
    return bytes(Entry.objects.filter(pk=position).values_list("leaf", flat=True).first() or b"")


def _entries(condition: Q) -> Iterator[tuple[int, str, str]]:
    subjects = Q()
    for kind in KINDS:
        subjects |= Q(subject__startswith=f"{kind}:")
    rows = Entry.objects.filter(condition, subjects).order_by("position")
    return rows.values_list("position", "subject", "body").iterator(chunk_size=2000)


def span() -> dict[str, str | None]:
    """First and last moment that a replay can show; None where the journal has nothing on a board."""
    ends = Entry.objects.filter(subject__startswith="incident:").aggregate(Min("at"), Max("at"))
    first, last = ends["at__min"], ends["at__max"]
    return {"from": clock.stamp(first) if first else None, "to": clock.stamp(last) if last else None}


def board_at(actor: Actor, *, moment: datetime) -> dict[str, Any]:
    """The board as it was at a moment, in the shape of the live one; addresses are not in the journal."""
    state = FRAMES.at(moment)
    paths = _paths()
    incidents = [_incident_row(key, facts) for key, facts in state.facts_of("incident") if _shown(facts, moment)]
    _name_types(incidents)
    areas = actor.areas("replay.view")
    visible = [row for row in incidents if _inside(areas, paths.get(row["area"], ""))]
    units = _unit_rows(actor, state, paths, {row["id"]: row for row in incidents}, moment)
    return {"position": last_position(), "at": clock.stamp(moment), "incidents": visible, "units": units}


def _paths() -> dict[str, str]:
    return dict(Area.objects.values_list("code", "path"))


def _inside(areas: frozenset[str] | None, path: str) -> bool:
    return areas is None or any(f"/{code}/" in path for code in areas)


def _shown(facts: dict[str, Any], moment: datetime) -> bool:
    if facts.get("merged_into") or "state" not in facts:
        return False
    closed = facts.get("closed_at")
    return facts["state"] in OPEN_STATES or bool(closed and clock.parse_stamp(closed) > moment - RECENT)


def _incident_row(key: int, facts: dict[str, Any]) -> Row:
    row: Row = {"id": key, "number": f"{int(facts.get('number', 0)):04d}", "address": "", "units": []}
    row |= {name: facts.get(name) for name in ("type", "state", "priority", "reported_at", "lon", "lat", "source")}
    row |= {name: facts.get(name) for name in _MOMENTS}
    row |= {"held": bool(facts.get("held")), "invented": bool(facts.get("invented"))}
    row |= {"area": facts.get("area", ""), "disposition": facts.get("disposition", ""), "units": facts.get("units", [])}
    return row


def _name_types(rows: list[Row]) -> None:
    """Add what the types as they are now say: family, names, target."""
    types = {kind.code: kind for kind in IncidentType.objects.filter(code__in={row["type"] for row in rows})}
    for row in rows:
        kind = types.get(row["type"])
        row["family"] = kind.family if kind else ""
        row["name"] = {"en": kind.name, "zh": kind.name_zh} if kind else {"en": row["type"], "zh": row["type"]}
        row["target_s"] = kind.target_s if kind else 0


def _unit_rows(
    actor: Actor, state: State, paths: dict[str, str], incidents: dict[int, Row], moment: datetime
) -> list[Row]:
    bound = actor.areas("units.view")
    if bound is not None and not bound:
        return []
    duty, known = state.on_shift(moment), dict(state.facts_of("unit"))
    areas = dict(Unit.objects.filter(pk__in=known).values_list("pk", "area_code"))
    rows = []
    for key, facts in known.items():
        area = areas.get(key, "")
        if (key in duty or facts.get("incident")) and (not area or _inside(bound, paths.get(area, ""))):
            rows.append(_unit_row(key, facts, area, duty.get(key), incidents))
    return sorted(rows, key=lambda row: row["call_sign"])


def _unit_row(key: int, facts: dict[str, Any], area: str, ends_at: str | None, incidents: dict[int, Row]) -> Row:
    """One unit; on scene it is drawn at its incident, else at its home: positions are not in the journal."""
    kind = UNIT_KINDS.get(facts.get("kind", ""))
    row: Row = {"id": key, "call_sign": facts.get("call_sign", str(key)), "kind": facts.get("kind", ""), "skills": []}
    row |= {
        "letter": kind.letter if kind else "",
        "mode": kind.mode if kind else "",
        "moves": bool(kind and kind.moves),
    }
    row |= {name: facts.get(name) for name in ("since_at", "timer_at")}
    row |= {"status": facts.get("status", "Available"), "secondary": facts.get("secondary", "")}
    row |= {"alarm": facts.get("alarm", ""), "incident_id": facts.get("incident"), "area": area}
    row |= {"on_shift": ends_at is not None, "shift_ends_at": ends_at, "position_at": None}
    scene = incidents.get(facts.get("incident") or 0) if row["status"] == "OnScene" else None
    row |= {"lon": (scene or facts).get("lon"), "lat": (scene or facts).get("lat")}
    return row
