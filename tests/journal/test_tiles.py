"""Tiles: their addresses, and that a tree read from them is the tree itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maplebridge.journal.tiles import DEEPEST, WIDTH, Tile, TiledTree, index_path, read_index, tile_of
from maplebridge.journal.tree import ProofFault, leaf_hash, root_of, verify_inclusion

LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(70_000)]


def read(tile):
    """Tiles by the definition: at level L the roots over runs of 256 to the power L leaves."""
    run = WIDTH**tile.level
    first = tile.index * WIDTH
    return b"".join(root_of(LEAVES[n * run : (n + 1) * run]) for n in range(first, first + tile.width))


@pytest.mark.parametrize(
    ("index", "path"), [(0, "000"), (67, "067"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")]
)
def test_an_index_is_written_in_groups_of_three(index, path):
    assert index_path(index) == path
    assert read_index(path) == index


@pytest.mark.parametrize(
    "path", ["", "0", "00", "0000", "x000/001", "001/002", "x01/000", "-01", "００１", "001/", "x" * 99]
)
def test_any_other_address_of_a_tile_is_none(path):
    assert read_index(path) is None


@given(st.integers(0, 10**12))
def test_every_index_is_read_back(index):
    assert read_index(index_path(index)) == index


@pytest.mark.parametrize(
    ("level", "index", "size", "width"),
    [(0, 0, 1, 1), (0, 0, 256, 256), (0, 1, 256, None), (0, 1, 257, 1), (1, 0, 255, None), (1, 0, 256, 1),
     (1, 0, 70_000, 256), (1, 1, 70_000, 17), (2, 0, 70_000, 1), (DEEPEST + 1, 0, 2**63, None)],
)  # fmt: skip
def test_a_tile_holds_the_whole_nodes_that_there_are(level, index, size, width):
    assert tile_of(level, index, size=size) == (Tile(level, index, width) if width else None)


def test_a_full_tile_keeps_its_address_and_a_partial_one_says_its_width():
    assert Tile(0, 1234067).path == "0/x001/x234/067"
    assert Tile(1, 3, 17).path == "1/003.p/17"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_the_tree_read_from_tiles_has_the_root_of_its_leaves(size):
    assert TiledTree(size, read).root() == root_of(LEAVES[:size])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 2999))
def test_proofs_made_from_tiles_hold(one, other, index):
    old, new = sorted((one, other))
    tree, root = TiledTree(new, read), root_of(LEAVES[:new])
    tree.must_begin_with(old, root_of(LEAVES[:old]))
    index %= new
    verify_inclusion(index, new, LEAVES[index], root, tree.inclusion(index))
    with pytest.raises(ProofFault):
        tree.must_begin_with(old, leaf_hash(b"another"))
