"""Who may do what, where, until when: grants, emergency access and its review, roles of the agency's own."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from staff_for_tests import FAR_OFF, acting, make_staff

from maplebridge.journal.models import Entry, Private
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import (
    CannotReviewTwice,
    CannotRevokeTwice,
    break_glass,
    enrol_user,
    give_grant,
    review_grant,
    revoke_grant,
    set_role,
)
from maplebridge.people.actor import Actor, actor_of
from maplebridge.people.models import Grant, User
from maplebridge.people.queries import emergency_of, needs_review
from maplebridge.people.rules import NOT_GIVEN, PERMISSIONS, SHIPPED, Held, narrowed, sees_personal, shipped

WHY = "cover for the summer"
NIGHT = {"name": "Night desk", "name_zh": "夜班", "permissions": ["incidents.view", "incidents.report"]}
codes = st.sampled_from(["", "north", "south", "old_town"])
held = st.builds(shipped, st.sampled_from(sorted(SHIPPED)), codes)


def place(path):
    return SimpleNamespace(area_path=path)


class TestRules:
    @pytest.mark.parametrize(
        ("area", "path", "covered"),
        [
            ("", "", True),
            ("", "/north/", True),
            ("north", "/city/north/", True),
            ("north", "/city/north/beat/", True),
            ("north", "/city/south/", False),
            ("north", "/city/northern/", False),
            ("north", "", False),
        ],
    )
    def test_a_grant_covers_its_area_and_what_lies_in_it(self, area, path, covered):
        assert shipped("dispatcher", area).covers(path) is covered

    @given(st.lists(held, max_size=4), st.sampled_from(sorted(PERMISSIONS)), codes)
    def test_may_and_areas_say_the_same(self, grants, permission, code):
        actor = Actor("user:1", "A", "x", held=tuple(grants))
        areas, there = actor.areas(permission), place(f"/{code}/" if code else "")
        assert actor.may(permission) is (areas is None or bool(areas))
        assert actor.may(permission, there) is (areas is None or code in areas)

    @given(st.lists(held, max_size=4), st.lists(st.sampled_from(sorted(PERMISSIONS))))
    def test_scopes_take_away_and_never_add(self, grants, scopes):
        whole, less = Actor("a", "A", "x", held=tuple(grants)), Actor("a", "A", "x", held=narrowed(grants, scopes))
        assert less.permissions == whole.permissions & set(scopes)

    def test_every_shipped_permission_is_known_and_named(self):
        assert set().union(*(role.permissions for role in SHIPPED.values())) <= set(PERMISSIONS)
        assert "roles.manage" not in SHIPPED["chief"].permissions
        assert not SHIPPED["administrator"].permissions & {"incidents.view", "incidents.consult", "journal.view"}

    @pytest.mark.parametrize(
        ("role", "needed"),
        [("dispatcher", True), ("auditor", True), ("administrator", True), ("dealer", False), ("registrar", False)],
    )
    def test_a_role_that_sees_personal_data_asks_for_a_second_factor(self, role, needed):
        assert sees_personal(SHIPPED[role].permissions) is needed

    def test_outside_the_area_is_another_sentence_than_without_the_right(self):
        actor = Actor("user:1", "A", "dispatcher", area_code="north")
        with pytest.raises(NotAllowed, match="outside your area"):
            actor.must("incidents.edit", place("/south/"))
        with pytest.raises(NotAllowed, match="As dispatcher you may not"):
            actor.must("journal.view", place("/south/"))


@pytest.fixture
def chief(db):
    return acting(make_staff("chief"))


@pytest.fixture
def user(db):
    return make_staff("post_officer", area_code="north")


@pytest.mark.django_db(transaction=True)
class TestGrants:
    def test_a_role_given_for_an_area_and_a_term_holds_there_and_then_alone(self, chief, user, noon):
        give_grant(chief, user=user, role="dispatcher", area_code="south", reason=WHY,
                   ends_at=noon + timedelta(days=9), at=noon)  # fmt: skip
        within, after = actor_of(user, at=noon + timedelta(days=1)), actor_of(user, at=noon + timedelta(days=10))
        assert within.role == "post_officer+dispatcher"
        assert within.areas("incidents.view") == {"north", "south"}
        assert within.areas("dispatch.assign") == {"south"}
        assert within.may("dispatch.assign", place("/south/"))
        assert not within.may("dispatch.assign", place("/north/"))
        assert after.role == "post_officer"

    def test_a_role_taken_back_ends_at_once_and_once(self, chief, user, noon):
        grant = Grant.objects.get(user=user)
        revoke_grant(chief, grant=grant, reason="left the station", at=noon)
        assert actor_of(user, at=noon).grants == ()
        assert not actor_of(user, at=noon).permissions
        with pytest.raises(CannotRevokeTwice):
            revoke_grant(chief, grant=grant, reason="left the station", at=noon)

    def test_nobody_changes_their_own_roles(self, noon):
        own = make_staff("chief", username="own")
        with pytest.raises(NotAllowed, match="their own"):
            give_grant(acting(own), user=own, role="auditor", reason=WHY, at=noon)
        with pytest.raises(NotAllowed, match="their own"):
            revoke_grant(acting(own), grant=own.grants.get(), reason=WHY, at=noon)
        with pytest.raises(NotAllowed, match="their own"):
            enrol_user(acting(own), username="own", display_name="Own", role="auditor", password=None, at=noon)
        assert acting(own).role == "chief"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"role": "king"}, "role"),
            *[({"role": code}, "role") for code in sorted(NOT_GIVEN)],
            ({"reason": "short"}, "reason"),
            ({"reason": "x" * 301}, "reason"),
            ({"ends_at": "past"}, "ends_at"),
            ({"role": "post_officer", "area_code": "north"}, "role"),
        ],
    )
    def test_a_grant_that_makes_no_sense_is_refused_with_its_field(self, chief, user, noon, changes, field):
        values = {"role": "guard", "area_code": "", "reason": WHY, "ends_at": None} | changes
        values["ends_at"] = noon if values["ends_at"] == "past" else None
        with pytest.raises(BadInput) as refused:
            give_grant(chief, user=user, **values, at=noon)
        assert refused.value.field == field
        assert not Entry.objects.filter(verb="people.role_given").exists()

    def test_only_who_may_give_gives(self, user, noon):
        with pytest.raises(NotAllowed):
            give_grant(acting(make_staff("dispatcher")), user=user, role="guard", reason=WHY, at=noon)

    def test_why_a_role_was_given_stands_in_the_journal_apart_from_its_facts(self, chief, user, noon):
        give_grant(chief, user=user, role="guard", reason="private circumstances", at=noon)
        entry = Entry.objects.get(verb="people.role_given")
        assert (entry.facts["role"], entry.facts["user"]) == ("guard", f"user:{user.pk}")
        assert "circumstances" not in entry.body
        assert Private.objects.get(entry=entry, name="reason").content == "private circumstances"

    def test_enrolling_with_another_role_ends_the_one_before(self, machine, user, noon):
        enrol_user(machine, username=user.username, display_name="U", role="mediator", password=None, at=noon)
        assert actor_of(User.objects.get(pk=user.pk), at=noon).role == "mediator"


@pytest.mark.django_db(transaction=True)
class TestEmergency:
    def take(self, user, at, reason="a fire across the border of my area"):
        return break_glass(acting(user), user=user, reason=reason, at=at)

    def test_it_opens_everything_for_an_hour_and_shows_in_every_entry(self, user, noon):
        self.take(user, noon)
        during, after = actor_of(user, at=noon + timedelta(minutes=59)), actor_of(user, at=noon + timedelta(minutes=60))
        assert during.areas("incidents.view") is None
        assert during.areas("incidents.note") == {"north"}
        assert during.role == "post_officer+break_glass"
        assert after.areas("incidents.view") == {"north"}

    def test_taking_it_again_while_it_lasts_is_the_same_one(self, user, noon):
        assert self.take(user, noon) == self.take(user, noon + timedelta(minutes=30))
        assert emergency_of(user, at=noon + timedelta(hours=2)) is None
        assert Entry.objects.filter(verb="people.glass_broken").count() == 1

    @pytest.mark.parametrize("role", ["auditor", "administrator", "registrar", "analyst"])
    def test_only_who_works_on_incidents_takes_it(self, noon, role):
        with pytest.raises(NotAllowed):
            self.take(make_staff(role), noon)

    def test_it_wants_a_reason_and_is_taken_for_oneself(self, user, chief, noon):
        with pytest.raises(BadInput):
            self.take(user, noon, reason="urgent")
        with pytest.raises(NotAllowed, match="for themselves"):
            break_glass(chief, user=user, reason="a fire across the border", at=noon)

    def test_it_waits_for_review_by_another_and_is_reviewed_once(self, user, noon):
        grant, auditor = self.take(user, noon), acting(make_staff("auditor"))
        assert list(needs_review(noon)) == [grant]
        assert grant.review_due_at == noon + timedelta(days=1)
        review_grant(auditor, grant=grant, justified=False, words="nothing burned there", at=noon)
        assert not needs_review(noon).exists()
        with pytest.raises(CannotReviewTwice):
            review_grant(auditor, grant=grant, justified=True, words="nothing burned there", at=noon)
        assert Entry.objects.get(verb="people.emergency_reviewed").facts["justified"] is False

    def test_nobody_reviews_their_own(self, noon):
        own = make_staff("chief")
        with pytest.raises(NotAllowed, match="their own"):
            review_grant(acting(own), grant=self.take(own, noon), justified=True, words="it was needed", at=noon)

    def test_an_ordinary_grant_is_nothing_to_review(self, user, chief, noon):
        with pytest.raises(CannotReviewTwice):
            review_grant(chief, grant=user.grants.get(), justified=True, words="it was needed", at=noon)


@pytest.mark.django_db(transaction=True)
class TestRoles:
    def test_an_agency_makes_a_role_of_its_own(self, user, noon):
        admin = acting(make_staff("administrator"))
        set_role(admin, code="night_desk", **NIGHT, at=noon)
        give_grant(admin, user=user, role="night_desk", reason=WHY, at=noon)
        assert actor_of(user, at=noon).may("incidents.report", place("/elsewhere/"))

    def test_what_a_shipped_role_may_is_changed_for_everyone_who_holds_it(self, user, noon):
        set_role(acting(make_staff("administrator")), code="post_officer", **NIGHT, at=noon)
        assert actor_of(user, at=noon).permissions == {"incidents.view", "incidents.report"}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"code": "system"}, "code"),
            ({"code": "break_glass"}, "code"),
            ({"code": "two words"}, "code"),
            ({"code": "夜班"}, "code"),
            ({"name": ""}, "name"),
            ({"name_zh": "夜" * 61}, "name"),
            ({"permissions": ["everything"]}, "permissions"),
        ],
    )
    def test_a_role_that_makes_no_sense_is_refused_with_its_field(self, noon, changes, field):
        with pytest.raises(BadInput) as refused:
            set_role(acting(make_staff("administrator")), **{"code": "night", **NIGHT} | changes, at=noon)
        assert refused.value.field == field

    def test_only_who_manages_roles_changes_them(self, chief, noon):
        with pytest.raises(NotAllowed):
            set_role(chief, code="night", **NIGHT, at=noon)

    def test_a_grant_of_a_role_that_is_gone_gives_nothing(self, user):
        Grant.objects.filter(user=user).update(role="abolished")
        assert actor_of(user, at=FAR_OFF).grants == ()
        assert Held("abolished", frozenset()).permissions == frozenset()
