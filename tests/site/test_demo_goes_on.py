"""The demo outlives what goes wrong in it."""

import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from maplebridge.incidents.models import Incident
from maplebridge.site.demo import hands, simulate


def test_a_fault_in_one_tick_is_logged_and_the_next_comes(monkeypatch, caplog):
    stop, ticks = threading.Event(), []

    def tick(at):
        ticks.append(at)
        if len(ticks) == 3:
            stop.set()
        raise OverflowError("date value out of range")

    life = SimpleNamespace(hands=SimpleNamespace(actor=None), tick=tick)
    monkeypatch.setattr(simulate, "live", lambda **_chance: life)
    monkeypatch.setattr(simulate, "roll_shifts", lambda _actor, at: 0)
    monkeypatch.setattr(simulate, "close_old_connections", lambda: None)
    monkeypatch.setattr(simulate, "TICK_S", 0.0)
    monkeypatch.setattr(simulate, "PAUSE_S", 0.01)
    monkeypatch.setattr(simulate, "set_up", lambda *_asked, at: {})
    simulate.simulate(stop=stop, address="http://127.0.0.1:9/", seed=1)
    assert len(ticks) == 3
    assert "could not take a step" in caplog.text


@pytest.mark.django_db
def test_an_incident_of_the_first_year_has_no_twin_and_harms_nobody():
    old = Incident(pk=1, lon=1.0, lat=1.0, reported_at=datetime(1, 1, 1, tzinfo=UTC))
    assert hands.twin_of(old) is None
