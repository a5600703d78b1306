"""Time intervals of an incident and the targets they are held against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# measure -> (seconds, share that should reach it). NENA-STA-020 for answering, NFPA 1225 for processing.
DEFAULT_TARGETS = {"answer": (10, 0.90), "process": (60, 0.90)}
MEASURES = ("answer", "process", "response")


@dataclass(frozen=True, slots=True)
class Intervals:
    """Seconds between the steps; None while one of its two ends is not known."""

    answer_s: float | None
    process_s: float | None
    turnout_s: float | None
    travel_s: float | None
    scene_s: float | None
    total_s: float | None


def intervals_of(
    *,
    reported_at: datetime,
    answered_at: datetime | None,
    assigned_at: datetime | None,
    enroute_at: datetime | None,
    onscene_at: datetime | None,
    closed_at: datetime | None,
) -> Intervals:
    """Compute the intervals, in seconds (NFPA 1225 names).

    Answer: report to answer. Process: answer (or report) to first unit assigned. Turnout: to first en route.
    Travel: to first on scene. Scene: on scene to close. Total: report to close. Never below 0: steps entered late
    and out of order count 0. A close at the very moment of the report means that nobody knows when it was (imports).
    """
    return Intervals(
        answer_s=_between(reported_at, answered_at),
        process_s=_between(answered_at or reported_at, assigned_at),
        turnout_s=_between(assigned_at, enroute_at),
        travel_s=_between(enroute_at, onscene_at),
        scene_s=_between(onscene_at, closed_at),
        total_s=None if closed_at == reported_at else _between(reported_at, closed_at),
    )


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else max(0.0, round((end - start).total_seconds(), 3))


def target_seconds(
    default: int, *, type_code: str, area_path: str, targets: Iterable[tuple[str | None, str, int]]
) -> int:
    """Pick the response target in seconds: the most particular of (type or None, area code or "", seconds) rows.

    A row for type and area beats one for the area, that beats one for the type, that beats the type's default;
    a smaller area beats the larger that holds it.
    """
    best, seconds = (-1, -1), default
    for row_type, row_area, row_seconds in targets:
        if row_type not in (None, type_code) or (row_area and f"/{row_area}/" not in area_path):
            continue
        depth = area_path.find(f"/{row_area}/") + 1 if row_area else 0
        rank = (depth, 1 if row_type else 0)
        if rank > best:
            best, seconds = rank, row_seconds
    return seconds
