"""The tile encoder, against the reference decoder."""

import gzip

import mapbox_vector_tile
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from maplebridge.places.mvt import LINE, POINT, POLYGON, encode_layer, encode_tile, varint, varints
from maplebridge.places.tiles import MAX_ZOOM, MIN_ZOOM, cut, layer_of, to_world

coordinate = st.floats(-80, 4176)
point = st.tuples(coordinate, coordinate)
line = st.lists(point, min_size=2, max_size=12).map(shapely.LineString)
centre, radius = st.tuples(st.floats(200, 3900), st.floats(200, 3900)), st.floats(8, 150)


def decoded(kind, shapes, properties=None):
    rows = properties or [{"i": i} for i in range(len(shapes))]
    tile = encode_tile([encode_layer("layer", kind, np.array(shapes, object), rows)])
    found = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}) if tile else {}
    return found.get("layer", {"features": []})["features"]


@given(st.lists(line, min_size=1, max_size=6))
def test_lines_come_back_within_half_a_unit(lines):
    found = {f["properties"]["i"]: shapely.geometry.shape(f["geometry"]) for f in decoded(LINE, lines)}
    for i, original in enumerate(lines):
        rounded = np.rint(shapely.get_coordinates(original))
        if len(np.unique(rounded, axis=0)) > 1:
            assert shapely.hausdorff_distance(found[i], original) <= 0.71
        else:
            assert i not in found


@given(st.lists(point, min_size=1, max_size=8))
def test_points_come_back_within_half_a_unit(points):
    found = decoded(POINT, [shapely.Point(p) for p in points])
    assert [f["geometry"]["coordinates"] for f in found] == [[round(x), round(y)] for x, y in points]


@given(st.lists(st.tuples(centre, radius, st.booleans()), min_size=1, max_size=5))
def test_polygons_keep_their_area_their_holes_and_the_order_the_standard_asks_for(rows):
    shapes = []
    for (x, y), size, hole in rows:
        disc = shapely.Point(x, y).buffer(size)
        shapes.append(disc.difference(shapely.Point(x, y).buffer(size / 2)) if hole else disc)
    found = decoded(POLYGON, shapes)
    assert len(found) == len(shapes)
    for feature, original in zip(found, shapes, strict=True):
        polygon = shapely.geometry.shape(feature["geometry"])
        assert len(polygon.interiors) == len(original.interiors)
        assert shapely.hausdorff_distance(polygon, original) <= 1.0
        ring = np.array(feature["geometry"]["coordinates"][0])
        twice = (ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum()
        assert twice > 0  # clockwise with y down: an exterior ring of version 2


def test_a_multipolygon_with_a_vanishing_part_loses_only_that():
    large, tiny = shapely.box(10, 10, 90, 90), shapely.box(500, 500, 500.2, 500.2)
    (feature,) = decoded(POLYGON, [shapely.MultiPolygon([tiny, large])])
    assert shapely.geometry.shape(feature["geometry"]).equals(large)


def test_properties_of_both_types_come_back():
    rows = [{"name": "Kalevankatu", "oneway": 1}, {"name": "建设路"}, {}]
    points = [shapely.Point(i, i) for i in range(3)]
    assert [f["properties"] for f in decoded(POINT, points, rows)] == rows


def test_an_empty_layer_is_no_layer():
    assert encode_layer("none", LINE, np.array([], object), []) == b""
    assert encode_layer("none", LINE, np.array([shapely.LineString([(1, 1), (1.1, 1.1)])], object), [{}]) == b""
    assert encode_tile([b"", b""]) == b""


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_many_varints_are_as_each_alone(values):
    data, offsets = varints(np.array(values, np.int64))
    assert data == b"".join(varint(value) for value in values)
    assert offsets[-1] == len(data)


def test_progress_only_grows_and_ends_at_one():
    streets = np.array([shapely.LineString([(24 + i / 20, 60), (24 + i / 20, 60.3)]) for i in range(6)], object)
    seen = []
    tiles = list(cut([layer_of("street", LINE, streets, [{}] * 6, [MIN_ZOOM] * 6)], seen.append))
    assert tiles and seen == sorted(seen) and seen[-1] == 1.0
    assert len({tile[:3] for tile in tiles}) == len(tiles)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(24.9, 25.0), st.floats(60.1, 60.2)), min_size=2, max_size=6, unique=True))
def test_a_street_is_in_every_tile_it_passes_within_a_unit_of_its_place(path):
    street = shapely.LineString(path)
    layer = layer_of("street", LINE, np.array([street], object), [{"class": "major"}], [MIN_ZOOM])
    for z, x, y, data in cut([layer]):
        (feature,) = mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})["street"][
            "features"
        ]
        found = shapely.geometry.shape(feature["geometry"])
        whole = shapely.transform(shapely.transform(street, to_world), lambda p: (p * 2**z - (x, y)) * 4096)  # noqa: B023
        slack = 2.0 if z == MAX_ZOOM else 6.5  # simplified by 1 unit at the last zoom and by 5 before, then rounded
        assert all(whole.distance(shapely.Point(p)) <= slack for p in shapely.get_coordinates(found))
