"""What positions do by the clock."""

from datetime import UTC, date, datetime

from maplebridge.positions.tracks import expire, tracks_here

_thinned: set[date] = set()  # in this process; thinning a day again changes nothing


def expire_tracks(at: datetime) -> None:
    """Thin tracks after 30 days and forget them after 90."""
    expire(tracks_here(), today=at.astimezone(UTC).date(), thinned=_thinned)
