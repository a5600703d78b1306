"""A small town for dispatch: a type, units on shift along one street, incidents; and no road file unless asked for."""

from datetime import timedelta

import pytest

from maplebridge.places.roads.network import Roads

LON, LAT = 24.94, 60.17
STEP = 0.002  # about 111 m of longitude at this latitude


@pytest.fixture(autouse=True)
def town_roads(monkeypatch):
    """The roads dispatch sees; none, so straight lines, unless a test sets `town_roads.roads`."""
    from maplebridge.dispatch import reach, snapshot, travel
    from maplebridge.incidents import whereabouts

    class Town:
        roads = Roads.load(None)

    monkeypatch.setattr(travel, "roads", lambda: Town.roads)
    monkeypatch.setattr(whereabouts, "area_of", lambda lon, lat: ("", ""))
    monkeypatch.setattr(snapshot, "_kept", None)
    reach.forget()
    return Town


@pytest.fixture
def kinds():
    """Two incident types: an urgent one and one that can wait."""
    from maplebridge.incidents.models import IncidentType

    urgent = IncidentType.objects.create(code="fight", family="dispute", name="fight", name_zh="打架", priority=2)
    quiet = IncidentType.objects.create(code="noise", family="noise", name="noise", name_zh="噪声", priority=7)
    return {"fight": urgent, "noise": quiet}


@pytest.fixture
def make_unit(machine, noon):
    """Enlist a unit `steps` east of the corner, on shift around noon unless told otherwise."""
    from maplebridge.people.actions import enlist_unit, open_shift

    def make(call_sign, *, steps=0, kind="car", shift=(-4, 4), crew=(), **more):
        home = (LON + steps * STEP, LAT)
        unit = enlist_unit(machine, call_sign=call_sign, kind=kind, home=home, at=noon, **more)
        if shift:
            start, end = (noon + timedelta(hours=hours) for hours in shift)
            open_shift(machine, unit=unit, crew=list(crew), starts_at=start, ends_at=end, at=noon)
        return unit

    return make


@pytest.fixture
def make_incident(machine, kinds, noon):
    """Report an incident at the corner, a minute before noon."""
    from maplebridge.incidents.actions import report_incident

    def make(type="noise", *, steps=0, actor=machine, **more):
        at = noon - timedelta(minutes=1)
        return report_incident(
            actor, type=type, lon=LON + steps * STEP, lat=LAT, narrative="", source="call", at=at, **more
        ).incident

    return make
