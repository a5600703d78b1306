"""A thousand ways to tamper with a journal's database, each detected and named; rewritten histories by a checkpoint."""

import json
import random
from datetime import timedelta

import pytest
from django.db import transaction

from maplebridge.journal.act import act
from maplebridge.journal.canonical import canonical
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Entry, Head, Mention, Private
from maplebridge.journal.queries import verify
from maplebridge.journal.reads import record_consulted
from maplebridge.journal.tree import Frontier, leaf_hash

pytestmark = pytest.mark.django_db(transaction=True)

TRIALS = 1000


@pytest.fixture
def journal(dispatcher, noon):
    """Sixty-odd real entries: with private parts, nested, looked at, and partly erased."""
    for number in range(40):
        with act(dispatcher, "things.changed", at=noon + timedelta(seconds=number), purpose="handling") as entry:
            entry.about(f"thing:{number}", case=f"case:{number % 5}", number=number)
            if number % 2:
                entry.keep_private(words=f"what was said {number}", name=f"Invented {number}")
            if number % 5 == 0:
                with act(dispatcher, "things.followed", at=noon) as nested:
                    nested.about(f"thing:{number}", followed=True)
        if number % 4 == 0:
            records = [f"person:{n}" for n in range(number, number + 3)]
            record_consulted(
                dispatcher, records=records, classes=["identity"], purpose="audit", reason="asked", at=noon
            )
    parts = list(Private.objects.filter(name="name").values_list("entry_id", "name").order_by("entry_id")[:6])
    with act(dispatcher, "things.erased", at=noon) as entry:
        erase_private(entry.about("thing:*"), parts)
    write_last(dispatcher, noon)
    verdict = verify()
    assert verdict.sound
    return verdict.size, bytes.fromhex(verdict.root)


def write_last(actor, at):
    with act(actor, "things.changed", at=at) as entry:
        entry.about("thing:last").keep_private(words="the last")


def some_entry(rng):
    return Entry.objects.get(position=rng.randint(1, Entry.objects.count()))


def edit_column(rng, _size):
    entry = some_entry(rng)
    name = rng.choice(("verb", "subject", "case", "actor", "purpose", "operation"))
    Entry.objects.filter(pk=entry.pk).update(**{name: getattr(entry, name)[:10] + rng.choice("xyz")})
    return entry.pk


def edit_moment(rng, _size):
    entry = some_entry(rng)
    name = rng.choice(("at", "entered_at"))
    moved = getattr(entry, name) + timedelta(microseconds=rng.choice((1, 1000, 10**6, -(10**9))))
    Entry.objects.filter(pk=entry.pk).update(**{name: moved})
    return entry.pk


def edit_body(rng, _size):
    entry = some_entry(rng)
    where = rng.randrange(len(entry.body))
    letter = rng.choice([c for c in '0123456789abcxyz"{}' if c != entry.body[where]])
    Entry.objects.filter(pk=entry.pk).update(body=entry.body[:where] + letter + entry.body[where + 1 :])
    return entry.pk


def edit_body_and_leaf(rng, size):
    """As one who knows the hashing, but leaves the head."""
    entry = some_entry(rng)
    body = entry.body.replace('"session":""', '"session":"x"')
    Entry.objects.filter(pk=entry.pk).update(body=body, leaf=leaf_hash(body.encode()))
    return size + 1


def flip_leaf(rng, _size):
    entry = some_entry(rng)
    leaf = bytearray(entry.leaf)
    leaf[rng.randrange(32)] ^= 1 << rng.randrange(8)
    Entry.objects.filter(pk=entry.pk).update(leaf=bytes(leaf))
    return entry.pk


def delete_entry(rng, size):
    position = rng.randint(1, size)
    Private.objects.filter(entry_id=position).delete()
    Mention.objects.filter(entry_id=position).delete()
    Entry.objects.filter(position=position)._raw_delete("default")
    return position


def truncate(rng, size):
    left = rng.randint(0, size - 1)
    for model in (Private, Mention):
        model.objects.filter(entry_id__gt=left).delete()
    Entry.objects.filter(position__gt=left)._raw_delete("default")
    return left + 1


def swap(rng, size):
    one, other = rng.sample(range(1, size + 1), 2)
    for old, new in ((one, 10**6), (other, one), (10**6, other)):
        Entry.objects.filter(position=old).update(position=new)
    return min(one, other)


def swap_contents(rng, size):
    one, other = (Entry.objects.get(position=p) for p in rng.sample(range(1, size + 1), 2))
    for mine, theirs in ((one, other), (other, one)):
        Entry.objects.filter(pk=mine.pk).update(body=theirs.body, leaf=theirs.leaf)
    return min(one.pk, other.pk)


def add_entry(_rng, size):
    last = Entry.objects.get(position=size)
    last.position += 1
    last.body = last.body.replace(f'"position":{size}', f'"position":{size + 1}')
    last.body = canonical(json.loads(last.body) | {"digests": {}}).decode()
    last.leaf = leaf_hash(last.body.encode())
    last.save(force_insert=True)
    return size + 2


def edit_private(rng, _size):
    part = rng.choice(Private.objects.order_by("pk"))
    change = rng.choice(({"content": part.content + "."}, {"name": "other"}, {"salt": bytes(16)}))
    Private.objects.filter(pk=part.pk).update(**change)
    return part.entry_id


def delete_private(rng, _size):
    part = rng.choice(Private.objects.order_by("pk"))
    Private.objects.filter(pk=part.pk).delete()
    return part.entry_id


def add_private(rng, _size):
    position = some_entry(rng).pk
    Private.objects.create(entry_id=position, name="added", salt=bytes(16), content="never said")
    return position


def edit_mention(rng, _size):
    row = rng.choice(Mention.objects.order_by("pk"))
    if rng.random() < 0.5:
        Mention.objects.filter(pk=row.pk).delete()
    else:
        Mention.objects.filter(pk=row.pk).update(record="person:999")
    return row.entry_id


def add_mention(rng, _size):
    position = some_entry(rng).pk
    Mention.objects.create(entry_id=position, record="person:999")
    return position


def edit_head(rng, size):
    head = Head.objects.get()
    if rng.random() < 0.5:
        Head.objects.update(size=size + rng.choice((-3, -1, 1, 7)))
    else:
        Head.objects.update(peaks=bytes(head.peaks)[:-1] + bytes([bytes(head.peaks)[-1] ^ 1]))
    return size + 1


def move_head():
    """Bring the head in line with what stands there, as one does who knows all of it."""
    tree = Frontier()
    for leaf in Entry.objects.order_by("position").values_list("leaf", flat=True):
        tree.append(bytes(leaf))
    Head.objects.update(size=tree.size, peaks=tree.to_bytes())


def roll_back(rng, size):
    left = truncate(rng, size) - 1
    move_head()
    return left + 1


def rewrite(rng, size):
    entry = some_entry(rng)
    body = canonical(json.loads(entry.body) | {"session": "another"})
    Entry.objects.filter(pk=entry.pk).update(body=body.decode(), leaf=leaf_hash(body))
    move_head()
    return entry.pk


def roll_back_and_write_anew(rng, size):
    left = truncate(rng, size) - 1
    move_head()
    for number in range(size - left):
        body = canonical(
            {"act": "0", "actor": "user:1", "at": "2026-05-04T12:00:00.000Z", "case": "", "digests": {}, "facts": {},
             "entered_at": "2026-05-04T12:00:00.000Z", "position": left + 1 + number, "purpose": "",
             "role": "dispatcher", "session": "", "subject": "thing:1", "verb": "things.forged"}
        )  # fmt: skip
        Entry.objects.create(
            position=left + 1 + number, verb="things.forged", subject="thing:1", actor="user:1", body=body.decode(),
            at="2026-05-04T12:00:00Z", entered_at="2026-05-04T12:00:00Z", leaf=leaf_hash(body),
        )  # fmt: skip
    move_head()
    return left + 1


OPEN = (
    edit_column, edit_moment, edit_body, edit_body_and_leaf, flip_leaf, delete_entry, truncate, swap, swap_contents,
    add_entry, edit_private, delete_private, add_private, edit_mention, add_mention, edit_head,
)  # fmt: skip
HISTORIES = (roll_back, rewrite, roll_back_and_write_anew)  # every hash agrees: only a checkpoint tells


def verdict_after(tamper, seed, size, **given):
    """What verification says after tampering, and which position it should name; all is undone again."""
    with transaction.atomic():
        expected = tamper(random.Random(seed), size)
        verdict = verify(**given)
        transaction.set_rollback(True)
    return verdict, expected


def test_a_thousand_ways_to_tamper_are_all_found_and_named(journal):
    size, root = journal
    unseen = []
    for seed in range(TRIALS):
        tamper = (OPEN + HISTORIES)[seed % len(OPEN + HISTORIES)]
        if tamper in OPEN:
            verdict, expected = verdict_after(tamper, seed, size)
            named = verdict.position == expected
        else:
            verdict, expected = verdict_after(tamper, seed, size, since=(size, root))
            named = verdict.position <= expected  # a root says that something up to there differs, not which
        if verdict.sound or not named or not verdict.fault:
            unseen.append((tamper.__name__, seed, expected, verdict))
    assert unseen == []
    assert verify(since=(size, root)).sound


@pytest.mark.parametrize("tamper", HISTORIES)
def test_a_history_rewritten_in_every_part_agrees_with_itself_and_only_a_checkpoint_tells(tamper, journal):
    size, root = journal
    without, _position = verdict_after(tamper, 7, size)
    against, _position = verdict_after(tamper, 7, size, since=(size, root))
    assert without.sound or "erased without a record" in without.fault  # a lost entry may have been of an erasure
    assert not against.sound


def test_an_earlier_checkpoint_agrees_with_a_journal_that_grew(journal, dispatcher, noon):
    write_last(dispatcher, noon)
    assert verify(since=journal).sound
