"""Every table with data of persons says why it has them and until when, and something erases them then."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models

from maplebridge.kernel.personal import Personal
from maplebridge.people.models import User

OURS = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("maplebridge.")]

# Words in a field's name that make one ask whether it is about a person.
TELLING = ("name", "phone", "caller", "narrative", "text", "author", "reason", "address", "email", "content", "note")

# Fields that look personal and are not, or are held elsewhere to a purpose and an end. A new one needs its reason here.
NOT_PERSONAL = {
    "journal.Private.name": "name of a field",
    "journal.Private.content": "erased with what it belongs to, by erase_private",
    "journal.Checkpoint.note": "a signature over hashes",
    "journal.Cursor.name": "name of a program",
    "people.Role.name": "name of a role",
    "people.Role.name_zh": "name of a role",
    "people.Grant.user": "who may do what, and until when: the record of access itself, named by User alone",
    "people.Grant.reason": "why access was given: the record of access itself",
    "people.ApiToken.user": "ends by itself, expires_at",
    "people.ApiToken.name": "what a program is for",
    "people.Device.user": "ends by itself, ends_at",
    "people.Device.name": "name of a phone; ends by itself, ends_at",
    "fieldwork.Form.name": "name of a form",
    "fieldwork.Form.name_zh": "name of a form",
    "fieldwork.FormFile.name": "name of a file of a form",
    "fieldwork.FormFile.content": "a picture or list of a form",
    "fieldwork.FieldKey.user": "ends by itself, expires_at",
    "fieldwork.FieldKey.name": "name of a phone; ends by itself, expires_at",
    "fieldwork.Task.user": "who of the staff has the work: the ledger itself, named by User alone",
    "fieldwork.Task.reason": "what was wrong with the work",
    "fieldwork.Submission.user": "who of the staff did the work: the ledger itself, named by User alone",
    "fieldwork.Review.address_key": "a digest; goes with the submission's words",
    "fieldwork.Review.reason": "what was wrong with the work; goes with the submission's words",
    "fieldwork.Review.reviewer": "who of the staff decided",
    "fieldwork.LedgerLine.user": "who of the staff did the work: the ledger itself, named by User alone",
    "fieldwork.StipendSheet.first_by": "who of the staff approved",
    "fieldwork.StipendSheet.second_by": "who of the staff approved",
    "fieldwork.StipendLine.user": "who of the staff is paid, named by User alone",
    "positions.Tracker.name": "what a device is",
    "positions.Fence.name": "name of a place",
    "deployment.Study.name": "name of a comparison of places",
    "people.Approval.asked_by": "who of the staff asked",
    "people.Approval.decided_by": "who of the staff decided",
    "people.Shift.crew": "who was on duty: kept with the roster, named by User alone",
    "places.RegisterName.name": "name of a street, village or compound",
    "places.Organisation.name": "name of a body at an address",
    "places.PremiseNote.text": "about a place, never a person; ends by itself, expires_at",
    "places.PremiseNote.reason": "about a place; ends by itself, expires_at",
    "incidents.Incident.address": "where it happened: a place",
    "incidents.Incident.priority_reason": "the rule or the dispatcher's words on urgency",
    "incidents.Incident.own_priority_reason": "the rule or the dispatcher's words on urgency",
    "incidents.Note.text": "what the service did; stays with the incident as its record",
    "incidents.Closer.user": "who of the staff closed it",
    "incidents.Note.author": "name shown of staff",
    "dispatch.Assignment.override_reason": "why another unit was sent",
    "property.Dealer.name": "name of a business",
    "property.Dealer.address": "address of a business",
    "property.Dealer.users": "which accounts work there, named by User alone",
    "property.Reader.name": "what a device is",
    "property.Reader.address": "where a device hangs",
    "property.Item.photo": "of a thing, encoded afresh; goes with it",
    "property.TheftReport.address": "where a thing was last seen: a place",
}
OF_THE_MAP = {"places.City", "places.Area", "places.Address", "places.Place", "places.Street", "incidents.IncidentType"}


def looks_personal(field):
    if isinstance(field, models.FileField):
        return True
    if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.related_model is User:
        return True
    return isinstance(field, models.CharField | models.TextField) and any(word in field.name for word in TELLING)


def asked():
    """Fields that look personal, by model and name."""
    for model in OURS:
        label = model._meta.label
        if label in OF_THE_MAP or model._meta.auto_created:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if looks_personal(field):
                yield model, field, f"{label}.{field.name}"


def test_every_field_that_looks_personal_is_declared_or_has_its_reason():
    strays = [
        name
        for model, field, name in asked()
        if name not in NOT_PERSONAL and field.name not in getattr(getattr(model, "PERSONAL", None), "fields", ())
    ]
    assert strays == []


def test_no_reason_outlives_its_field():
    assert set(NOT_PERSONAL) <= {f"{m._meta.label}.{f.name}" for m in OURS for f in m._meta.get_fields()}


@pytest.mark.parametrize("model", [m for m in OURS if hasattr(m, "PERSONAL")], ids=lambda m: m._meta.label)
def test_personal_data_have_a_purpose_an_end_and_fields_that_are_there(model):
    declared = model.PERSONAL
    assert isinstance(declared, Personal)
    assert isinstance(model._meta.get_field(declared.expires), models.DateTimeField)
    assert {model._meta.get_field(name).name for name in declared.fields} == set(declared.fields)


@pytest.mark.parametrize(
    ("purpose", "fields"),
    [("", {"name": "identity"}), ("a purpose in words", {}), ("a purpose in words", {"name": "x"})],
)
def test_a_declaration_without_a_purpose_or_known_classes_is_refused(purpose, fields):
    with pytest.raises(ValueError, match="need a purpose"):
        Personal(purpose=purpose, kept=timedelta(days=1), fields=fields)
