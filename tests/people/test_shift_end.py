"""Who may open and end a shift, and what ending one leaves."""

from datetime import timedelta

import pytest
from staff_for_tests import acting

from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.actions import end_shift, enlist_unit, enrol_user, open_shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unit(machine, noon):
    return enlist_unit(machine, call_sign="F3", kind="foot", home=(24.94, 60.17), at=noon)


@pytest.fixture
def officers(machine, noon):
    return [
        enrol_user(machine, username=name, display_name=name, role="post_officer", password=None, at=noon)
        for name in ("an", "bo")
    ]


def span(noon, start, end):
    return {"starts_at": noon + timedelta(hours=start), "ends_at": noon + timedelta(hours=end)}


def test_an_officer_may_open_and_end_a_shift_of_their_own_alone(unit, officers, noon):
    first = acting(officers[0])
    shift = open_shift(first, unit=unit, crew=officers[:1], at=noon, **span(noon, 0, 8))
    for crew in ([], officers, officers[1:]):
        with pytest.raises(NotAllowed):
            open_shift(first, unit=unit, crew=crew, at=noon, **span(noon, 0, 8))
    with pytest.raises(NotAllowed):
        end_shift(acting(officers[1]), shift=shift, at=noon)
    end = noon + timedelta(hours=2)
    assert end_shift(first, shift=shift, at=end).ends_at == end
    entry = Entry.objects.get(verb="people.shift_ended")
    assert (entry.subject, entry.facts["ends_at"]) == (f"shift:{shift.pk}", stamp(end))


@pytest.mark.parametrize(("start", "end"), [(-8, -1), (1, 9)])
def test_a_shift_that_is_over_or_not_begun_stays_as_it_is(machine, unit, noon, start, end):
    shift = open_shift(machine, unit=unit, crew=[], at=noon, **span(noon, start, end))
    assert end_shift(machine, shift=shift, at=noon).ends_at == noon + timedelta(hours=end)


def test_a_dispatcher_may_end_any_shift_and_open_one(dispatcher, unit, officers, noon):
    shift = open_shift(dispatcher, unit=unit, crew=officers, at=noon, **span(noon, -1, 8))
    assert end_shift(dispatcher, shift=shift, at=noon).ends_at == noon
