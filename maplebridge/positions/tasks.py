"""What positions do by the clock."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from maplebridge.positions.tracks import expire, opened_tracks


def expire_tracks(at: datetime) -> None:
    """Thin tracks after 30 days and forget them after 90, or sooner where the installation says so."""
    full, kept = timedelta(days=settings.CONFIG.tracks_full_days), timedelta(days=settings.CONFIG.tracks_days)
    with opened_tracks() as tracks:
        expire(tracks, today=at.astimezone(UTC).date(), full=full, kept=kept)
