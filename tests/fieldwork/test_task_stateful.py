"""A task over any interleaving of accept, split, delegate, return and late sync is in a declared state."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from phone_for_tests import record
from work_for_tests import make_village

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Submission, Task
from maplebridge.fieldwork.rules import tasks as rules
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import NotAllowed, Refused
from maplebridge.people.models import User

pytestmark = pytest.mark.django_db
WHO = ("officer", "second", "auxiliary", "one", "two")
STEPPED = (
    "accepted",
    "passed_on",
    "split",
    "delivered",
    "returned",
    "settled",
    "withdrawn",
    "parts_ended",
    "taken_back",
)


def machine_of(areas, who, noon):
    """The machine for one village; every example begins with tasks of its own."""

    class Cascade(RuleBasedStateMachine):
        tasks = Bundle("tasks")

        def __init__(self):
            super().__init__()
            self.mine, self.ended, self.at, self.sent = [], {}, noon, 0

        def step(self, work, **more):
            """Take a step; what is refused changes nothing."""
            before = self.states()
            self.at += timedelta(minutes=1)
            try:
                return work(at=self.at, **more)
            except (actions.CannotStep, NotAllowed):
                assert self.states() == before
                return None

        def states(self):
            return dict(Task.objects.filter(pk__in=[t.pk for t in self.mine]).values_list("pk", "state"))

        @initialize(target=tasks)
        def given(self):
            whose = actions.Whose(areas["V"], role="auxiliary")
            self.mine = [actions.give_task(who["officer"], title="Wells", whose=whose, at=self.at)]
            return self.mine[0]

        @rule(task=tasks, name=st.sampled_from(WHO))
        def accept(self, task, name):
            self.step(lambda at: actions.accept_task(who[name], task=task, at=at))

        @rule(task=tasks, name=st.sampled_from(WHO))
        def deliver(self, task, name):
            self.step(lambda at: actions.deliver_task(who[name], task=task, at=at))

        @rule(task=tasks, name=st.sampled_from(WHO), below=st.sampled_from(("H1", "H2")))
        def delegate(self, task, name, below):
            whose = actions.Whose(areas[below], role="hamlet_assistant")
            self.step(lambda at: actions.pass_on_task(who[name], task=task, whose=whose, at=at))

        @rule(target=tasks, task=tasks, name=st.sampled_from(WHO), below=st.sampled_from(("H1", "H2")))
        def split(self, task, name, below):
            whose = actions.Whose(areas[below], role="hamlet_assistant")
            parts = self.step(lambda at: actions.split_task(who[name], task=task, among=[whose], at=at))
            self.mine += parts or []
            return parts[0] if parts else task

        @rule(task=tasks, name=st.sampled_from(WHO))
        def send_back(self, task, name):
            self.step(lambda at: actions.return_task(who[name], task=task, reason="Look again, please", at=at))

        @rule(task=tasks, name=st.sampled_from(WHO))
        def settle(self, task, name):
            self.step(lambda at: actions.settle_task(who[name], task=task, at=at))

        @rule(task=tasks, name=st.sampled_from(WHO))
        def withdraw(self, task, name):
            self.step(lambda at: actions.withdraw_task(who[name], task=task, reason="No longer needed", at=at))

        @rule(task=tasks, name=st.sampled_from(WHO))
        def take_back(self, task, name):
            self.step(lambda at: actions.take_back_task(who[name], task=task, at=at))

        @rule(task=tasks, name=st.sampled_from(("auxiliary", "one", "two")))
        def sync_late(self, task, name):
            """A phone sends what was filled in before anything of this happened."""
            before = Task.objects.get(pk=task.pk).state
            xml, _id = record(inside=f"<task>{task.pk}</task>")
            user = User.objects.get(username=name)
            self.at += timedelta(minutes=1)
            try:
                done = actions.receive_submission(who[name], user=user, xml=xml, files={}, at=self.at)
            except Refused as refused:
                raise AssertionError(refused.sentence) from refused
            self.sent += 1
            if done.submission.task_id and rules.late(before):
                assert done.submission.late

        @invariant()
        def every_state_is_declared_and_follows_from_the_parts(self):
            rows = list(Task.objects.filter(pk__in=[t.pk for t in self.mine]).values_list("pk", "parent_id", "state"))
            for pk, _parent, state in rows:
                assert state in rules.STATES
                parts = [each for _pk, parent, each in rows if parent == pk]
                open_below = [each for each in parts if each not in rules.ENDED]
                assert not open_below or state == "delegated"
                assert state != "delegated" or open_below

        @invariant()
        def what_has_ended_stays_as_it_ended(self):
            now = self.states()
            assert all(now[pk] == state for pk, state in self.ended.items())
            self.ended = {pk: state for pk, state in now.items() if state in rules.ENDED}

        @invariant()
        def nothing_sent_is_lost(self):
            assert Submission.objects.filter(received_at__gt=noon).count() >= self.sent

        def teardown(self):
            subjects = [f"task:{task.pk}" for task in self.mine]
            verbs = set(Entry.objects.filter(subject__in=subjects).values_list("verb", flat=True))
            assert verbs <= {f"fieldwork.task_{each}" for each in (*STEPPED, "given")}

    return Cascade


def test_any_interleaving_leaves_declared_states(machine, forms, noon):
    areas, who = make_village(machine, noon)
    run_state_machine_as_test(
        machine_of(areas, who, noon),
        settings=settings(
            max_examples=20, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
