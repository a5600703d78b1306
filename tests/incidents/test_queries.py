"""Every read of incidents: rows, the board, likely duplicates, the timeline, areas."""

from datetime import timedelta

import pytest
from staff_for_tests import acting

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.incidents.queries import (
    board_incidents,
    incident_rows,
    open_incidents,
    possible_duplicates,
    timeline,
)
from maplebridge.journal.models import Private
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import PUBLIC
from maplebridge.places.models import Area

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


# reads


def test_an_actor_bound_to_an_area_sees_that_area_alone(areas, report, user_of):
    west, _east = report(lon=24.91, lat=60.15), report(lon=24.99, lat=60.15)
    bound = acting(user_of("dispatcher", area_code="beat"))
    assert list(open_incidents(bound)) == [west]
    assert not Incident.objects.visible_to(PUBLIC).exists()


def test_rows_take_the_same_few_queries_for_one_and_for_many(report, desk, noon, django_assert_max_num_queries):
    for _n in range(12):
        report()
    with django_assert_max_num_queries(3):
        assert len(incident_rows(open_incidents(desk))) == 12


def test_the_board_keeps_what_ended_in_the_last_half_hour(report, desk, noon):
    incident = report()
    actions.close_incident(desk, incident=incident, disposition="01", at=noon)
    assert board_incidents(desk, at=noon + timedelta(minutes=29)).count() == 1
    assert board_incidents(desk, at=noon + timedelta(minutes=31)).count() == 0


def test_likely_duplicates_are_open_near_recent_and_not_itself(report, desk, noon):
    same, _far, closed = report(lon=24.94), report(lon=24.98), report(lon=24.94)
    actions.close_incident(desk, incident=closed, disposition="01", at=noon)
    kind = IncidentType.objects.get(code="noise")
    rows = possible_duplicates(desk, lon=24.9401, lat=60.17, type=kind, at=noon + MINUTE)
    assert [row["id"] for row in rows] == [same.pk]
    assert not possible_duplicates(desk, lon=24.9401, lat=60.17, type=kind, at=noon, but=same.pk)
    assert possible_duplicates(desk, lon=24.9401, lat=60.17, at=noon)


def test_the_timeline_tells_everything_as_sentences_also_after_erasure(report, desk, noon):
    incident, other = report("noise", narrative="loud music"), report(narrative="the same music")
    actions.merge_incidents(desk, incident=other, into=incident, at=noon)
    actions.add_note(desk, incident=incident, text="called back", at=noon)
    actions.close_incident(desk, incident=incident, disposition="02", at=noon)
    told = [row["sentence"] for row in timeline(incident)]
    assert told == [
        "Reported 0001 by call: Noise, priority 7. loud music",
        "Reported 0002 by call: Noise, priority 7. the same music",
        "0002 merged into 0001.",
        "called back",
        "Closed: advised on the spot.",
    ]
    Private.objects.all().delete()
    assert "(erased)" in timeline(incident)[3]["sentence"]


def test_an_incident_that_vanished_is_a_sentence(desk, city, noon):
    with pytest.raises(NotFound):
        actions.add_note(desk, incident=Incident(pk=404), text="x", at=noon)


def test_areas_in_a_ring_do_not_hang_the_report(areas, report):
    district, beat = areas
    Area.objects.filter(pk=district.pk).update(parent=beat)
    assert report(lon=24.91, lat=60.15).area_code == "beat"


def river_town(folder):
    """Two streets 110 m apart with a river between them; the bridge is 1.4 km to the east."""
    nodes = [(1, 24.939, 60.170), (2, 24.965, 60.170), (3, 24.965, 60.171), (4, 24.939, 60.171)]
    points = "".join(f'<node id="{i}" version="1" lon="{lon}" lat="{lat}"/>' for i, lon, lat in nodes)
    refs = "".join(f'<nd ref="{i}"/>' for i, _lon, _lat in nodes)
    way = f'<way id="1" version="1">{refs}<tag k="highway" v="residential"/></way>'
    file = folder / "river.osm"
    file.write_text(f'<osm version="0.6">{points}{way}</osm>')
    return file


def test_the_other_bank_of_a_river_is_not_the_same_place(report, desk, noon, tmp_path, monkeypatch):
    from maplebridge.incidents.queries import duplicates
    from maplebridge.places.roads.network import Roads, build

    build(river_town(tmp_path), tmp_path / "roads")
    monkeypatch.setattr(duplicates, "road_network", lambda: Roads.load(tmp_path / "roads"))
    along, across = report(lon=24.942, lat=60.170), report(lon=24.940, lat=60.171)
    rows = possible_duplicates(desk, lon=24.940, lat=60.170, type=along.type, at=noon)
    assert [row["id"] for row in rows] == [along.pk]
    assert "110 m away by road" in rows[0]["why"]
    assert across.pk not in [row["id"] for row in rows]
