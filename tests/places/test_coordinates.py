"""Coordinates as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.places.coordinates import parse_coordinates


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("60.17, 24.94", 24.94, 60.17),
        ("60.17 24.94", 24.94, 60.17),
        ("(60.17; 24.94)", 24.94, 60.17),
        ("24.94E 60.17N", 24.94, 60.17),
        ("N60.17 E24.94", 24.94, 60.17),
        ("60.17° N, 24.94° E", 24.94, 60.17),
        ("60°10.2'N 24°56.4'E", 24.94, 60.17),
        ("60° 10′ 12″ N, 24° 56′ 24″ E", 24.94, 60.17),
        ("-8.61, 41.15", 41.15, -8.61),
        ("8.61W 41.15N", -8.61, 41.15),
        ("41.15 -8.61", -8.61, 41.15),
        ("121.47, 31.23", 121.47, 31.23),
        ("北纬31.23 东经121.47", 121.47, 31.23),
        ("东经121.47，北纬31.23", 121.47, 31.23),
        ("lat: 60.17, lon: 24.94", 24.94, 60.17),
    ],
)
def test_coordinates_are_read_in_every_usual_form(text, lon, lat):
    found = parse_coordinates(text)
    assert found == pytest.approx((lon, lat), abs=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "Kalevankatu 14",
        "14 16",
        "60.17",
        "95.0 200.0",
        "60.17N 24.94N",
        "60°75'N 24°1'E",
        "",
        "1.2.3, 4",
        "N 60 N, E 24",
    ],
)
def test_other_text_is_no_coordinate(text):
    assert parse_coordinates(text) is None


def test_without_letters_the_order_that_lies_in_the_city_wins():
    def in_porto(lon, lat):
        return -9 < lon < -8 and 40 < lat < 42

    assert parse_coordinates("-8.61, 41.15", in_porto) == (-8.61, 41.15)
    assert parse_coordinates("41.15, -8.61", in_porto) == (-8.61, 41.15)


@given(st.floats(-180, 180).map(lambda x: round(x, 6)), st.floats(-90, 90).map(lambda x: round(x, 6)))
def test_what_is_written_with_letters_is_read_back(lon, lat):
    text = f"{abs(lat):.6f}{'S' if lat < 0 else 'N'} {abs(lon):.6f}{'W' if lon < 0 else 'E'}"
    assert parse_coordinates(text) == pytest.approx((lon, lat), abs=1e-9)


@given(st.text(max_size=40))
def test_no_text_makes_it_fail(text):
    found = parse_coordinates(text)
    assert found is None or (-180 <= found[0] <= 180 and -90 <= found[1] <= 90)
