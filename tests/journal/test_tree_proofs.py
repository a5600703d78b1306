"""Proofs of inclusion and consistency against the RFC, random trees, and the hostile cases of transparency-dev."""

import base64
import json
import tarfile

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maplebridge.journal.tree import (
    ProofFault,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(number.to_bytes(2)) for number in range(300)]
SIZES = st.integers(1, 300)


def root(size):
    return root_of(LEAVES[:size])


def carried(spans):
    return [root_of(LEAVES[low:high]) for low, high in spans]


@given(SIZES, st.integers(0, 299))
def test_each_leaf_is_proven_in_each_tree(size, index):
    assume(index < size)
    verify_inclusion(index, size, LEAVES[index], root(size), carried(inclusion_spans(index, size)))


@given(SIZES, SIZES)
def test_each_tree_is_proven_to_be_the_beginning_of_each_larger_one(one, other):
    old, new = sorted((one, other))
    verify_consistency(old, new, root(old), root(new), carried(consistency_spans(old, new)))


def flipped(hashes, which, bit):
    hashes = [bytearray(each) for each in hashes]
    hashes[which % len(hashes)][bit // 8] ^= 1 << bit % 8
    return [bytes(each) for each in hashes]


@given(SIZES, st.integers(0, 299), st.integers(0, 99), st.integers(0, 255))
def test_an_inclusion_proof_with_one_flipped_bit_is_refused(size, index, which, bit):
    assume(index < size)
    leaf, top, *proof = flipped([LEAVES[index], root(size), *carried(inclusion_spans(index, size))], which, bit)
    with pytest.raises(ProofFault):
        verify_inclusion(index, size, leaf, top, proof)


@given(SIZES, SIZES, st.integers(0, 99), st.integers(0, 255))
def test_a_consistency_proof_with_one_flipped_bit_is_refused(one, other, which, bit):
    old, new = sorted((one, other))
    before, after, *proof = flipped([root(old), root(new), *carried(consistency_spans(old, new))], which, bit)
    with pytest.raises(ProofFault):
        verify_consistency(old, new, before, after, proof)


@given(SIZES, SIZES)
def test_a_proof_is_no_longer_than_the_tree_is_deep(one, other):
    old, new = sorted((one, other))
    assert len(inclusion_spans(old - 1, new)) <= (new - 1).bit_length()
    assert len(consistency_spans(old, new)) <= (new - 1).bit_length() + 1


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_is_made_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ProofFault, match="has no leaf"):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 1)])
def test_no_proof_leads_back_or_from_nothing(old, new):
    with pytest.raises(ProofFault, match="no proof leads"):
        consistency_spans(old, new)


def hashes(texts):
    return [base64.b64decode(text) for text in texts or []]


def holds(kind, case):
    """What the RFC's checks say of a case. An empty tree is the beginning of every tree, with an empty proof."""
    proof = hashes(case["proof"])
    try:
        if kind == "inclusion":
            leaf, top = hashes([case["leafHash"], case["root"]])
            verify_inclusion(case["leafIdx"], case["treeSize"], leaf, top, proof)
        else:
            before, after = hashes([case["root1"], case["root2"]])
            verify_consistency(case["size1"], case["size2"], before, after, proof)
    except ProofFault:
        return False
    return True


@pytest.mark.data
def test_all_196_cases_of_transparency_dev_are_judged_as_they_should_be(shared_data):
    judged = {True: 0, False: 0}
    with tarfile.open(shared_data / "merkle" / "transparency-dev-merkle-testdata.tar.gz") as archive:
        for member in archive.getmembers():
            kind = member.name.removeprefix("./").split("/")[0]
            if kind in ("inclusion", "consistency") and member.name.endswith(".json"):
                case = json.load(archive.extractfile(member))
                assert holds(kind, case) is not case["wantErr"], (member.name, case["desc"])
                judged[not case["wantErr"]] += 1
    assert judged == {True: 12, False: 184}
