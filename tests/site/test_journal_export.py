"""The journal given out: checkpoint, tiles, bundles of entries; who may have what; proofs on the command line."""

import pytest

from maplebridge.journal.act import act
from maplebridge.journal.checkpoints import make_checkpoint, prove, read_tile, verifier_key
from maplebridge.journal.models import Checkpoint, Entry
from maplebridge.journal.notes import NoteFault, open_note, read_head, read_key
from maplebridge.journal.proofs import check_proof
from maplebridge.journal.queries import verify
from maplebridge.journal.tiles import TiledTree
from maplebridge.journal.tree import ProofFault, leaf_hash, root_of
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actions import enrol_user, issue_token
from maplebridge.people.actor import system
from maplebridge.site.cli import main

pytestmark = pytest.mark.django_db(transaction=True)


def grow(noon, count):
    for number in range(count):
        with act(system("test"), "test.happened", at=noon) as entry:
            entry.about(f"thing:{number}", number=number, name="榕湖 ½")
    return make_checkpoint(at=noon)


def token_of(role):
    at = clock.now()
    user = enrol_user(system("test"), username=role, display_name=role, role=role, password="a-long-one-7", at=at)
    return issue_token(system("test"), user=user, at=at)


def test_the_checkpoint_signs_size_and_root_and_is_made_once_for_a_size(client, noon):
    first, again = grow(noon, 5), make_checkpoint(at=noon)
    assert first == again
    head = read_head(open_note(client.get("/journal/checkpoint").content.decode(), [verifier_key()]).text)
    assert (head.size, head.root.hex()) == (5, verify().root)
    assert str(verifier_key()) == client.get("/journal/key").content.decode().strip()


def test_an_empty_journal_has_no_checkpoint(client, noon):
    assert make_checkpoint(at=noon) is None
    assert client.get("/journal/checkpoint").status_code == 404


def test_the_tree_read_over_http_has_the_signed_root(client, noon):
    checkpoint = grow(noon, 600)

    def read(tile):
        answer = client.get(f"/journal/tile/{tile.path}")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.content == read_tile(tile)
        return answer.content

    assert TiledTree(600, read).root() == bytes(checkpoint.root)


@pytest.mark.parametrize(
    "path",
    ["0/003", "0/002.p/89", "0/000.p/0", "0/000.p/257", "1/000", "1/000.p/3", "9/000", "0/0", "0/x", "entries/003"],
)
def test_a_tile_beyond_the_checkpoint_or_misspelt_is_not_there(client, noon, path, settings):
    grow(noon, 600)
    settings.CONFIG = open_config(settings.CONFIG)
    assert client.get(f"/journal/tile/{path}").status_code == 404


def open_config(config):
    from dataclasses import replace

    return replace(config, journal_open=True)


def test_what_was_a_partial_tile_stays_there_when_it_is_full(client, noon):
    grow(noon, 100)
    before = client.get("/journal/tile/0/000.p/100").content
    grow(noon, 200)
    assert client.get("/journal/tile/0/000.p/100").content == before
    assert client.get("/journal/tile/0/000").content.startswith(before)


def test_entries_are_for_whoever_may_read_the_journal(client, noon, settings):
    tokens = {role: token_of(role) for role in ("auditor", "call_taker")}
    grow(noon, 3)
    size = Checkpoint.objects.get().size
    address = f"/journal/tile/entries/000.p/{size}"
    assert client.get(address).status_code == 401
    headers = {role: {"authorization": f"Bearer {token}"} for role, token in tokens.items()}
    assert client.get(address, headers=headers["call_taker"]).status_code == 403
    answer = client.get(address, headers=headers["auditor"])
    assert answer["Cache-Control"].startswith("private")
    assert bundle(answer.content) == list(Entry.objects.order_by("position").values_list("body", flat=True))[:size]
    settings.CONFIG = open_config(settings.CONFIG)
    assert client.get(address)["Cache-Control"].startswith("public")


def bundle(packed):
    bodies = []
    while packed:
        length = int.from_bytes(packed[:2])
        bodies.append(packed[2 : 2 + length].decode())
        packed = packed[2 + length :]
    return bodies


def test_the_bundles_leaves_give_the_tiles_hashes(client, noon, settings):
    settings.CONFIG = open_config(settings.CONFIG)
    checkpoint = grow(noon, 300)
    bodies = bundle(client.get("/journal/tile/entries/000").content)
    bodies += bundle(client.get("/journal/tile/entries/001.p/44").content)
    assert root_of(leaf_hash(body.encode()) for body in bodies) == bytes(checkpoint.root)


def test_every_entry_is_proven_and_the_proof_needs_no_database(noon):
    grow(noon, 7)
    for position in range(1, 8):
        proven = check_proof(prove(position, at=noon), [read_key(str(verifier_key()))])
        assert proven.position == position
        assert proven.entry == Entry.objects.get(position=position).body
    with pytest.raises(NotFound):
        prove(8, at=noon)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("index 2", "index 3"), ProofFault),
        (lambda text: text.replace("index 2", "index 99"), ProofFault),
        (lambda text: text.replace("index 2", "index -2"), NoteFault),
        (lambda text: text.replace("extra ey", "extra fy"), ProofFault),
        (lambda text: text.replace("\n7\n", "\n8\n"), NoteFault),
        (lambda text: text.replace("tlog-proof@v1", "tlog-proof@v9"), NoteFault),
        (lambda text: text.split("\n\n")[0], NoteFault),
        (lambda _text: "", NoteFault),
    ],
)
def test_a_proof_that_was_touched_does_not_hold(noon, change, fault):
    grow(noon, 7)
    with pytest.raises(fault):
        check_proof(change(prove(3, at=noon)), [verifier_key()])


def test_the_command_line_proves_checks_and_verifies_against_a_kept_checkpoint(noon, capsys, tmp_path):
    grow(noon, 4)
    kept, proof = tmp_path / "checkpoint.txt", tmp_path / "entry.tlog-proof"
    assert main(["journal", "checkpoint"]) == 0
    kept.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["journal", "prove", "2"]) == 0
    proof.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["journal", "check", str(proof), "--key", str(verifier_key())]) == 0
    assert "this is entry 2 of 4" in capsys.readouterr().out
    grow(noon, 2)
    assert main(["journal", "verify", "--from-checkpoint", str(kept)]) == 0
    assert "contains the checkpoint of 4 entries" in capsys.readouterr().out
    kept.write_text("nothing", encoding="utf-8")
    assert main(["journal", "verify", "--from-checkpoint", str(kept)]) == 2
    assert "proves nothing here" in capsys.readouterr().err
    proof.write_text(proof.read_text(encoding="utf-8").replace("index 1", "index 0"), encoding="utf-8")
    assert main(["journal", "check", str(proof), "--key", str(verifier_key())]) == 1
    assert "does not hold" in capsys.readouterr().out
