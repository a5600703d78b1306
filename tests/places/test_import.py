"""Import of a city: what comes in, what stays on a second run, what bad files do."""

import json

import pytest

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.people.actor import Actor
from maplebridge.places import queries
from maplebridge.places.actions import CannotImportAreas, CannotSetSpeeds, import_areas, import_city, set_speeds
from maplebridge.places.areas import AreaOptions, CannotReadAreas
from maplebridge.places.models import Area, City, Place
from maplebridge.places.osm import CannotReadMap
from maplebridge.places.register.actions.divisions import import_divisions
from maplebridge.places.register.rules.divisions import Division

from handmade_town import LAT, LON, areas_json, point, way, write_town  # isort: skip

pytestmark = pytest.mark.django_db(transaction=True)


def places(kind):
    return {place.name: place for place in Place.objects.filter(kind=kind, gone=False)}


def test_streets_corners_addresses_and_places_come_in(city):
    assert set(places("street")) == {"Maple Street", "Ångström Street"}
    assert places("street")["Maple Street"].name_zh == "枫树街"
    corner = places("crossing")["Maple Street & Ångström Street"]
    assert (corner.lon, corner.lat) == pytest.approx(point(1, 0))
    assert set(places("address")) == {f"Maple Street {n}" for n in ("2", "4", "4A", "5", "8")}
    assert {"Fruit & Veg", "Old Park", "Helsinki Station"} <= set(places("poi"))
    assert places("poi")["Helsinki Station"].name_zh == "赫尔辛基站"


def test_the_city_knows_its_name_box_and_whose_data_it_is(city):
    assert (city.name, city.time_zone, city.attribution) == (
        "Mapleton",
        "Europe/Helsinki",
        "© OpenStreetMap contributors",
    )
    assert city.bbox == pytest.approx((24.939, 60.168, 24.944, 60.172))
    assert city.holds(LON, LAT) and not city.holds(0, 0)


def test_one_import_is_one_entry_with_counts(city):
    (entry,) = Entry.objects.filter(verb="places.city_imported")
    facts = json.loads(entry.body)["facts"]
    assert facts["places"]["address"] == 5 and facts["areas"] == {"areas": 3, "gone": 0}


def test_the_same_files_again_change_nothing(city, machine, noon, town, beats):
    report = import_city(machine, roads=town, areas=beats, at=noon)
    assert not report.fresh and Entry.objects.filter(verb="places.city_imported").count() == 1


def test_an_update_keeps_ids_and_marks_what_vanished(city, machine, noon, town):
    before = dict(Place.objects.values_list("key", "id"))
    write_town(town, shop="", second="Angstrom Road")
    report = import_city(machine, roads=town, at=noon)
    after = dict(Place.objects.values_list("key", "id"))
    assert before.items() <= after.items()
    shop = Place.objects.get(name="Fruit & Veg")
    assert shop.gone and report.counts["gone"] == 2  # the shop, and the corner with the old name
    renamed = Place.objects.get(name="Angstrom Road")
    assert before[renamed.key] == renamed.pk
    assert Area.objects.filter(gone=False).count() == 3, "areas stay when only the map is new"


def test_what_vanished_comes_back_under_its_old_id(city, machine, noon, town):
    shop = Place.objects.get(name="Fruit & Veg").pk
    import_city(machine, roads=write_town(town, shop=""), at=noon)
    import_city(machine, roads=write_town(town), at=noon)
    assert Place.objects.get(name="Fruit & Veg", gone=False).pk == shop


def test_an_interrupted_import_goes_on_with_what_is_missing(machine, noon, town, monkeypatch):
    stages = []
    with monkeypatch.context() as broken:
        broken.setattr("maplebridge.places.edition.build", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            import_city(machine, roads=town, at=noon)
    assert City.objects.count() == 0
    monkeypatch.setattr("maplebridge.places.edition.read_map", None)  # would fail if it were called again
    report = import_city(machine, roads=town, at=noon, progress=lambda stage, share: stages.append((stage, share)))
    assert report.fresh and report.counts["street"] == 2
    assert all(0 <= share <= 1 for _stage, share in stages) and len({stage for stage, _share in stages}) >= 2


def test_progress_names_every_stage_and_never_leaves_zero_to_one(machine, noon, town):
    seen = []
    import_city(machine, roads=town, at=noon, progress=lambda stage, share: seen.append((stage, share)))
    assert len(dict(seen)) >= 4 and all(0 <= share <= 1 for _stage, share in seen)


def broken_pbf(file):
    file.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c" + b"junk" * 40)


def cut_short(file):
    file.write_text(file.read_text()[: len(file.read_text()) // 2])


def no_streets(file):
    file.write_text('<osm version="0.6"><node id="1" version="1" lon="1" lat="1"/></osm>')


def no_nodes(file):
    file.write_text(f'<osm version="0.6">{way(1, [1, 2], highway="residential", name="A")}</osm>')


def empty(file):
    file.write_bytes(b"")


@pytest.mark.parametrize("spoil", [broken_pbf, cut_short, no_streets, no_nodes, empty])
def test_a_bad_map_is_a_sentence_and_the_city_stays(city, machine, noon, tmp_path, spoil):
    bad = write_town(tmp_path / ("bad.osm.pbf" if spoil is broken_pbf else "bad.osm"))
    spoil(bad)
    places_before, edition = Place.objects.filter(gone=False).count(), City.objects.get().edition
    with pytest.raises(CannotReadMap) as refused:
        import_city(machine, roads=bad, at=noon)
    assert bad.name in refused.value.sentence and refused.value.sentence.endswith(".")
    assert (Place.objects.filter(gone=False).count(), City.objects.get().edition) == (places_before, edition)
    assert queries.tile_archive(city.map_edition) is not None and not queries.road_network().mode("car").is_estimate


def test_a_map_that_is_not_there_is_a_sentence(machine, noon, tmp_path):
    with pytest.raises(CannotReadMap, match=r"no file .*nowhere\.osm\.pbf"):
        import_city(machine, roads=tmp_path / "nowhere.osm.pbf", at=noon)


POLYGON = areas_json()["features"][0]["geometry"]


def one_area(geometry):
    return json.dumps({"features": [{"properties": {"id": 1}, "geometry": geometry}]})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not valid GeoJSON"),
        ("[]", "no GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "holds no areas"),
        (one_area({"type": "Point", "coordinates": [1, 2]}), "no polygon"),
        (one_area({"type": "Polygon", "coordinates": 7}), "no usable shape"),
        (json.dumps({"features": [{"properties": {"colour": "red"}, "geometry": POLYGON}] * 2}), "colour"),
        (one_area({"type": "Polygon", "coordinates": [[[4e5, 6e6], [5e5, 6e6], [5e5, 7e6], [4e5, 6e6]]]}), "WGS 84"),
    ],
)
def test_bad_areas_are_a_sentence_and_the_city_stays(city, machine, noon, town, tmp_path, content, says):
    bad = tmp_path / "bad.geojson"
    bad.write_text(content)
    with pytest.raises(CannotReadAreas, match=says):
        import_city(machine, roads=town, areas=bad, at=noon)
    assert Area.objects.filter(gone=False).count() == 3


def test_areas_find_their_codes_names_and_hierarchy_by_themselves(city):
    west = Area.objects.get(code="W")
    assert (west.name, west.name_zh, west.parent.code, west.path, west.level) == ("西区", "西区", "D", "/D/W/", 1)
    assert queries.area_at(24.9405, 60.17).path == "/D/W/"
    assert queries.area_at(24.945, 60.17).code == "E"
    assert queries.area_at(0, 0) is None


def test_areas_alone_can_be_updated(city, machine, noon, tmp_path):
    fewer = areas_json()
    fewer["features"] = fewer["features"][:2]
    file = tmp_path / "fewer.geojson"
    file.write_text(json.dumps(fewer))
    assert import_areas(machine, file=file, at=noon) == {"areas": 2, "gone": 1}
    assert queries.area_at(24.945, 60.17).code == "D"


def test_an_area_changed_in_place_is_seen_by_a_server_that_runs(city, machine, noon, beats):
    """The same file read otherwise, and a table of divisions: edition, number and keys of the areas stay."""
    assert queries.area_at(24.9405, 60.17).name == "西区"
    import_areas(machine, file=beats, options=AreaOptions(name="BEAT"), at=noon)
    assert queries.area_at(24.9405, 60.17).name == "W"
    renamed = Division("W", "Westend", "西头", "", "village")
    import_divisions(machine, divisions=[renamed], at=noon)
    assert queries.area_at(24.9405, 60.17).name == "Westend"
    assert "Westend" in [each["properties"].get("name") for each in queries.area_boundaries()["features"]]
    assert "Westend" in [hit.name for hit in queries.search_places("Westend")]


def test_areas_need_a_city(machine, noon, beats):
    with pytest.raises(CannotImportAreas):
        import_areas(machine, file=beats, at=noon)


def test_an_unknown_time_zone_is_refused_before_anything_is_read(machine, noon, town):
    with pytest.raises(BadInput) as refused:
        import_city(machine, roads=town, time_zone="Mars/Olympus", at=noon)
    assert refused.value.field == "time_zone"


def test_only_who_may_edit_places_imports(dispatcher, noon, town):
    with pytest.raises(NotAllowed):
        import_city(dispatcher, roads=town, at=noon)


def test_speeds_by_hand_change_the_roads_and_are_journaled(city, machine, noon):
    corner, end = point(1, 0), point(3, 0)
    before = queries.road_network().mode("car").route(*corner, *end).seconds
    set_speeds(machine, speeds={"residential": 5}, at=noon)
    after = queries.road_network().mode("car").route(*corner, *end).seconds
    assert after > before * 2
    assert Entry.objects.filter(verb="places.speeds_set").count() == 1


def test_speeds_that_make_no_sense_are_refused(city, machine, noon):
    with pytest.raises(CannotSetSpeeds):
        set_speeds(machine, speeds={"submarine": {"residential": 5}}, at=noon)
    assert City.objects.get().speeds == {}


def test_refusals_carry_codes_for_programs():
    assert issubclass(CannotReadMap, Refused) and CannotReadMap("x").code == "cannot_read_map"


def test_a_chief_may_import(noon, town):
    chief = Actor(ref="user:9", name="Chief", role="chief")
    assert import_city(chief, roads=town, at=noon).fresh
