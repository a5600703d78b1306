"""Handled at the post: what a post may close by itself, and what is others' work."""

from datetime import timedelta

import pytest
from staff_for_tests import acting, make_staff

from maplebridge.dispatch.actions import CannotHandleAtPost, assign_unit, handle_at_post
from maplebridge.dispatch.models import Assignment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(db):
    return make_staff(username="o", display_name="Officer", role="post_officer")


@pytest.fixture
def post(make_unit, officer):
    return make_unit("P1", kind="post", crew=[officer])


def handle(actor, unit, incident, *, at):
    return handle_at_post(actor, incident=incident, unit=unit, disposition="02", at=at)


def test_a_post_closes_what_its_officer_reported(officer, post, make_incident, noon):
    incident = make_incident(actor=acting(officer))
    assert handle(acting(officer), post, incident, at=noon).state == "Closed"


def test_a_post_does_not_close_what_others_reported(officer, post, make_incident, noon):
    incident = make_incident()
    with pytest.raises(CannotHandleAtPost, match="not yours to close"):
        handle(acting(officer), post, incident, at=noon)
    incident.refresh_from_db()
    assert incident.state == "Active"
    assert not Assignment.objects.exists()


def test_a_post_that_was_sent_there_closes_it_in_one_step(officer, post, dispatcher, make_incident, noon):
    incident = make_incident()
    assign_unit(dispatcher, incident=incident, unit=post, at=noon)
    closed = handle(acting(officer), post, incident, at=noon + timedelta(minutes=2))
    assert (closed.state, closed.closed_at_post) == ("Closed", True)
    assert Assignment.objects.get().outcome == "closed"


def test_a_post_does_not_close_what_another_unit_is_on(officer, post, dispatcher, make_unit, make_incident, noon):
    incident = make_incident(actor=acting(officer))
    assign_unit(dispatcher, incident=incident, unit=make_unit("M21"), at=noon)
    with pytest.raises(CannotHandleAtPost, match="M21 is on 0001"):
        handle(acting(officer), post, incident, at=noon)
    assert handle(dispatcher, post, incident, at=noon).state == "Closed"
