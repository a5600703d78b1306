"""What is accepted goes into the register: shown field by field first, by rule where nothing stands against it."""

from datetime import timedelta

import pytest
from work_for_tests import fresh, make_village, sent

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.handling import shipped_handlings
from maplebridge.fieldwork.models import Form, FormVersion
from maplebridge.fieldwork.registering import meeting_of
from maplebridge.fieldwork.rules.registering import findings, read_address
from maplebridge.places.register.models import Address, Premise

VALUES = (("place/address", "Maple Lane 7"), ("place/dwelling", "house"), ("household/residents", "3"),
          ("household/rented", "no"), ("hazards", "wiring none"))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "street", "number", "rest"),
    [
        ("建设路12号", "建设路", "12", ""),
        ("建设路 12号402室", "建设路", "12", "402室"),
        ("枫桥村3组15号", "枫桥村3组", "15", ""),
        ("12 Mill Lane", "Mill Lane", "12", ""),
        ("Mill Lane 12a", "Mill Lane", "12a", ""),
        ("Mill Lane 12, flat 3", "Mill Lane", "12", "flat 3"),
        ("The old mill", "The old mill", "", ""),
    ],
)
def test_an_address_is_taken_apart(text, street, number, rest):
    found = read_address(text)
    assert (found.street, found.number, found.rest) == (street, number, rest)


def test_answers_become_fields_of_the_register():
    found = findings(shipped_handlings()["visit"], VALUES)
    assert found.address == "Maple Lane 7"
    assert found.premise == {"use": "house", "residents": 3, "rented": False, "hazards": ["wiring"]}
    assert found.organisation == {}


@pytest.mark.django_db
def test_every_shipped_mapping_names_questions_of_its_form(forms):
    for form, handling in shipped_handlings().items():
        xform = FormVersion.objects.get(form_id=form, state="published").xform
        questions = [each for each in handling.register.values() if not each.startswith("=")] + list(handling.flags)
        assert [each for each in questions if f'nodeset="/data/{each}"' not in xform] == []
        for question, answers in handling.flags.items():
            assert [each for each in answers if f"<name>{each}</name>" not in xform] == [], question


@pytest.fixture
def who(machine, noon, forms):
    return make_village(machine, noon)[1]


def by_rule(machine, noon, **more):
    actions.set_handling(
        machine, form=Form.objects.get(code="visit"), at=noon,
        rules_of_review={"share": 0, "new": 0, "register": dict(shipped_handlings()["visit"].register), **more},
    )  # fmt: skip


@pytest.mark.django_db
def test_a_new_house_is_entered_with_its_premises(who, noon):
    review = sent(who["one"], noon)
    meeting = meeting_of(review)
    assert [change.proposal.subject for change in meeting.changes] == ["address", "premise"]
    take = ["premise.use", "premise.residents"]
    actions.accept_and_apply(who["auxiliary"], review=review, take=take, seen={}, at=noon)
    premise = Premise.objects.get()
    assert (premise.address.street.name, premise.address.number, premise.address.area.code) == ("Maple Lane", "7", "H1")
    assert (premise.residents, premise.rented, premise.source) == (3, None, f"submission:{review.submission_id}")
    assert fresh(review).applied == sorted(take)


@pytest.mark.django_db
def test_what_is_accepted_by_rule_goes_in_by_rule_and_only_what_differs_changes(who, machine, noon):
    by_rule(machine, noon)
    later = noon + timedelta(days=20)
    for days, residents in ((0, 3), (20, 5)):
        at = noon + timedelta(days=days)
        review = sent(who["one"], at, residents=residents)
        actions.apply_by_rule(machine, review=review, at=at)
    premise = Premise.objects.get()
    assert (premise.residents, premise.version, premise.changed_at) == (5, 2, later)
    assert fresh(review).applied == ["premise.residents"]


@pytest.mark.django_db
def test_two_offline_edits_of_one_record_are_shown_side_by_side(who, machine, noon):
    by_rule(machine, noon)
    first = sent(who["one"], noon)
    actions.apply_by_rule(machine, review=first, at=noon)
    other = sent(who["auxiliary"], noon + timedelta(days=9), residents=4)
    actions.apply_by_rule(machine, review=other, at=noon + timedelta(days=9))
    late = sent(who["two"], noon + timedelta(days=10), filled=noon, residents=6)  # where there was no network
    assert "conflict" in late.flags
    change = meeting_of(late).changes[0]
    assert [(each.field, each.old, each.new, each.conflict) for each in change.differences] == [
        ("residents", 4, 6, True)
    ]
    with pytest.raises(Exception, match="side by side"):
        actions.accept_and_apply(
            who["auxiliary"], review=late, take=["premise.residents"], seen={"premise": 1}, at=noon
        )  # fmt: skip
    assert fresh(late).state == "received"
    actions.accept_and_apply(
        who["auxiliary"], review=late, take=["premise.residents"], seen={"premise": change.version}, at=noon
    )  # fmt: skip
    assert Premise.objects.get().residents == 6


@pytest.mark.django_db
def test_what_cannot_go_in_says_why_and_can_be_put_in_later(who, machine, noon):
    by_rule(machine, noon)
    from maplebridge.fieldwork.models import Review

    review = sent(who["one"], noon)
    Review.objects.filter(pk=review.pk).update(lon=None, lat=None)
    review = actions.apply_by_rule(machine, review=fresh(review), at=noon)
    assert "not in the register" in review.hindered
    assert list(Review.objects.all().hindered_for(who["auxiliary"])) == [review]
    assert not Address.objects.exists()
    Review.objects.filter(pk=review.pk).update(lon=110.29, lat=25.27)
    actions.apply_submission(who["auxiliary"], review=fresh(review), take=["premise.use"], seen={}, at=noon)
    assert fresh(review).hindered == ""
    assert Address.objects.count() == 1


@pytest.mark.django_db
def test_the_same_street_and_number_in_another_area_is_another_house(who, machine, noon):
    from maplebridge.places.models import Area
    from maplebridge.places.register.actions import apply_change
    from maplebridge.places.register.rules.changes import Proposal

    box = {"west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "geometry": {"type": "Polygon", "coordinates": []}}
    Area.objects.create(code="X", name="X", path="/X/", **box)
    fields = {"kind": "building", "street": "Maple Lane", "number": "7", "area": "X", "lon": 1.0, "lat": 1.0}
    elsewhere = apply_change(machine, proposal=Proposal("address", fields, "form"), take=(), at=noon)
    review = sent(who["one"], noon)
    assert "cannot be told apart" in meeting_of(review).hindrance
    Address.objects.filter(pk=elsewhere.pk).update(area=Area.objects.get(code="H2"))  # the neighbouring hamlet
    assert [change.proposal.fields["address"] for change in meeting_of(review).changes] == [elsewhere.pk]
