"""Several people at once: threads that send, step, swap and close the same few units and incidents."""

import random
import threading
from datetime import timedelta

import pytest
from dispatch_agreement import (
    each_incident_is_in_a_declared_state_that_fits_its_units,
    each_unit_has_at_most_one_job_and_its_status_fits,
    the_journal_tells_what_the_tables_say,
)
from django.db import connection

from maplebridge.dispatch import actions as dispatch
from maplebridge.incidents import actions as incidents
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import Refused

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, DEEDS = 4, 20


def deeds(actor, unit, other, incident, chance, at):
    """What somebody may do next: how often, what, with what."""
    mine, here = {"unit": unit, "at": at}, {"incident": incident, "at": at}
    return [
        (6, dispatch.assign_unit, mine | here | {"preempt": chance.random() < 0.5}),
        (3, dispatch.set_status, mine | {"status": chance.choice(["EnRoute", "OnScene"])}),
        (2, dispatch.stand_down, mine | here),
        (2, dispatch.swap_units, here | {"out_unit": unit, "in_unit": other}),
        (1, dispatch.close_job, mine | {"disposition": "05"}),
        (1, incidents.close_incident, here | {"disposition": "05"}),
        (3, incidents.reopen_incident, here | {"reason": "again"}),
        (1, dispatch.release_units, here),
    ]


def one_person(actor, units, queue, *, seed, noon, faults):
    """Do something at random, again and again; a refusal is an answer, anything else is a fault."""
    chance = random.Random(seed)
    for step in range(DEEDS):
        unit, other, incident = chance.choice(units), chance.choice(units), chance.choice(queue)
        choice = deeds(actor, unit, other, incident, chance, noon + timedelta(seconds=step))
        _often, deed, how = chance.choices(choice, weights=[often for often, _deed, _how in choice])[0]
        try:
            deed(actor, **how)
        except Refused:
            pass
        except Exception as fault:
            faults.append(fault)
    connection.close()


def test_a_crowd_leaves_everything_sound(dispatcher, noon, make_unit, make_incident):
    units = [make_unit(f"M{number}", steps=number) for number in range(4)]
    queue = [make_incident("fight"), make_incident("noise"), make_incident("noise")]
    faults = []
    people = [
        threading.Thread(
            target=one_person, args=(dispatcher, units, queue), kwargs={"seed": seed, "noon": noon, "faults": faults}
        )
        for seed in range(PEOPLE)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert faults == []
    each_unit_has_at_most_one_job_and_its_status_fits()
    for incident in queue:
        dispatch.release_units(dispatcher, incident=incident, at=noon + timedelta(minutes=1))
        dispatch.resume_units(dispatcher, incident=incident, at=noon + timedelta(minutes=1))
    each_incident_is_in_a_declared_state_that_fits_its_units(worker_has_run=True)
    the_journal_tells_what_the_tables_say()
    assert verify().sound
