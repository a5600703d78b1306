"""Lines to write street names along."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.places.strokes import label_lines

KM = 0.01  # degrees, about


def lines(*paths):
    return np.array([shapely.LineString([(x * KM, y * KM) for x, y in path]) for path in paths], object)


def test_a_street_cut_at_every_junction_is_one_line():
    (line,) = label_lines(lines([(0, 0), (1, 0)], [(2, 0), (1, 0)], [(2, 0), (3, 0.1)]))
    assert shapely.length(line) > 2.9 * KM


def test_at_a_fork_the_straightest_goes_on_and_the_branch_stays_alone():
    kept = label_lines(lines([(0, 0), (1, 0)], [(1, 0), (2, 0)], [(1, 0), (1.2, 1)]))
    assert sorted(round(shapely.length(line) / KM, 1) for line in kept) == [1.0, 2.0]


def test_twin_carriageways_are_written_on_once():
    near = 0.01  # of KM: some 10 m
    kept = label_lines(lines([(0, 0), (3, 0)], [(2.9, near), (0.1, near)]))
    assert len(kept) == 1


def test_a_street_and_its_parallel_a_block_away_are_both_written_on():
    assert len(label_lines(lines([(0, 0), (3, 0)], [(0, 0.1), (3, 0.1)]))) == 2


def test_a_ring_and_a_doubled_piece_do_no_harm():
    ring = [(0, 0), (1, 0), (1, 1), (0, 0)]
    assert label_lines(lines(ring, [(0, 0), (-1, 0)], [(0, 0), (-1, 0)]))


piece = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=4, unique=True)


@given(st.lists(piece, min_size=1, max_size=8))
def test_nothing_is_written_where_there_is_no_street_and_every_piece_is_written_on_or_beside(paths):
    given_lines = lines(*paths)
    kept = label_lines(given_lines)
    street = shapely.union_all(given_lines)
    assert all(shapely.length(shapely.difference(line, street.buffer(1e-9))) < 1e-9 for line in kept)
    assert max(map(shapely.length, kept)) >= max(map(shapely.length, shapely.get_parts(given_lines))) * 0.5
