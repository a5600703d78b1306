"""What a phone that was cut off sends late keeps its moment, and what it sends twice counts once."""

from datetime import timedelta

import pytest
from staff_for_tests import acting, make_staff

from maplebridge.dispatch.actions import (
    CannotAssignUnit,
    CannotCloseJob,
    CannotHandleAtPost,
    assign_unit,
    close_job,
    handle_at_post,
    set_status,
)
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.incidents.actions import close_incident, reopen_incident
from maplebridge.incidents.models import Note
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(db):
    user = make_staff(username="o", display_name="Officer", role="post_officer")
    return user, acting(user)


@pytest.fixture
def minute(noon):
    return lambda minutes: noon + timedelta(minutes=minutes)


@pytest.fixture
def there(dispatcher, noon, minute, make_unit, make_incident, officer):
    """A unit on scene since five past twelve."""
    unit, incident = make_unit("F3", kind="foot", crew=[officer[0]]), make_incident()
    assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    set_status(officer[1], unit=unit, status="OnScene", at=minute(5))
    return unit, incident


def close(actor, unit, *, said, at, disposition="05", narrative="quiet now"):
    return close_job(actor, unit=unit, disposition=disposition, narrative=narrative, occurred_at=said, at=at)


def test_a_late_close_keeps_its_moment_and_the_journal_says_when_it_occurred(there, officer, minute):
    unit, _incident = there
    closed = close(officer[1], unit, said=minute(12), at=minute(40))
    assert closed.closed_at == minute(12)
    assert Assignment.objects.get().cleared_at == UnitStatus.objects.get(unit=unit).since_at == minute(12)
    entries = Entry.objects.filter(verb__in=("incidents.closed", "dispatch.unit_cleared", "dispatch.units_changed"))
    assert {entry.at for entry in entries.order_by("-position")[:3]} == {minute(12)}


@pytest.mark.parametrize(("minutes", "refusal"), [(4, CannotCloseJob), (41, BadInput)])
def test_a_close_before_the_arrival_or_from_the_future_is_refused(there, officer, minute, minutes, refusal):
    with pytest.raises(refusal):
        close(officer[1], there[0], said=minute(minutes), at=minute(40))
    assert Assignment.objects.active().exists()


def test_a_late_close_frees_no_other_unit_before_its_own_last_step(dispatcher, there, officer, minute, make_unit):
    other = make_unit("M21", steps=2)
    assign_unit(dispatcher, incident=there[1], unit=other, at=minute(15))
    set_status(dispatcher, unit=other, status="OnScene", at=minute(20))
    close(officer[1], there[0], said=minute(12), at=minute(40))
    job = Assignment.objects.get(unit=other)
    assert (job.onscene_at, job.cleared_at) == (minute(20), minute(20))


@pytest.mark.parametrize("said", [None, 12])
def test_a_close_sent_again_adds_nothing(there, officer, minute, said):
    said = minute(said) if said else None
    first = close(officer[1], there[0], said=said, at=minute(40))
    entries = Entry.objects.count()
    again = close(officer[1], there[0], said=said, at=minute(41))
    assert (again.pk, again.closed_at, Entry.objects.count()) == (first.pk, first.closed_at, entries)
    assert Note.objects.count() == 1


def test_a_close_sent_again_does_not_close_the_next_job(dispatcher, there, officer, minute, make_incident):
    unit, incident = there
    close(officer[1], unit, said=minute(12), at=minute(13))
    following = make_incident()
    assign_unit(dispatcher, incident=following, unit=unit, at=minute(14))
    set_status(officer[1], unit=unit, status="OnScene", at=minute(16))
    assert close(officer[1], unit, said=minute(12), at=minute(20)).pk == incident.pk
    following.refresh_from_db()
    assert following.state == "ResourcesOnscene"


def test_a_close_in_another_way_or_of_anothers_is_no_repeat(dispatcher, there, officer, minute):
    unit, incident = there
    close(officer[1], unit, said=None, at=minute(12))
    for more in ({"disposition": "07"}, {"narrative": "other words"}):
        with pytest.raises(CannotCloseJob, match="no job to close"):
            close(officer[1], unit, said=None, at=minute(13), **more)
    with pytest.raises(CannotCloseJob):
        close(dispatcher, unit, said=None, at=minute(13))
    reopen_incident(dispatcher, incident=incident, reason="again", at=minute(14))
    with pytest.raises(CannotCloseJob):
        close(officer[1], unit, said=None, at=minute(15))


def test_what_dispatch_closed_meanwhile_does_not_swallow_the_officers_words(dispatcher, there, officer, minute):
    from maplebridge.dispatch.actions import release_units

    close_incident(dispatcher, incident=there[1], disposition="05", at=minute(12))
    release_units(dispatcher, incident=there[1], at=minute(12))
    with pytest.raises(CannotCloseJob):
        close(officer[1], there[0], said=minute(11), at=minute(13))


def at_post(actor, unit, incident, *, said, at, disposition="02"):
    return handle_at_post(actor, incident=incident, unit=unit, disposition=disposition, occurred_at=said, at=at)


def test_handled_at_the_post_while_cut_off_keeps_its_moment_after_the_shift_too(
    officer, noon, minute, make_unit, make_incident
):
    unit, incident = make_unit("P1", kind="post", crew=[officer[0]], shift=(-4, 1)), make_incident(actor=officer[1])
    closed = at_post(officer[1], unit, incident, said=minute(30), at=minute(75))
    assert (closed.assigned_at, closed.onscene_at, closed.closed_at) == (minute(30),) * 3
    entries = Entry.objects.count()
    assert at_post(officer[1], unit, incident, said=minute(30), at=minute(76)).pk == closed.pk
    assert Entry.objects.count() == entries
    with pytest.raises(CannotAssignUnit):
        at_post(officer[1], unit, incident, said=minute(31), at=minute(76), disposition="05")


def test_handled_at_the_post_is_neither_before_the_report_nor_ahead_nor_outside_the_shift(
    officer, dispatcher, noon, minute, make_unit, make_incident
):
    unit, incident = make_unit("P1", kind="post", crew=[officer[0]], shift=(-1, 1)), make_incident(actor=officer[1])
    with pytest.raises(BadInput, match="before 0001 was reported"):
        at_post(officer[1], unit, incident, said=minute(-10), at=minute(5))
    with pytest.raises(BadInput, match="future"):
        at_post(officer[1], unit, incident, said=minute(10), at=minute(5))
    with pytest.raises(NotAllowed):
        at_post(officer[1], unit, incident, said=minute(65), at=minute(70))
    set_status(officer[1], unit=unit, status="OutOfService", at=minute(6))
    set_status(officer[1], unit=unit, status="Available", at=minute(8))
    with pytest.raises(CannotHandleAtPost, match="after its last step"):
        at_post(officer[1], unit, incident, said=minute(7), at=minute(9))
    assert not Assignment.objects.exists()
