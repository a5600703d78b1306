"""What opens the door besides a password: tokens with scopes, and phones that enrol by a code."""

from datetime import timedelta

import pytest
from staff_for_tests import acting, make_staff

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import (
    CannotEnrol,
    device_of_code,
    enrol_device,
    issue_token,
    offer_device,
    revoke_device,
    revoke_token,
)
from maplebridge.people.actor import actor_of_token
from maplebridge.people.models import ApiToken, Device, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chief(db):
    return make_staff("chief")


@pytest.fixture
def officer(db):
    return make_staff("post_officer")


class TestTokens:
    def test_a_token_with_scopes_may_no_more_than_they_say(self, chief, noon):
        text = issue_token(acting(chief), user=chief, scopes=["incidents.view", "journal.view"], at=noon)
        actor = actor_of_token(text, at=noon)
        assert actor.permissions == {"incidents.view", "journal.view"}
        with pytest.raises(NotAllowed):
            actor.must("people.manage")

    def test_a_scope_that_its_owner_lacks_gives_nothing(self, officer, machine, noon):
        text = issue_token(machine, user=officer, scopes=["journal.view"], at=noon)
        assert actor_of_token(text, at=noon).permissions == frozenset()

    def test_a_revoked_token_opens_nothing_at_once(self, chief, noon):
        text = issue_token(acting(chief), user=chief, at=noon)
        revoke_token(acting(chief), token=ApiToken.objects.get(), at=noon)
        assert actor_of_token(text, at=noon) is None
        assert Entry.objects.filter(verb="people.token_revoked").count() == 1

    def test_the_text_stands_nowhere(self, chief, noon):
        text = issue_token(acting(chief), user=chief, name="export", at=noon)
        assert text not in str(ApiToken.objects.values_list()[0])
        assert "export" not in Entry.objects.get(verb="people.token_issued").body

    @pytest.mark.parametrize(
        ("changes", "field"), [({"days": 0}, "days"), ({"days": 400}, "days"), ({"scopes": ["all"]}, "scopes")]
    )
    def test_terms_and_scopes_that_make_no_sense_are_refused(self, chief, noon, changes, field):
        with pytest.raises(BadInput) as refused:
            issue_token(acting(chief), user=chief, **changes, at=noon)
        assert refused.value.field == field

    def test_not_everybody_makes_tokens_or_ends_those_of_others(self, chief, officer, noon):
        with pytest.raises(NotAllowed):
            issue_token(acting(officer), user=officer, at=noon)
        issue_token(acting(chief), user=chief, at=noon)
        with pytest.raises(NotAllowed):
            revoke_token(acting(officer), token=ApiToken.objects.get(), at=noon)


class TestPhones:
    def offered(self, officer, noon):
        return offer_device(acting(officer), user=officer, name="Pocket", at=noon)

    def test_a_code_enrols_one_phone_once_within_fifteen_minutes(self, officer, noon):
        device, code = self.offered(officer, noon)
        enrolled = enrol_device(acting(officer), code=code, at=noon + timedelta(minutes=14))
        assert (enrolled.pk, enrolled.ends_at) == (device.pk, noon + timedelta(minutes=14, days=90))
        with pytest.raises(CannotEnrol):
            enrol_device(acting(officer), code=code, at=noon + timedelta(minutes=14))

    @pytest.mark.parametrize("how", ["late", "wrong", "revoked", "ended account", "closed account"])
    def test_a_code_that_is_no_longer_good_enrols_nothing(self, officer, noon, how):
        device, code = self.offered(officer, noon)
        at = noon + timedelta(minutes=15 if how == "late" else 1)
        if how == "revoked":
            revoke_device(acting(officer), device=device, at=noon)
        if how == "ended account":
            User.objects.filter(pk=officer.pk).update(expires_at=noon)
        if how == "closed account":
            User.objects.filter(pk=officer.pk).update(is_active=False)
        with pytest.raises(CannotEnrol, match="Ask for a new one"):
            device_of_code("wrong" if how == "wrong" else code, at=at)

    def test_the_code_stands_nowhere_and_the_name_only_as_a_digest_in_the_journal(self, officer, noon):
        _device, code = self.offered(officer, noon)
        assert code not in str(Device.objects.values_list()[0])
        assert "Pocket" not in Entry.objects.get(verb="people.device_offered").body

    @pytest.mark.parametrize("name", ["", "  ", "x" * 61])
    def test_a_phone_has_a_name(self, officer, noon, name):
        with pytest.raises(BadInput):
            offer_device(acting(officer), user=officer, name=name, at=noon)

    def test_only_who_manages_people_enrols_or_ends_the_phones_of_others(self, officer, chief, noon):
        with pytest.raises(NotAllowed):
            offer_device(acting(officer), user=chief, name="theirs", at=noon)
        device, _code = offer_device(acting(chief), user=officer, name="Pocket", at=noon)
        with pytest.raises(NotAllowed):
            revoke_device(acting(make_staff("guard")), device=device, at=noon)
