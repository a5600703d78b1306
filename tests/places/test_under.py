"""Areas at or below a code: asked of the database as Python asks it, on SQLite and on PostgreSQL."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from maplebridge.places.models import Area

PATHS = {"T": "/T/", "t": "/t/", "v1": "/T/v1/", "V1": "/t/V1/", "a_b": "/T/a_b/", "axb": "/T/axb/", "1%": "/T/1%/",
         "12": "/T/12/", "bare": "", "h": "/T/v1/h/", "far": "/elsewhere/far/"}  # fmt: skip


def grow():
    Area.objects.bulk_create([Area(code=code, name=code, path=path) for code, path in PATHS.items()])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["T"], {"T", "v1", "a_b", "axb", "1%", "12", "h"}),
        (["t"], {"t", "V1"}),
        (["v1"], {"v1", "h"}),
        (["a_b"], {"a_b"}),
        (["1%"], {"1%"}),
        (["%"], set()),
        (["bare"], {"bare"}),
        (["elsewhere"], {"far"}),
        (["v"], set()),
        (["t", "h"], {"t", "V1", "h"}),
        ([], set()),
    ],
    ids=str,
)
def test_a_code_matches_itself_and_what_lies_in_it_and_nothing_else(codes, found):
    grow()
    assert set(Area.objects.at_or_below(codes).values_list("code", flat=True)) == found


class AsPython(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(st.sets(st.sampled_from([*PATHS, "%", "_", "\\", "V", "elsewhere"]), max_size=3))
    def test_the_database_and_python_agree(self, codes):
        grow()
        expected = {code for code, path in PATHS.items() if any(f"/{each}/" in (path or f"/{code}/") for each in codes)}
        assert set(Area.objects.at_or_below(codes).values_list("code", flat=True)) == expected
