"""The whole fleet as this process last read it, kept current by the journal and the feed of positions.

A console, a recommendation and the reach ask for a thousand units again and again. Reading them takes some 20 ms; here
only those are read anew that the journal says have changed, and fixes received since. Never used inside an act.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from maplebridge.dispatch.fleet import UnitNow, Workload, fleet, workloads
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position
from maplebridge.people.models import Shift
from maplebridge.positions.models import LatestPosition

AT_MOST = timedelta(seconds=60)  # then all is read anew, whatever the journal says
OVERLAP = timedelta(seconds=2)  # a batch of fixes may commit a little after its `received_at`
MANY = 300  # more changes than this are quicker read whole


@dataclass(slots=True)
class Snapshot:
    """Units on shift or at a job, by id, and their work of late; good up to a journal position and a moment."""

    units: dict[int, UnitNow]
    loads: dict[int, Workload]
    position: int
    leaf: bytes
    read_at: datetime
    good_until: datetime
    fixes_from: datetime
    _order: list[UnitNow] = field(default_factory=list)

    def in_order(self) -> list[UnitNow]:
        """Units by call sign."""
        if len(self._order) != len(self.units):
            self._order = sorted(self.units.values(), key=lambda unit: unit.call_sign)
        return self._order

    def put(self, units: Iterable[UnitNow], *, instead_of: Iterable[int]) -> None:
        """Replace some units by what they are now."""
        for gone in instead_of:
            self.units.pop(gone, None)
        self.units.update({unit.id: unit for unit in units})
        self._order = []


_kept: Snapshot | None = None
_lock = threading.Lock()


def snapshot(*, at: datetime) -> Snapshot:
    """The fleet at the present moment `at`: what `fleet(at=at)` and `workloads(at=at)` would read."""
    global _kept
    with _lock:
        head = last_position()
        kept = _kept
        if kept is None or not _still_good(kept, head, at):
            kept = _kept = _read(at, head)
        _take_fixes(kept)
        return kept


def _still_good(kept: Snapshot, head: int, at: datetime) -> bool:
    """Whether what was read holds at a moment, after reading anew what has changed since."""
    if not kept.read_at <= at < kept.good_until or not 0 < kept.position <= head:
        return False
    if _leaf(kept.position) != kept.leaf:  # another journal: a restored or a new database
        return False
    return head == kept.position or _follow(kept, head, at)


def _read(at: datetime, head: int) -> Snapshot:
    units = {unit.id: unit for unit in fleet(at=at)}
    turns = Shift.objects.filter(starts_at__gt=at, starts_at__lte=at + AT_MOST).order_by("starts_at")
    next_turn = turns.values_list("starts_at", flat=True).first()
    ends = [unit.shift_ends_at for unit in units.values() if unit.shift_ends_at]
    newest = LatestPosition.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    return Snapshot(
        units=units,
        loads=workloads(at=at),
        position=head,
        leaf=_leaf(head),
        read_at=at,
        good_until=min([at + AT_MOST, *ends, *([next_turn] if next_turn else [])]),
        fixes_from=(newest or at) - OVERLAP,
    )


def _leaf(position: int) -> bytes:
    found = Entry.objects.filter(pk=position).values_list("leaf", flat=True).first()
    return bytes(found or b"")


def _follow(kept: Snapshot, head: int, at: datetime) -> bool:
    """Read anew the units that entries since then are about; False when there are too many, or shifts changed."""
    rows = Entry.objects.filter(position__gt=kept.position, position__lte=head)
    subjects = list(rows.values_list("verb", "subject")[: MANY + 1])
    if len(subjects) > MANY or any(verb.startswith("people.") for verb, _subject in subjects):
        return False
    changed = {int(s[5:]) for _verb, s in subjects if s.startswith("unit:")}
    touched = {int(s[9:]) for _verb, s in subjects if s.startswith("incident:")}
    changed |= {unit.id for unit in kept.units.values() if unit.incident_id in touched}
    if changed:
        kept.put(fleet(at=at, units=changed), instead_of=changed)
        for unit in changed:
            kept.loads.pop(unit, None)
        kept.loads.update(workloads(at=at, units=changed))
    kept.position, kept.leaf = head, _leaf(head)
    return True


def _take_fixes(kept: Snapshot) -> None:
    rows = LatestPosition.objects.filter(received_at__gte=kept.fixes_from)
    moved = []
    for unit_id, lon, lat, fixed_at, received_at in rows.values_list("unit_id", "lon", "lat", "at", "received_at"):
        kept.fixes_from = max(kept.fixes_from, received_at - OVERLAP)
        unit = kept.units.get(unit_id)
        if unit and unit.on_shift and unit.position_at != fixed_at:
            moved.append(replace(unit, lon=lon, lat=lat, position_at=fixed_at))
    if moved:
        kept.put(moved, instead_of=())
