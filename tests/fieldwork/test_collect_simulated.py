"""Phones of a county on a bad network: whatever is cut, doubled or comes out of order, all is kept once."""

import hashlib
import random

import pytest
from collect_for_tests import Form, Network, Phone
from django.test import Client
from phone_for_tests import parts, photo_of, record

from maplebridge.fieldwork.models import Submission, SubmissionFile
from maplebridge.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_form_of_every_phone_arrives_once_with_all_its_files(seed, key, forms):
    chance = random.Random(seed)
    client = Client()

    def post(xml, files, incomplete):
        return client.post(f"/key/{key}/submission", parts(xml, files, incomplete=incomplete)).status_code

    phones = [Phone(post, Network(chance)) for _ in range(4)]
    for phone in phones:
        for _ in range(4):
            photos = {f"{n}.jpg": photo_of(chance.random()) for n in range(chance.randrange(5))}
            xml, instance_id = record(photo=next(iter(photos), ""))
            phone.outbox.append(Form(instance_id, xml, photos))
    rounds = 0
    while any(not form.arrived for phone in phones for form in phone.outbox):
        rounds += 1
        assert rounds < 60
        for phone in phones:
            phone.flush()
    sent = {form.instance_id: form for phone in phones for form in phone.outbox}
    kept = {row.instance_id: row for row in Submission.objects.all()}
    assert kept.keys() == sent.keys()
    for instance_id, row in kept.items():
        assert bytes(row.xml) == sent[instance_id].xml
        files = {name: hashlib.sha256(content).hexdigest() for name, content in sent[instance_id].files.items()}
        assert dict(row.files.values_list("name", "sha256")) == files
        assert row.complete
    assert SubmissionFile.objects.count() == sum(len(form.files) for form in sent.values())
    assert Entry.objects.filter(verb="fieldwork.submission_received").count() >= len(sent)
    assert sum(phone.network.sent for phone in phones) > len(sent)  # the network did cut
