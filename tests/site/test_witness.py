"""A witness outside: what it accepts, what it catches in a real journal, and that it never signs two histories."""

import random
import shutil

import pytest

from maplebridge.journal.act import act
from maplebridge.journal.checkpoints import _node, make_checkpoint, verifier_key
from maplebridge.journal.models import Checkpoint, Entry, Head
from maplebridge.journal.notes import open_note, read_head
from maplebridge.journal.tree import Frontier, leaf_hash
from maplebridge.journal.witness import Disagreement, Unreachable, Witness, fetch_from
from maplebridge.people.actor import system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def grow(noon, count):
    for number in range(count):
        with act(system("test"), "test.happened", at=noon) as entry:
            entry.about(f"thing:{number}", number=number).keep_private(words=f"words {number}")
    return make_checkpoint(at=noon)


@pytest.fixture
def journal(client):
    """Fetch from the journal as the site gives it out."""

    def fetch(path):
        answer = client.get(f"/journal/{path}")
        if answer.status_code != 200:
            raise Unreachable(f"{path}: {answer.status_code}")
        return answer.content

    return fetch


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path / "witness", log=verifier_key(), name="oversight.example")


def rewritten(position, noon, **change):
    """What somebody with the database and the key can do: change an entry, and make everything after it fit again."""
    entry = Entry.objects.get(position=position)
    entry.body = entry.body.replace('"number":', f'"{next(iter(change))}":1,"number":')
    entry.leaf = leaf_hash(entry.body.encode())
    entry.save()
    refit(noon)


def refit(noon):
    """Compute the head anew from the leaves, and sign it."""
    tree = Frontier()
    for leaf in Entry.objects.order_by("position").values_list("leaf", flat=True):
        tree.append(bytes(leaf))
    Head.objects.filter(pk=1).update(size=tree.size, peaks=tree.to_bytes())
    Checkpoint.objects.all().delete()
    _node.cache_clear()
    make_checkpoint(at=noon)


def test_a_growing_journal_is_cosigned_again_and_again(journal, witness, noon):
    sizes = []
    for count in (1, 1, 5, 300, 700):
        grow(noon, count)
        assert "entries" in witness.look(journal, moment=1_700_000_000 + len(sizes))
        opened = open_note(witness.cosigned(), [verifier_key(), witness.signer().key])
        assert len(opened.signed_by) == 2
        sizes.append(read_head(opened.text).size)
    assert sizes == [1, 2, 7, 307, 1007]


def test_the_same_checkpoint_again_is_no_news_and_still_signed(journal, witness, noon):
    grow(noon, 3)
    witness.look(journal, moment=1)
    assert "the 3 seen before are unchanged" in witness.look(journal, moment=2)


def cut_off(size, noon):
    Entry.objects.filter(position__gt=size).delete()
    refit(noon)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda noon: cut_off(20, noon), "went back: 30 entries were seen, now it says 20. Entries 21 to 30 are gone"),
        (lambda noon: rewritten(7, noon, evil=1), "has 30 entries as before, but they are others"),
        (lambda noon: (rewritten(7, noon, evil=1), grow(noon, 5)), "was rewritten: it grew from 30 to 35"),
        (lambda noon: (cut_off(29, noon), grow(noon, 1)), "has 30 entries as before, but they are others"),
        (lambda noon: (cut_off(12, noon), grow(noon, 40)), "was rewritten: it grew from 30 to 52"),
        (lambda _noon: Checkpoint.objects.update(note="x"), "is not signed by"),
    ],
)
def test_what_was_rewritten_or_rolled_back_is_caught_and_named(journal, witness, noon, tamper, says):
    grow(noon, 30)
    witness.look(journal, moment=1)
    before = witness.cosigned()
    tamper(noon)
    with pytest.raises(Disagreement, match=says):
        witness.look(journal, moment=2)
    assert witness.cosigned() == before


def test_sixty_random_rewritings_of_a_fitting_history_are_all_caught(journal, tmp_path, noon):
    chance = random.Random(7)
    grow(noon, 40)
    for round_ in range(60):
        witness = Witness(tmp_path / str(round_), log=verifier_key())
        witness.look(journal, moment=1)
        rewritten(chance.randint(1, 40), noon, **{f"evil{round_}": 1})
        if chance.random() < 0.5:
            grow(noon, chance.randint(1, 3))
        with pytest.raises(Disagreement, match="rewritten|others"):
            witness.look(journal, moment=2)


def test_hashes_that_do_not_give_the_signed_root_are_caught(journal, witness, noon):
    grow(noon, 9)
    Entry.objects.filter(position=4).update(leaf=leaf_hash(b"another"))
    with pytest.raises(Disagreement, match="do not give the root"):
        witness.look(journal, moment=1)
    assert witness.cosigned() == ""


def test_a_crash_between_remembering_and_signing_loses_nothing(journal, witness, noon):
    grow(noon, 4)
    witness.look(journal, moment=1)
    (witness.folder / "checkpoint").unlink()
    grow(noon, 2)
    kept = (witness.folder / "seen.json").read_bytes()
    witness.look(journal, moment=2)
    (witness.folder / "checkpoint").unlink()
    assert (witness.folder / "seen.json").read_bytes() != kept
    witness.look(journal, moment=3)
    assert read_head(open_note(witness.cosigned(), [witness.signer().key]).text).size == 6


def test_two_runs_of_one_witness_never_go_back_behind_each_other(journal, witness, noon):
    grow(noon, 4)
    slow_note = journal("checkpoint")
    grow(noon, 4)
    fast = Witness(witness.folder, log=verifier_key())

    def slow(path):
        if path == "checkpoint":
            fast.look(journal, moment=1)  # the other run sees more while this one waits for its answer
            return slow_note
        return journal(path)

    with pytest.raises(Disagreement, match="went back: 8 entries were seen"):
        witness.look(slow, moment=2)
    assert witness.seen().head.size == 8


def test_a_damaged_memory_is_said_and_not_begun_anew(journal, witness, noon):
    grow(noon, 2)
    witness.look(journal, moment=1)
    (witness.folder / "seen.json").write_text("{")
    with pytest.raises(Disagreement, match="is damaged"):
        witness.look(journal, moment=2)


def test_a_copy_of_the_witnesss_folder_goes_on_where_it_was(journal, witness, noon, tmp_path):
    grow(noon, 2)
    witness.look(journal, moment=1)
    shutil.copytree(witness.folder, tmp_path / "copy")
    again = Witness(tmp_path / "copy", log=verifier_key())
    assert again.signer().key == witness.signer().key
    assert "the 2 seen before are unchanged" in again.look(journal, moment=2)


def test_a_real_server_is_watched_over_http(live_server, witness, noon):
    grow(noon, 260)
    assert "has 260 entries" in witness.look(fetch_from(f"{live_server.url}/journal"), moment=1)
    with pytest.raises(Unreachable, match="cannot be fetched"):
        witness.look(fetch_from("http://127.0.0.1:9/journal"), moment=2)
