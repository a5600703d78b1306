"""A unit on shift, its tracker, and an ingest that keeps what it sends, on both databases."""

from datetime import timedelta

import pytest


@pytest.fixture
def tracks(tmp_path):
    from django.db import connection

    from maplebridge.positions.tracks import DayFiles, DayPartitions

    if connection.vendor == "postgresql":
        store = DayPartitions()
        yield store
        for day in store.days():
            store.forget(day)
        return
    store = DayFiles(tmp_path / "tracks")
    yield store
    store.close()


@pytest.fixture
def unit(machine, noon):
    from maplebridge.people.actions import enlist_unit, open_shift

    made = enlist_unit(machine, call_sign="M21", kind="motorbike", home=(24.94, 60.17), at=noon)
    hour = timedelta(hours=1)
    open_shift(machine, unit=made, crew=[], starts_at=noon - hour, ends_at=noon + hour, at=noon)
    return made


@pytest.fixture
def token(machine, unit, noon):
    from maplebridge.positions.actions import issue_tracker

    return issue_tracker(machine, unit=unit, name="Phone of the crew", at=noon).token


@pytest.fixture
def door(tracks, monkeypatch):
    """An ingest whose thread writes where the test reads; the map is written at once."""
    from door_for_tests import Door

    from maplebridge.positions import keeper, known
    from maplebridge.positions.tracks import DayFiles, DayPartitions

    monkeypatch.setattr(keeper, "LATEST_S", 0.0)
    monkeypatch.setattr(known, "_snap_of", lambda _mode: None)  # another test may have left a city
    if isinstance(tracks, DayPartitions):
        return Door(DayPartitions)
    return Door(lambda: DayFiles(tracks.folder))
