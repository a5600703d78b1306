"""The Merkle tree against the roots of the RFC 6962 reference implementation and the transparency-dev test data."""

import base64
import json
import tarfile
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.journal.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_roots_agree_with_the_reference_implementation_of_rfc_6962(size):
    assert root_of(leaf_hash(leaf) for leaf in LEAVES[:size]).hex() == ROOTS[size]


def recursive_root(leaves):
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_growing_edge_gives_the_root_of_the_definition(entries):
    leaves = [leaf_hash(entry) for entry in entries]
    assert root_of(leaves) == recursive_root(leaves)


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_an_edge_that_was_packed_and_unpacked_grows_on_as_if_it_never_was(first, second):
    edge = Frontier()
    for entry in first:
        edge.append(leaf_hash(entry))
    again = Frontier.from_bytes(edge.size, edge.to_bytes())
    for entry in second:
        again.append(leaf_hash(entry))
    assert again.root() == root_of(leaf_hash(entry) for entry in first + second)


def test_an_edge_that_does_not_fit_its_size_is_refused():
    with pytest.raises(ValueError, match="one peak for each set bit"):
        Frontier.from_bytes(3, leaf_hash(b"one"))
    assert Frontier().root() == EMPTY_ROOT


@pytest.mark.data
def test_the_test_data_of_transparency_dev_has_our_roots(shared_data):
    seen = 0
    with tarfile.open(shared_data / "merkle" / "transparency-dev-merkle-testdata.tar.gz") as archive:
        for member in archive.getmembers():
            if member.name.startswith("./consistency/") and member.name.endswith("happy-path.json"):
                case = json.load(archive.extractfile(member))
                for size, root in ((case["size1"], case["root1"]), (case["size2"], case["root2"])):
                    if size <= len(LEAVES) and root:
                        assert base64.b64decode(root).hex() == ROOTS[size]
                        seen += 1
    assert seen > 4
