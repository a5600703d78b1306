"""The map of any past moment, folded from the journal."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.live.board import board
from maplebridge.live.fold import State
from maplebridge.live.replay import Frames, board_at, span

FACTS = st.dictionaries(st.sampled_from(["state", "priority", "units"]), st.integers(0, 5), min_size=1)
ENTRIES = st.lists(st.tuples(st.sampled_from(["incident:1", "incident:2", "unit:1"]), FACTS), max_size=20)


@given(ENTRIES, st.randoms())
def test_folding_gives_the_same_whatever_the_order(entries, chance):
    numbered = [(position, *entry) for position, entry in enumerate(entries, 1)]
    straight, shuffled = State(), State()
    for entry in numbered:
        straight.fold(*entry)
    chance.shuffle(numbered)
    for entry in numbered:
        shuffled.fold(*entry)
    assert straight.subjects == shuffled.subjects


@given(ENTRIES, ENTRIES)
def test_a_copy_folded_further_leaves_the_frame_as_it_was(first, second):
    frame = State()
    for position, entry in enumerate(first):
        frame.fold(position, *entry)
    before = {subject: dict(fields) for subject, fields in frame.subjects.items()}
    copy = frame.copy()
    for position, entry in enumerate(second, len(first)):
        copy.fold(position, *entry)
    assert frame.subjects == before


database = pytest.mark.django_db(transaction=True)


def tell(actor, at, subject, **facts):
    with act(actor, "incidents.told", at=at) as entry:
        entry.about(subject, **facts)


@pytest.fixture
def told(machine, noon):
    """An incident at 12:00, sent to at 12:10, closed at 12:50, entered late for 12:20: a note of priority."""
    new = {"number": 7, "type": "noise", "priority": 5, "lon": 24.94, "lat": 60.17, "area": "", "source": "call"}
    tell(machine, noon, "unit:3", call_sign="F1", kind="foot", lon=24.95, lat=60.18)
    with act(machine, "people.shift_opened", at=noon) as entry:
        entry.about("shift:1", unit="unit:3", starts_at=stamp(noon), ends_at=stamp(noon + timedelta(hours=8)))
    tell(machine, noon, "incident:1", state="Active", reported_at=stamp(noon), units=[], **new)
    tell(machine, noon + timedelta(minutes=10), "unit:3", status="OnScene", incident=1)
    tell(machine, noon + timedelta(minutes=10), "incident:1", state="ResourcesOnscene", units=[3])
    closed = noon + timedelta(minutes=50)
    tell(machine, closed, "incident:1", state="Closed", closed_at=stamp(closed), units=[])
    tell(machine, noon + timedelta(minutes=20), "incident:1", priority=1)
    return noon


@database
@pytest.mark.parametrize(
    ("minutes", "states", "priority"),
    [
        (-1, [], None),
        (5, ["Active"], 5),
        (15, ["ResourcesOnscene"], 5),
        (25, ["ResourcesOnscene"], 1),
        (60, ["Closed"], 1),
        (90, [], None),
    ],
)
def test_each_past_moment_shows_what_had_occurred_by_then(told, dispatcher, minutes, states, priority):
    past = board_at(dispatcher, moment=told + timedelta(minutes=minutes))
    assert [row["state"] for row in past["incidents"]] == states
    assert [row["priority"] for row in past["incidents"]] == ([priority] if states else [])


@database
def test_dragging_to_and_fro_gives_the_same_as_folding_anew(told, dispatcher):
    frames = Frames()
    for minutes in (55, 5, 40, 12, 90, 0, 31, 22):
        moment = told + timedelta(minutes=minutes)
        assert frames.at(moment).subjects == Frames().at(moment).subjects


@database
def test_what_is_entered_late_appears_in_frames_made_before(told, machine):
    frames, moment = Frames(), told + timedelta(minutes=40)
    frames.at(moment)
    tell(machine, told + timedelta(minutes=18), "incident:1", held=True)
    assert frames.at(moment).subjects["incident:1"]["held"][1] is True
    assert "held" not in frames.at(told + timedelta(minutes=17)).subjects["incident:1"]


@database
def test_a_unit_is_drawn_at_its_home_and_on_scene_at_its_incident(told, dispatcher):
    (home,) = board_at(dispatcher, moment=told + timedelta(minutes=5))["units"]
    (scene,) = board_at(dispatcher, moment=told + timedelta(minutes=15))["units"]
    assert (home["lon"], home["lat"], home["on_shift"]) == (24.95, 60.18, True)
    assert (scene["lon"], scene["lat"], scene["incident_id"]) == (24.94, 60.17, 1)
    assert board_at(dispatcher, moment=told + timedelta(hours=9))["units"][0]["on_shift"] is False


@database
def test_the_span_reaches_from_the_first_fact_to_the_last(told):
    assert span() == {"from": stamp(told), "to": stamp(told + timedelta(minutes=50))}


@database
def test_an_empty_journal_has_no_span_and_an_empty_board(dispatcher, noon):
    assert span() == {"from": None, "to": None}
    assert board_at(dispatcher, moment=noon)["incidents"] == []
    assert board(dispatcher, at=noon)["position"] == 0


@database
def test_a_role_bound_to_an_area_sees_its_own_past_alone(machine, dispatcher, noon):
    from dataclasses import replace

    from maplebridge.places.models import Area

    box = {"west": 0, "south": 0, "east": 1, "north": 1, "geometry": {}}
    Area.objects.create(code="north", name="North", path="/north/", **box)
    Area.objects.create(code="south", name="South", path="/south/", **box)
    for number, area in ((1, "north"), (2, "south")):
        tell(machine, noon, f"incident:{number}", state="Active", number=number, type="noise", area=area)
    bound = replace(dispatcher, area_code="north")
    assert [row["id"] for row in board_at(bound, moment=noon)["incidents"]] == [1]


@database
def test_the_replay_at_this_moment_agrees_with_the_live_board(machine, dispatcher, noon):
    from maplebridge.incidents.actions import close_incident, install_types, report_incident

    install_types(machine, at=noon)
    taken = [
        report_incident(machine, type="noise", lon=24.94, lat=60.17, at=noon + timedelta(minutes=n)).incident
        for n in range(6)
    ]
    for incident in taken[::2]:
        close_incident(machine, incident=incident, disposition="02", at=noon + timedelta(minutes=20))
    moment = noon + timedelta(minutes=25)
    live, past = board(dispatcher, at=moment), board_at(dispatcher, moment=moment)
    fields = ("id", "number", "type", "state", "priority", "lon", "lat", "closed_at", "disposition", "name", "units")

    def rows(shown):
        return sorted([{name: row[name] for name in fields} for row in shown["incidents"]], key=lambda row: row["id"])

    assert rows(live) == rows(past)
    assert len(rows(live)) == 6
