"""A submission is kept once and whole, whatever order its sendings come in."""

import hashlib
import threading

import pytest
from django.db import connection
from phone_for_tests import photo_of, record

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Submission, SubmissionFile
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.kernel.single import single

pytestmark = pytest.mark.django_db


def send(worker, user, xml, files=None, *, at):
    return actions.receive_submission(worker, user=user, xml=xml, files=files or {}, at=at)


def entries():
    return Entry.objects.filter(verb="fieldwork.submission_received").count()


def test_a_submission_keeps_its_bytes_and_is_an_entry(worker, auxiliary, forms, noon):
    xml, instance_id = record()
    done = send(worker, auxiliary, xml, at=noon)
    kept = Submission.objects.get(instance_id=instance_id)
    assert done.verdict == "new"
    assert bytes(kept.xml) == xml
    assert kept.sha256 == hashlib.sha256(xml).hexdigest()
    assert kept.complete
    assert kept.version == forms["visit"]
    entry = Entry.objects.get(verb="fieldwork.submission_received")
    assert (entry.subject, entry.operation) == (f"submission:{kept.pk}", "collected")


def test_the_same_again_changes_nothing_and_is_no_entry(worker, auxiliary, forms, noon):
    xml, _id = record()
    assert [send(worker, auxiliary, xml, at=noon).verdict for _ in range(3)] == ["new", "again", "again"]
    assert (Submission.objects.count(), entries()) == (1, 1)


def test_files_may_come_later_and_twice(worker, auxiliary, forms, noon):
    xml, instance_id = record(photo="1.jpg")
    verdicts = [
        send(worker, auxiliary, xml, sent, at=noon).verdict
        for sent in ({}, {"1.jpg": photo_of(1)}, {"1.jpg": photo_of(1)}, {"2.jpg": photo_of(2)}, {})
    ]
    assert verdicts == ["new", "more", "again", "more", "again"]
    kept = Submission.objects.get(instance_id=instance_id)
    assert kept.complete
    assert [file.file.read() for file in kept.files.order_by("name")] == [photo_of(1), photo_of(2)]


def test_a_submission_without_its_photo_is_not_complete(worker, auxiliary, forms, noon):
    xml, instance_id = record(photo="1.jpg")
    send(worker, auxiliary, xml, at=noon)
    assert not Submission.objects.get(instance_id=instance_id).complete


def test_another_record_under_the_same_id_is_refused_and_the_first_stands(worker, auxiliary, forms, noon):
    xml, instance_id = record(residents=3)
    send(worker, auxiliary, xml, at=noon)
    with pytest.raises(actions.InstanceConflict):
        send(worker, auxiliary, record(residents=4, instance_id=instance_id)[0], at=noon)
    assert bytes(Submission.objects.get().xml) == xml


def test_another_photo_under_the_same_name_is_refused(worker, auxiliary, forms, noon):
    xml, _id = record(photo="1.jpg")
    send(worker, auxiliary, xml, {"1.jpg": photo_of(1)}, at=noon)
    with pytest.raises(actions.InstanceConflict):
        send(worker, auxiliary, xml, {"1.jpg": photo_of(2)}, at=noon)


def test_nobody_adds_to_the_submission_of_another(machine, worker, auxiliary, forms, noon):
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import actor_of

    other = enrol_user(
        machine, username="lan", display_name="Lan", role="auxiliary", password="Bamboo bridge 8", at=noon
    )  # fmt: skip
    xml, _id = record(photo="1.jpg")
    send(worker, auxiliary, xml, at=noon)
    with pytest.raises(actions.InstanceConflict):
        send(actor_of(other, at=noon), other, xml, {"1.jpg": photo_of(1)}, at=noon)


def test_an_edit_names_what_it_replaces_once(worker, auxiliary, forms, noon):
    first, instance_id = record(residents=3)
    with pytest.raises(actions.CannotReceive):
        send(worker, auxiliary, record(residents=4, deprecated=instance_id)[0], at=noon)
    send(worker, auxiliary, first, at=noon)
    edit = send(worker, auxiliary, record(residents=4, deprecated=instance_id)[0], at=noon).submission
    assert edit.replaces.instance_id == instance_id
    with pytest.raises(actions.CannotReceive):
        send(worker, auxiliary, record(residents=5, deprecated=instance_id)[0], at=noon)


def test_a_record_of_a_retired_version_is_taken_and_of_a_draft_is_not(machine, worker, auxiliary, forms, noon):
    actions.retire_form(machine, version=forms["visit"], at=noon)
    assert send(worker, auxiliary, record()[0], at=noon).verdict == "new"
    text = (
        forms["visit"].source.tobytes() if hasattr(forms["visit"].source, "tobytes") else bytes(forms["visit"].source)
    )
    actions.add_form_version(machine, spreadsheet=text.replace(b"2026-11-28", b"2026-12-01"), kind="md", at=noon)
    with pytest.raises(actions.CannotReceive):
        send(worker, auxiliary, record(version="2026-12-01")[0], at=noon)


def test_an_unknown_form_is_told(worker, auxiliary, forms, noon):
    with pytest.raises(NotFound):
        send(worker, auxiliary, record(form="census")[0], at=noon)


def test_who_may_not_fill_in_forms_may_not_send(dispatcher, auxiliary, forms, noon):
    with pytest.raises(NotAllowed):
        send(dispatcher, auxiliary, record()[0], at=noon)


def test_while_one_sending_is_at_work_another_of_the_same_is_told_to_wait(worker, auxiliary, forms, noon):
    xml, instance_id = record()
    with single(f"submission {instance_id}"), pytest.raises(actions.StillReceiving):
        send(worker, auxiliary, xml, at=noon)
    assert send(worker, auxiliary, xml, at=noon).verdict == "new"


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"hello", b"<data", b"<data/>", b'<data id="visit"/>',
        b'<data id="visit"><meta><instanceID></instanceID></meta></data>',
        b'<data id="../visit"><meta><instanceID>uuid:1</instanceID></meta></data>',
        b'<data id="visit"><meta><instanceID>' + b"x" * 200 + b"</instanceID></meta></data>",
        b"<data>" * 300,
        '<data id="visit"/>'.encode("utf-16"),
        b'<!DOCTYPE data><data id="visit"><meta><instanceID>uuid:1</instanceID></meta></data>',
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        b'<data id="visit"><meta><instanceID>&e;</instanceID></meta></data>',
        b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><data id="visit">&c;</data>',
        b"x" * (5 * 2**20),
    ],
    ids=lambda xml: repr(xml[:40]),
)  # fmt: skip
def test_what_is_no_record_is_refused_and_leaves_nothing(xml, worker, auxiliary, forms, noon):
    with pytest.raises(BadInput):
        send(worker, auxiliary, xml, at=noon)
    assert (Submission.objects.count(), entries()) == (0, 0)


@pytest.mark.parametrize(
    "files",
    [
        {"../../evil.jpg": photo_of(1)}, {"a/b.jpg": photo_of(1)}, {"x.jpg": b"<script>"}, {"x.jpg": b""},
        {"x.exe": b"MZ\x00\x00"}, {"x.jpg": b"\xff\xd8\xff" + b"0" * (21 * 2**20)},
        {f"{n}.jpg": photo_of(n) for n in range(61)},
    ],
    ids=["climbs", "folder", "script", "empty", "program", "huge", "many"],
)  # fmt: skip
def test_files_that_are_not_taken_leave_nothing(files, worker, auxiliary, forms, noon, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    with pytest.raises(BadInput):
        send(worker, auxiliary, record()[0], files, at=noon)
    assert (Submission.objects.count(), SubmissionFile.objects.count(), entries()) == (0, 0, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_after_its_time_words_and_files_are_gone_and_the_work_still_counts(machine, worker, auxiliary, forms, noon):
    from datetime import timedelta

    xml, instance_id = record(photo="1.jpg")
    send(worker, auxiliary, xml, {"1.jpg": photo_of(1)}, at=noon)
    assert actions.erase_expired(machine, at=noon + timedelta(days=729)) == 0
    assert actions.erase_expired(machine, at=noon + timedelta(days=731)) == 1
    kept = Submission.objects.get(instance_id=instance_id)
    assert bytes(kept.xml) == b""
    assert kept.sha256 == hashlib.sha256(xml).hexdigest()
    assert not kept.files.exists()
    assert actions.erase_expired(machine, at=noon + timedelta(days=732)) == 0


@pytest.mark.django_db(transaction=True)
def test_sent_from_many_threads_at_once_it_is_kept_once(worker, auxiliary, forms, noon):
    xml, _id = record()
    verdicts = []

    def sender():
        try:
            verdicts.append(send(worker, auxiliary, xml, at=noon).verdict)
        except actions.StillReceiving:
            verdicts.append("wait")
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts.count("new") == 1
    assert set(verdicts) <= {"new", "again", "wait"}
    assert (Submission.objects.count(), entries()) == (1, 1)
