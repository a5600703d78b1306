"""The recommendation on a small town of real roads, and without any."""

from datetime import timedelta

import pytest

from maplebridge.dispatch.actions import assign_unit, set_status
from maplebridge.dispatch.fleet import fleet, workloads
from maplebridge.dispatch.models import ResponsePlan
from maplebridge.dispatch.queries import recommendation_rows, unit_rows
from maplebridge.dispatch.reach import reach
from maplebridge.dispatch.recommend import advice_on, recommendations
from maplebridge.dispatch.snapshot import snapshot
from maplebridge.people.actor import Actor
from maplebridge.places.roads.build import build
from maplebridge.places.roads.network import Roads
from maplebridge.positions.actions import record_position

pytestmark = pytest.mark.django_db(transaction=True)

# A river between two banks: one bridge far in the east. West to east each step is 0.002 degrees.
_RIVER_TOWN = """<osm version="0.6">
{nodes}
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="2"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><tag k="highway" v="residential"/></way>
<way id="3"><nd ref="4"/><nd ref="14"/><tag k="highway" v="residential"/><tag k="bridge" v="yes"/></way>
</osm>"""


@pytest.fixture
def river(town_roads, tmp_path):
    """Streets along both banks at 60.1700 and 60.1709, joined by a bridge at the eastern end."""
    nodes = [
        f'<node id="{bank * 10 + n + 1}" lat="{60.17 + bank * 0.0009}" lon="{24.94 + n * 0.01}"/>'
        for bank in (0, 1)
        for n in range(4)
    ]
    source = tmp_path / "town.osm"
    source.write_text(_RIVER_TOWN.format(nodes="\n".join(nodes)), "ascii")
    build(source, tmp_path / "roads")
    town_roads.roads = Roads.load(tmp_path / "roads")


def signs(found):
    return [ranked.candidate.call_sign for ranked in found]


def test_by_road_the_unit_across_the_river_is_not_the_nearest(
    dispatcher, machine, noon, river, make_unit, make_incident
):
    across = make_unit("ACROSS")
    record_position(machine, unit=across, lon=24.94, lat=60.1709, at=noon)
    make_unit("ALONG", steps=6)
    rows = recommendation_rows(dispatcher, incident=make_incident(), at=noon)
    assert [row["call_sign"] for row in rows] == ["ALONG", "ACROSS"]
    assert rows[1]["distance_m"] > 3000
    assert {row["estimate"] for row in rows} == {False}
    assert rows[0]["why"].startswith("nearest")


def test_without_roads_the_answer_says_that_it_is_an_estimate(dispatcher, machine, noon, make_unit, make_incident):
    across = make_unit("ACROSS")
    record_position(machine, unit=across, lon=24.94, lat=60.1709, at=noon)
    make_unit("ALONG", steps=6)
    rows = recommendation_rows(dispatcher, incident=make_incident(), at=noon)
    assert [row["call_sign"] for row in rows] == ["ACROSS", "ALONG"]
    assert all(row["estimate"] and "estimated by straight line" in row["why"] for row in rows)


def test_a_unit_off_the_streets_is_estimated_and_still_offered(
    dispatcher, machine, noon, river, make_unit, make_incident
):
    make_unit("STREET")
    field = make_unit("FIELD", steps=1)
    record_position(machine, unit=field, lon=24.94, lat=60.19, at=noon)
    rows = recommendation_rows(dispatcher, incident=make_incident(), at=noon)
    assert [(row["call_sign"], row["estimate"]) for row in rows] == [("STREET", False), ("FIELD", True)]


def test_who_is_off_shift_out_of_service_or_there_already_is_not_offered(dispatcher, noon, make_unit, make_incident):
    incident = make_incident()
    make_unit("OFF", shift=None)
    meal, sent = make_unit("MEAL"), make_unit("SENT")
    make_unit("FREE", steps=9)
    set_status(dispatcher, unit=meal, status="OutOfService", at=noon)
    assign_unit(dispatcher, incident=incident, unit=sent, at=noon)
    assert signs(recommendations(dispatcher, incident=incident, at=noon)) == ["FREE"]


def test_a_busy_unit_is_ranked_by_when_it_comes_free(dispatcher, noon, make_unit, make_incident):
    busy, _far = make_unit("BUSY"), make_unit("FAR", steps=10)
    assign_unit(dispatcher, incident=make_incident(), unit=busy, at=noon)
    set_status(dispatcher, unit=busy, status="OnScene", at=noon)
    later = noon + timedelta(minutes=9)
    rows = recommendation_rows(dispatcher, incident=make_incident(steps=1), at=later)
    assert [row["call_sign"] for row in rows] == ["FAR", "BUSY"]
    assert (rows[1]["busy"], rows[1]["free_in_s"]) == (True, 360)
    assert "busy; free in about 6 min" in rows[1]["why"]
    assert rows[1]["preempt"] is None


def test_a_unit_on_a_less_urgent_job_says_what_taking_it_costs(dispatcher, noon, make_unit, make_incident):
    busy, quiet = make_unit("BUSY", steps=3), make_incident("noise")
    assign_unit(dispatcher, incident=quiet, unit=busy, at=noon)
    row = recommendation_rows(dispatcher, incident=make_incident("fight"), at=noon)[0]
    assert row["preempt"]["incident_id"] == quiet.pk
    assert row["preempt"]["eta_s"] < row["eta_s"]
    assert f"if taken off {quiet.label} (noise)" in row["why"]


def test_the_plan_marks_whom_it_wants(dispatcher, noon, kinds, make_unit, make_incident):
    ResponsePlan.objects.create(type=kinds["fight"], wants=[{"kinds": ["car"], "count": 2}])
    make_unit("F1", kind="foot")
    for number in range(3):
        make_unit(f"C{number}", steps=number + 1)
    rows = recommendation_rows(dispatcher, incident=make_incident("fight"), at=noon)
    assert {row["call_sign"] for row in rows if row["plan"]} == {"C0", "C1"}


def test_a_skill_wanted_is_found_beyond_the_nearest(dispatcher, noon, kinds, make_unit, make_incident):
    kinds["fight"].skills = ["medic"]
    kinds["fight"].save()
    for number in range(40):
        make_unit(f"C{number}", steps=number / 100)
    make_unit("MEDIC", steps=30, skills=["medic"])
    assert "MEDIC" in signs(recommendations(dispatcher, incident=make_incident("fight"), at=noon, limit=50))


def test_a_post_is_offered_at_its_own_door_alone(dispatcher, noon, make_unit, make_incident):
    make_unit("P1", kind="post")
    assert signs(recommendations(dispatcher, incident=make_incident(steps=1), at=noon)) == ["P1"]
    assert signs(recommendations(dispatcher, incident=make_incident(steps=5), at=noon)) == []


def test_advice_on_one_unit_gives_its_rank_and_its_time(dispatcher, noon, make_unit, make_incident):
    make_unit("M1")
    second = make_unit("M2", steps=10)
    advice = advice_on(dispatcher, incident=make_incident(), unit=second, at=noon)
    assert advice.rank == 2
    assert advice.eta_s == pytest.approx(224, rel=0.02)  # 1.11 km x 1.4 at 25 km/h


def test_the_snapshot_always_tells_what_a_fresh_read_would(dispatcher, machine, noon, make_unit, make_incident):
    units = [make_unit(f"M{number}", steps=number) for number in range(4)]
    incident, moment = make_incident(), noon

    def agrees():
        now = snapshot(at=moment)
        assert now.in_order() == fleet(at=moment)
        assert now.loads == workloads(at=moment)

    agrees()
    assign_unit(dispatcher, incident=incident, unit=units[0], at=moment)
    agrees()
    record_position(machine, unit=units[1], lon=24.99, lat=60.18, at=moment)
    agrees()
    moment += timedelta(seconds=5)
    set_status(dispatcher, unit=units[0], status="OnScene", at=moment)
    record_position(machine, unit=units[1], lon=24.98, lat=60.18, at=moment)
    agrees()
    set_status(dispatcher, unit=units[0], status="Available", at=moment)
    make_unit("M9")
    agrees()
    moment += timedelta(hours=5)  # every shift has ended
    agrees()
    assert snapshot(at=moment).in_order() == []


def test_the_board_is_read_in_the_same_number_of_queries_however_many_units(
    dispatcher, noon, make_unit, django_assert_max_num_queries
):
    for number in range(12):
        make_unit(f"M{number}", steps=number)
    with django_assert_max_num_queries(8):
        assert len(unit_rows(dispatcher, at=noon)) == 12


def test_a_role_bound_to_an_area_sees_its_units_and_the_citys(noon, make_unit):
    make_unit("M1", area_code="north")
    make_unit("M2", area_code="south")
    make_unit("M3")
    chief = Actor(ref="user:3", name="Chief", role="chief", area_code="north", user_id=3)
    assert [row["call_sign"] for row in unit_rows(chief, at=noon)] == ["M1", "M3"]


def test_reach_by_road_follows_the_streets_and_grows_with_time(dispatcher, noon, river, make_unit):
    make_unit("M1")
    bands = reach(dispatcher, seconds=[30, 600], at=noon)["bands"]
    assert [band["seconds"] for band in bands] == [30, 600]
    assert 0 < bands[0]["share"] < bands[1]["share"] <= 1
    assert bands[0]["geometry"]["type"] == "MultiPolygon"


def test_reach_without_roads_is_an_estimate_without_a_share(dispatcher, noon, make_unit):
    make_unit("M1")
    make_unit("M2", steps=1)
    answer = reach(dispatcher, seconds=[60], at=noon)
    assert (answer["estimate"], answer["bands"][0]["share"]) == (True, None)
    assert len(answer["bands"][0]["geometry"]["coordinates"]) == 1


def test_with_nobody_free_nothing_is_reached(dispatcher, noon, river):
    band = reach(dispatcher, seconds=[60], at=noon)["bands"][0]
    assert (band["share"], band["geometry"]["coordinates"]) == (0.0, [])
