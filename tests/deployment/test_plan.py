"""The drawing of a study: to scale, north up, all of it on the page, streets thinned to what paper bears."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import mapping

from maplebridge.deployment import plan
from maplebridge.deployment.layout import Layout, Post
from maplebridge.places import street_lines

PLACES = st.lists(st.tuples(st.floats(24.8, 25.1), st.floats(60.1, 60.3)), min_size=1, max_size=6)


def layout(places, kind="foot"):
    return Layout("", tuple(Post(str(n), kind, lon, lat) for n, (lon, lat) in enumerate(places)))


@pytest.fixture(autouse=True)
def no_city(monkeypatch):
    monkeypatch.setattr(plan, "streets_within", lambda box, most: [])
    monkeypatch.setattr(plan, "outlines_within", lambda box: [])


@given(PLACES, PLACES)
def test_all_posts_lie_on_the_page_and_north_is_up(a, b):
    found = plan.drawing((layout(a), layout(b)), (None, None))
    marks = [mark for side in found["marks"] for mark in side]
    assert all(0 <= x <= found["width"] and 0 <= y <= found["height"] for x, y, _letter in marks)
    assert found["width"] <= plan.WIDTH + 0.1 and found["height"] <= plan.HEIGHT + 0.1
    northmost = max(zip([*a, *b], marks, strict=True), key=lambda pair: pair[0][1])
    assert northmost[1][1] <= min(y for _x, y, _letter in marks) + 0.1


def test_the_bar_of_the_scale_is_as_long_as_it_says():
    found = plan.drawing((layout([(24.90, 60.2)]), layout([(24.9, 60.209)])), (None, None))  # 1,000 m apart
    (one,), (other,) = found["marks"]
    apart = abs(one[1] - other[1])
    metres = int(found["bar_name"].split()[0])
    assert found["bar"] / metres == pytest.approx(apart / 1000.8, rel=0.01)


def test_reach_of_several_pieces_is_drawn_piece_by_piece():
    two = mapping(shapely.MultiPolygon([shapely.box(24.9, 60.1, 24.91, 60.11), shapely.box(24.92, 60.1, 24.93, 60.11)]))
    found = plan.drawing((layout([(24.9, 60.1)]), layout([(24.9, 60.1)])), (None, two))
    assert [len(rings) for rings in found["reach"]] == [0, 2]
    assert found["paths"]["reach"][1].count("M") == 2


def test_where_there_are_too_many_streets_the_longest_names_stay(monkeypatch, tmp_path):
    coords = np.array([[24.9, 60.1], [24.95, 60.1], [24.9, 60.11], [24.91, 60.11], [24.9, 60.2], [24.99, 60.2]])
    line = np.array([0, 0, 1, 1, 2, 2])
    monkeypatch.setattr(
        street_lines, "read_streets", lambda _file: (coords, line, ["Main", "Short", "Outside"], [""] * 3)
    )
    monkeypatch.setattr(street_lines, "city_directory", lambda: tmp_path)
    monkeypatch.setattr(street_lines, "current_city", lambda: type("City", (), {"map_edition": "e"}))
    (tmp_path / "editions" / "e").mkdir(parents=True)
    (tmp_path / "editions" / "e" / "streets.npz").touch()
    box = (24.89, 60.09, 24.96, 60.15)
    assert len(street_lines.streets_within(box, most=10)) == 2
    assert street_lines.streets_within(box, most=3) == [[(24.9, 60.1), (24.95, 60.1)]]
