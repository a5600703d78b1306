"""The same order given twice at once sends the unit once, and both get its assignment."""

import pytest

from maplebridge.dispatch.actions import assign_unit, sending
from maplebridge.dispatch.models import Assignment
from maplebridge.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("preempt", [False, True])
def test_the_slower_of_two_equal_orders_gets_the_assignment_of_the_faster(
    dispatcher, noon, make_unit, make_incident, monkeypatch, preempt
):
    unit, incident, first = make_unit("M21"), make_incident(), []
    advice_on = sending.advice_on

    def meanwhile(actor, **how):
        if not first:
            first.append(None)
            first[0] = assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
        return advice_on(actor, **how)

    monkeypatch.setattr(sending, "advice_on", meanwhile)
    assert assign_unit(dispatcher, incident=incident, unit=unit, at=noon, preempt=preempt) == first[0]
    assert Assignment.objects.count() == 1
    assert Entry.objects.filter(verb="dispatch.unit_assigned").count() == 1
