"""The tree beside pymerkle, an implementation by others: same roots, and each side's proofs hold on the other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maplebridge.journal.tree import (
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

pymerkle = pytest.importorskip("pymerkle")


def theirs(entries):
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree


ENTRIES = st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=40)


@settings(max_examples=60)
@given(ENTRIES, st.data())
def test_roots_and_proofs_agree_with_an_implementation_by_others(entries, data):
    leaves, tree = [leaf_hash(entry) for entry in entries], theirs(entries)
    size = len(entries)
    root = root_of(leaves)
    assert tree.get_root() == root
    index = data.draw(st.integers(0, size - 1))
    carried = [root_of(leaves[low:high]) for low, high in inclusion_spans(index, size)]
    verify_inclusion(index, size, leaves[index], root, carried)
    proof = tree.prove_inclusion(index + 1)
    pymerkle.verify_inclusion(leaves[index], root, proof)
    assert [bytes.fromhex(each) for each in proof.serialize()["path"]][1:] == carried
    old = data.draw(st.integers(1, size))
    before = root_of(leaves[:old])
    verify_consistency(
        old, size, before, root, [root_of(leaves[low:high]) for low, high in consistency_spans(old, size)]
    )
    pymerkle.verify_consistency(before, root, tree.prove_consistency(old, size))
