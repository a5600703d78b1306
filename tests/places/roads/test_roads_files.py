"""Files as they come: broken, cut short, empty, odd. And what building leaves behind."""

import json
import os
import random
import time

import numpy as np
import pytest
from roads_town import DATA, Town, lonlat
from test_roads_small_town import cross

from maplebridge.places.roads import build as building
from maplebridge.places.roads.build import build, read_stamp
from maplebridge.places.roads.modes import MODES, SpeedTable
from maplebridge.places.roads.network import Roads, StraightLine
from maplebridge.places.roads.read import RoadFileUnreadable, read_roads

TABLE = SpeedTable.of(None)
REAL = [DATA / "dc" / "washington-dc-nw.osm.pbf", DATA / "roads" / "gh_monaco.osm.gz"]
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data folder is not beside the repository")


@pytest.mark.parametrize(("name", "content"), [
    ("a.osm.pbf", b""), ("a.osm.pbf", b"not a road file at all"), ("a.osm", b"<osm version='0.6'><node id="),
    ("a.osm", b"<html><body>404</body></html>"), ("a.osm.gz", b"\x1f\x8b\x08\x00broken"), ("a.osm", b""),
    ("a.txt", b"hello"), ("a.osm", b'<osm version="0.6"></osm>'), ("a.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"),
    ("a.osm", b'<osm version="0.6"><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>'),
    ("a.osm", b'<osm version="0.6"><node id="x" lat="95" lon="500"/></osm>'), ("a.geojson", b'{"type": "Feature"}'),
])  # fmt: skip
def test_a_broken_file_is_refused_with_a_sentence(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RoadFileUnreadable) as refusal:
        build(path, tmp_path / "roads")
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith((".", ").", "nodes."))
    assert not (tmp_path / "roads").exists()


def test_a_missing_file_or_a_folder_is_refused_with_a_sentence(tmp_path):
    for path in (tmp_path / "nothing.osm.pbf", tmp_path):
        with pytest.raises(RoadFileUnreadable, match="There is no file"):
            build(path, tmp_path / "roads")


@needs_data
@pytest.mark.parametrize("real", REAL, ids=lambda path: path.name)
def test_a_real_file_cut_short_or_damaged_is_read_or_refused_but_never_crashes(tmp_path, real):
    whole = real.read_bytes()
    rng = random.Random(7)
    refused = 0
    for i in range(24):
        data = bytearray(whole)
        if i % 2:
            del data[rng.randrange(1, len(data)) :]
        else:
            for _ in range(20):
                data[rng.randrange(len(data))] = rng.randrange(256)
        path = tmp_path / real.name
        path.write_bytes(data)
        try:
            read_roads(path, TABLE)
        except RoadFileUnreadable:
            refused += 1
    assert refused >= 12


def test_a_way_that_leaves_the_file_is_kept_as_far_as_it_is_known(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(4, 300, 0).node(5, 400, 0).way(1, [1, 2, 3, 4, 5])
    raw = read_roads(town.write(tmp_path), TABLE)
    assert sorted(np.round(raw.seg_metres).tolist()) == [100, 100]


def test_a_second_build_does_nothing_and_other_speeds_build_anew(tmp_path):
    path = cross().write(tmp_path)
    first = build(path, tmp_path / "roads")
    again = build(path, tmp_path / "roads")
    assert (first.fresh, again.fresh) == (True, False)
    assert again.modes == first.modes
    faster = build(path, tmp_path / "roads", speeds={"residential": 40})
    assert faster.fresh
    assert faster.sha256 != first.sha256


def test_progress_runs_from_start_to_end(tmp_path):
    told = []
    build(cross().write(tmp_path), tmp_path / "roads", progress=lambda text, share: told.append((text, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(text for text, _ in told)


def test_a_build_that_fails_half_way_leaves_the_old_roads_in_force(tmp_path, monkeypatch):
    town = cross()
    build(town.write(tmp_path), tmp_path / "roads")
    before = read_stamp(tmp_path / "roads")
    town.node(30, 300, 0).way(30, [3, 30])

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(building, "grow", fail)
    with pytest.raises(OSError, match="disk full"):
        build(town.write(tmp_path), tmp_path / "roads")
    assert read_stamp(tmp_path / "roads") == before
    assert sorted(path.name for path in (tmp_path / "roads").iterdir()) == sorted([before["version"], "roads.json"])


def test_open_networks_stay_good_while_new_ones_are_built(tmp_path):
    town = cross()
    build(town.write(tmp_path), tmp_path / "roads", speeds={"fixed": 36})
    roads = Roads.load(tmp_path / "roads")
    network = roads.mode("car")
    assert roads.is_current
    build(town.write(tmp_path), tmp_path / "roads", speeds={"fixed": 72})
    assert not roads.is_current
    assert town.seconds(network, (-50, 0), (50, 0)) == pytest.approx(10, abs=0.02)
    assert town.seconds(Roads.load(tmp_path / "roads").mode("car"), (-50, 0), (50, 0)) == pytest.approx(5, abs=0.02)


def test_versions_nobody_needs_are_swept_but_not_the_last(tmp_path):
    path = cross().write(tmp_path)
    versions = []
    for kmh in (20, 30, 40):
        build(path, tmp_path / "roads", speeds={"fixed": kmh})
        versions.append(read_stamp(tmp_path / "roads")["version"])
        for folder in (tmp_path / "roads").iterdir():
            os.utime(folder, (time.time() - 3600,) * 2)
    left = {folder.name for folder in (tmp_path / "roads").iterdir() if folder.is_dir()}
    assert left == set(versions[1:])


def test_arrays_are_mapped_read_only(tmp_path):
    network = cross().network(tmp_path)
    for array in network.graph:
        assert not array.flags.writeable


def test_without_roads_every_mode_is_a_straight_line_that_says_so(tmp_path):
    for roads in (Roads.load(None), Roads.load(tmp_path)):
        for mode in MODES:
            assert isinstance(roads.mode(mode), StraightLine)
            assert roads.mode(mode).is_estimate
    with pytest.raises(KeyError):
        Roads.load(None).mode("submarine")


def test_a_damaged_stamp_counts_as_none(tmp_path):
    build(cross().write(tmp_path), tmp_path / "roads")
    (tmp_path / "roads" / "roads.json").write_text('{"format": 2, "ver')
    assert read_stamp(tmp_path / "roads") is None
    assert build(cross().write(tmp_path), tmp_path / "roads").fresh
    assert json.loads((tmp_path / "roads" / "roads.json").read_text())["source"] == "town.osm"


def test_a_mode_without_streets_falls_back_to_the_straight_line(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).way(1, [1, 2], highway="footway", bicycle="no")
    build(town.write(tmp_path), tmp_path / "roads")
    roads = Roads.load(tmp_path / "roads")
    assert not roads.mode("foot").is_estimate
    assert roads.mode("car").is_estimate
    assert roads.mode("car").nearest(*lonlat(0, 0), roads.mode("car").snap(*[[c] for c in lonlat(50, 0)]), 1)
