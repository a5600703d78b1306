"""Signed notes and verifier keys: the published examples, what is refused, every kind of signature there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.journal.notes import (
    ALGORITHMS,
    COSIGNATURE,
    ED25519,
    MLDSA44_COSIGNATURE,
    NoteFault,
    Signer,
    TreeHead,
    open_note,
    read_head,
    read_key,
)

# The example of the reference implementation that c2sp.org/signed-note was written from.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NOTE = f"{TEXT}\n{LINE}"
OTHER = "— example.com/other AAAAAAAA\n"
ROOT = "A" * 43 + "="
HEAD = TreeHead("city.example/journal", 7, b"r" * 32)


def test_the_published_example_note_verifies():
    opened = open_note(NOTE, [read_key(KEY)])
    assert (opened.text, [str(key) for key in opened.signed_by]) == (TEXT, [KEY])


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    ],
)
def test_verifier_keys_of_other_implementations_are_read_and_written_back(text):
    assert str(read_key(text)) == text


@pytest.mark.parametrize(
    ("note", "says"),
    [
        (NOTE.replace("cryptography", "Cryptography"), "signature of PeterNeumann is false"),
        (NOTE.replace("x08go/ZJ", "x08go/ZK"), "signature of PeterNeumann is false"),
        (f"{TEXT}\n{OTHER}", "none of the keys"),
        (f"{TEXT}\n{LINE.replace('PeterNeumann', 'Peter')}", "none of the keys"),
        (TEXT, "no signed note"),
        (f"{TEXT}\n", "no signed note"),
        (NOTE[:-1], "no signed note"),
        (NOTE.replace("— ", "- "), "signature line cannot be read"),
        (NOTE.replace("=\n", "\n"), "not base64"),
        (NOTE.replace("=\n", "= x\n"), "signature line cannot be read"),
        (NOTE.replace("If", "I\tf"), "control characters"),
        (f"{TEXT}\n{OTHER * 65}", "more than 64"),
        ("x" * 300_000, "too long"),
        ("", "no signed note"),
    ],
)
def test_a_note_that_cannot_be_trusted_is_refused_with_the_reason(note, says):
    with pytest.raises(NoteFault, match=says):
        open_note(note, [read_key(KEY)])


def test_signatures_of_others_are_left_aside_and_do_not_count():
    assert len(open_note(NOTE + OTHER, [read_key(KEY)]).signed_by) == 1
    with pytest.raises(NoteFault, match="none of the keys"):
        open_note(NOTE, [])


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "no verifier key"),
        ("PeterNeumann", "not base64|no verifier key"),
        (KEY.replace("c74f", "c74e"), "damaged"),
        (KEY.replace("PeterN", "PeterM"), "damaged"),
        (KEY[:-4], "damaged|not base64"),
        ("x+00000000+9w==", "not known here"),
        ("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "no verifier key"),
    ],
)
def test_a_key_that_is_none_is_refused(key, says):
    with pytest.raises(NoteFault, match=says):
        read_key(key)


@pytest.mark.parametrize("kind", [ED25519, COSIGNATURE, MLDSA44_COSIGNATURE])
def test_what_each_kind_of_key_signs_its_own_verifier_key_accepts_and_no_other(kind):
    mine, others = Signer("w.example/1", b"k" * 32, kind), Signer("w.example/1", b"j" * 32, kind)
    note = mine.sign(HEAD.text(), moment=1_700_000_000)
    assert open_note(note, [read_key(str(mine.key))]).signed_by == (mine.key,)
    with pytest.raises(NoteFault):
        open_note(note, [others.key])
    with pytest.raises(NoteFault, match="false"):
        open_note(note.replace("\n7\n", "\n8\n"), [mine.key])
    assert len(mine.key.public) == ALGORITHMS[kind].public_bytes


@pytest.mark.parametrize("kind", [COSIGNATURE, MLDSA44_COSIGNATURE])
def test_a_cosignature_holds_for_its_moment_alone(kind):
    mine = Signer("w.example/1", b"k" * 32, kind)
    first, second = (mine.line(HEAD.text(), moment=moment).encode() for moment in (1, 2))
    assert first != second
    assert open_note(f"{HEAD.text()}\n{first.decode()}{second.decode()}", [mine.key]).signed_by == (mine.key,)


def test_a_journal_and_a_witness_sign_one_note():
    log, witness = Signer("city.example/journal", b"l" * 32), Signer("w.example", b"w" * 32, COSIGNATURE)
    note = log.sign(HEAD.text()) + witness.line(HEAD.text(), moment=5)
    assert open_note(note, [log.key, witness.key]).signed_by == (log.key, witness.key)


@given(st.text(st.characters(exclude_categories=("Zs", "Zl", "Zp", "Cc", "Cs"), exclude_characters="+"), min_size=1),
       st.integers(0, 10**18), st.binary(min_size=32, max_size=32))  # fmt: skip
def test_a_checkpoint_is_read_as_it_was_written(origin, size, root):
    head = TreeHead(origin, size, root)
    assert read_head(head.text()) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n7\n",
        "o\n07\nAA==\n",
        "o\n-7\n" + "A" * 43 + "=\n",
        "\n7\n" + "A" * 43 + "=\n",
        "o\n7\nAAAA\n",
        "o\n7\n!\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteFault):
        read_head(text)
