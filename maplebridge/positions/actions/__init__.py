"""Every write of positions: fixes and tracks, by design outside the journal; trackers, fences and looks inside it."""

from maplebridge.positions.actions.calls import record_calls
from maplebridge.positions.actions.fences import end_fence, put_fence, record_crossings
from maplebridge.positions.actions.latest import forget_positions, keep_latest, record_position
from maplebridge.positions.actions.looks import consult_track, import_track
from maplebridge.positions.actions.trackers import issue_tracker, lend_tracker, revoke_tracker

__all__ = [
    "consult_track",
    "end_fence",
    "forget_positions",
    "import_track",
    "issue_tracker",
    "keep_latest",
    "lend_tracker",
    "put_fence",
    "record_calls",
    "record_crossings",
    "record_position",
    "revoke_tracker",
]
