"""Staff, roles, tokens, units and shifts."""

from datetime import timedelta

import pytest
from staff_for_tests import acting

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people import actions, queries
from maplebridge.people.actor import PUBLIC, Actor, actor_of_token, system
from maplebridge.people.models import ApiToken, Unit, User
from maplebridge.people.rules import SHIPPED, UNIT_KINDS, shipped

HERE = (24.94, 60.17)


class TestRules:
    @pytest.mark.parametrize(
        ("role", "permission", "allowed"),
        [
            ("call_taker", "incidents.report", True),
            ("call_taker", "dispatch.assign", False),
            ("dispatcher", "dispatch.assign", True),
            ("dispatcher", "journal.view", False),
            ("post_officer", "units.own", True),
            ("post_officer", "incidents.close", False),
            ("chief", "people.manage", True),
            ("auditor", "journal.view", True),
            ("auditor", "incidents.consult", False),
            ("auditor", "incidents.edit", False),
            ("integration", "units.position", True),
            ("public", "incidents.view", False),
            ("no_such_role", "incidents.view", False),
        ],
    )
    def test_a_role_gives_what_its_work_needs_and_nothing_else(self, role, permission, allowed):
        assert (permission in shipped(role).permissions) is allowed

    def test_every_kind_of_unit_has_a_letter_of_its_own(self):
        assert len({kind.letter for kind in UNIT_KINDS.values()}) == len(UNIT_KINDS)

    def test_only_street_posts_stand_still(self):
        assert [kind.code for kind in UNIT_KINDS.values() if not kind.moves] == ["post"]

    def test_every_role_and_kind_has_a_name_in_both_languages(self):
        from django.utils.translation import override

        for named in (*SHIPPED.values(), *UNIT_KINDS.values()):
            with override("en"):
                english = str(named.name)
            with override("zh-hans"):
                assert str(named.name) != english

    def test_a_refusal_names_the_role_and_what_to_do(self):
        with pytest.raises(NotAllowed, match="As auditor you may not do this. Ask a station chief"):
            Actor(ref="user:1", name="A", role="auditor").must("incidents.edit")

    def test_the_public_may_only_report(self):
        assert PUBLIC.may("incidents.report_public")
        assert not PUBLIC.may("incidents.report")


@pytest.mark.django_db(transaction=True)
class TestAccounts:
    def enrol(self, machine, noon, **changes) -> User:
        values = {"username": "jo", "display_name": "Jo", "role": "dispatcher", "password": None} | changes
        return actions.enrol_user(machine, **values, at=noon)

    def test_enrolling_again_changes_the_same_account(self, machine, noon):
        first = self.enrol(machine, noon)
        second = self.enrol(machine, noon, role="chief", display_name="Jo, chief")
        assert (second.pk, str(second)) == (first.pk, "Jo, chief")
        assert [held.role for held in acting(second).grants] == ["chief"]
        assert User.objects.count() == 1

    def test_an_account_without_a_password_cannot_be_entered_with_any(self, machine, noon):
        assert not self.enrol(machine, noon).has_usable_password()

    def test_passwords_are_kept_as_argon2(self, machine, noon):
        user = self.enrol(machine, noon, password="a long enough one")
        assert user.password.startswith("argon2")
        assert user.check_password("a long enough one")

    def test_an_unknown_role_is_refused_with_the_roles_there_are(self, machine, noon):
        with pytest.raises(BadInput, match="There is no role “king”. Roles: call_taker"):
            self.enrol(machine, noon, role="king")
        assert not Entry.objects.exists()

    def test_names_stay_out_of_the_journal_in_clear(self, machine, noon):
        self.enrol(machine, noon, username="jo.smith", display_name="Jo Smith")
        assert "smith" not in "".join(Entry.objects.values_list("body", flat=True)).lower()

    def test_only_who_manages_people_enrols(self, dispatcher, noon):
        with pytest.raises(NotAllowed):
            self.enrol(dispatcher, noon)

    def test_signing_in_is_an_entry_about_oneself(self, machine, noon):
        user = self.enrol(machine, noon)
        actions.record_sign_in(acting(user), user=user, at=noon)
        entry = Entry.objects.get(verb="people.signed_in")
        assert entry.facts == {"signed_in_at": "2026-05-04T12:00:00.000Z"}
        assert entry.actor == entry.subject == f"user:{user.pk}"

    def test_a_token_opens_until_it_ends(self, machine, noon):
        user = self.enrol(machine, noon)
        text = actions.issue_token(machine, user=user, days=2, at=noon)
        actor = actor_of_token(text, at=noon + timedelta(days=1))
        assert actor is not None
        assert (actor.ref, actor.session) == (f"user:{user.pk}", f"token:{ApiToken.objects.get().pk}")
        assert actor_of_token(text, at=noon + timedelta(days=2)) is None
        assert actor_of_token(text + "x", at=noon) is None

    def test_a_tokens_text_is_stored_nowhere(self, machine, noon):
        text = actions.issue_token(machine, user=self.enrol(machine, noon), at=noon)
        assert ApiToken.objects.get().digest != text
        assert not any(text in entry.body for entry in Entry.objects.all())

    def test_a_token_ends_with_its_owners_account(self, machine, noon):
        user = self.enrol(machine, noon)
        text = actions.issue_token(machine, user=user, at=noon)
        User.objects.filter(pk=user.pk).update(expires_at=noon)
        assert actor_of_token(text, at=noon) is None
        User.objects.filter(pk=user.pk).update(expires_at=None, is_active=False)
        assert actor_of_token(text, at=noon) is None

    def test_names_are_told_for_people_and_left_out_for_programs(self, machine, noon):
        user = self.enrol(machine, noon)
        asked = {f"user:{user.pk}", "system:worker", "user:999", "user:x"}
        assert queries.names_of(asked) == {f"user:{user.pk}": "Jo"}


@pytest.mark.django_db(transaction=True)
class TestUnitsAndShifts:
    @pytest.fixture
    def unit(self, machine, noon) -> Unit:
        return actions.enlist_unit(machine, call_sign="m21", kind="motorbike", home=HERE, at=noon)

    @pytest.fixture
    def officer(self, machine, noon) -> User:
        return actions.enrol_user(
            machine, username="officer", display_name="Officer", role="post_officer", password=None, at=noon
        )

    def test_call_signs_are_kept_in_capitals_and_name_one_unit(self, machine, noon, unit):
        again = actions.enlist_unit(machine, call_sign="M21", kind="car", home=HERE, skills=["b", "a"], at=noon)
        assert (again.pk, again.kind, again.skills, str(again)) == (unit.pk, "car", ["a", "b"], "M21")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"kind": "tank"}, "kind"), ({"home": (200.0, 0.0)}, "home"), ({"home": (0.0, float("nan"))}, "home")],
    )
    def test_a_unit_that_cannot_be_is_refused_by_field(self, machine, noon, changes, field):
        values = {"call_sign": "X1", "kind": "car", "home": HERE} | changes
        with pytest.raises(BadInput) as refused:
            actions.enlist_unit(machine, **values, at=noon)
        assert refused.value.field == field
        assert not Unit.objects.exists()

    def test_a_shift_must_end_after_it_starts(self, machine, noon, unit):
        with pytest.raises(BadInput, match="ends before it starts"):
            actions.open_shift(machine, unit=unit, crew=[], starts_at=noon, ends_at=noon, at=noon)

    def test_a_unit_is_on_shift_from_its_start_to_just_before_its_end(self, machine, noon, unit, officer):
        ends = noon + timedelta(hours=8)
        actions.open_shift(machine, unit=unit, crew=[officer], starts_at=noon, ends_at=ends, at=noon)
        for moment, there in ((noon - timedelta(seconds=1), []), (noon, [unit]), (ends, [])):
            assert list(Unit.objects.on_shift(moment)) == there

    def test_the_journal_knows_who_was_on_duty(self, machine, noon, unit, officer):
        ends = noon + timedelta(hours=8)
        actions.open_shift(machine, unit=unit, crew=[officer], starts_at=noon, ends_at=ends, at=noon)
        facts = Entry.objects.get(verb="people.shift_opened").facts
        assert (facts["unit"], facts["crew"]) == (f"unit:{unit.pk}", [f"user:{officer.pk}"])


def test_programs_act_under_their_own_name():
    assert (system("worker").ref, system("worker").user_id) == ("system:worker", None)
