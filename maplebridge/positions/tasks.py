"""What positions do by the clock."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from maplebridge.positions.tracks import expire, opened_tracks

_thinned: set[date] = set()  # in this process; thinning a day again changes nothing


def expire_tracks(at: datetime) -> None:
    """Thin tracks after 30 days and forget them after 90, or sooner where the installation says so."""
    full, kept = timedelta(days=settings.CONFIG.tracks_full_days), timedelta(days=settings.CONFIG.tracks_days)
    with opened_tracks() as tracks:
        expire(tracks, today=at.astimezone(UTC).date(), thinned=_thinned, full=full, kept=kept)
