"""The simulation: the kernel decides as `dispatch` does, conserves calls, and gives queueing theory's answers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_simulation import Plain
from towns import counter, town

from maplebridge.deployment.erlang import lost, with_line
from maplebridge.deployment.intervals import difference, interval
from maplebridge.deployment.kernels.fleet import LOST, SERVED, WAITING
from maplebridge.deployment.scenario import Replayed, duty_ends
from maplebridge.deployment.simulation import ALL, hours_of_duty, joined, simulate, trace
from maplebridge.kernel.refused import BadInput

STATES = {"waiting": WAITING, "served": SERVED, "lost": LOST}


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize(
    "terms",
    [{}, {"preempt": True}, {"line": 1, "break_s": 1_800.0, "break_after_s": 2 * 3600.0}, {"preempt": True, "line": 0}],
)
def test_the_kernel_sends_whom_the_rules_of_dispatch_send(seed, terms):
    scenario = town(seed, units=5 + seed % 5, rate=2.0 + seed, **terms)
    ours = trace(scenario, seed=seed)
    plain = Plain(scenario, ours.calls).run()
    assert ours.state.tolist() == [STATES[call.state] for call in plain.calls]
    assert ours.decided_s.tolist() == pytest.approx([call.decided_s for call in plain.calls], nan_ok=True)
    assert ours.response_s.tolist() == pytest.approx([plain.response(call) for call in plain.calls], nan_ok=True)


@given(st.integers(0, 10_000), st.integers(1, 9), st.floats(0.1, 40.0), st.booleans(), st.integers(-1, 2))
@settings(max_examples=40)
def test_no_call_is_lost_sight_of(seed, units, rate, preempt, line):
    scenario = town(seed, units=units, rate=rate, preempt=preempt, line=line, warm_up_s=3_600.0)
    outcome = simulate(scenario, replications=3, seed=seed, cores=1)
    came = [trace(scenario, seed=seed, replication=n).calls.at_s for n in range(3)]
    assert outcome.arrived.tolist() == [int((at_s >= 3_600.0).sum()) for at_s in came]
    assert (outcome.served + outcome.waiting + outcome.lost == outcome.arrived).all()
    assert (outcome.reached[:, ALL] == outcome.reached[:, :ALL].sum(axis=1)).all()
    assert (outcome.place_calls.sum(axis=1) == outcome.reached[:, ALL]).all()
    assert (outcome.busy >= 0).all()
    on_duty = outcome.busy * hours_of_duty(scenario) * 3600 - outcome.over_s
    assert (on_duty <= hours_of_duty(scenario) * 3600 + 1e-6).all()


@pytest.mark.parametrize("preempt", [False, True])
def test_the_same_seed_gives_the_same_study_on_one_core_two_and_in_parts(preempt):
    scenario = town(3, preempt=preempt, break_s=1_200.0)
    one, two = (simulate(scenario, replications=50, seed=9, cores=cores) for cores in (1, 2))
    parts = joined([simulate(scenario, replications=n, seed=9, first=first) for first, n in ((17, 33), (0, 17))])
    for other in (two, parts):
        for name in one.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert not np.array_equal(one.travel_s, simulate(scenario, replications=50, seed=10).travel_s)


def test_two_layouts_meet_the_same_calls():
    few, many = town(5, units=4), town(5, units=4)
    many = replace(many, units=replace(many.units, goes=~many.units.goes | True))
    one, other = (trace(each, seed=2, replication=7).calls for each in (few, many))
    for name in one.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize(("units", "rate"), [(1, 0.6), (3, 1.5), (8, 6.4)])
def test_servers_behind_one_counter_wait_as_erlang_says(units, rate):
    outcome = simulate(counter(units, rate), replications=60, seed=4)
    chances, line = with_line(units, rate)
    delayed = chances[-1] + line
    for values, theory in (
        (outcome.waited, delayed),
        (outcome.waited_s, delayed * 3600 / (units - rate)),
        (outcome.busy.mean(axis=1), rate / units),
    ):
        found = interval(values, confidence=0.999)
        assert found.low <= theory <= found.high


@pytest.mark.parametrize(("units", "rate"), [(1, 0.6), (5, 4.0)])
def test_without_a_line_calls_are_lost_as_erlang_says(units, rate):
    outcome = simulate(counter(units, rate, line=0), replications=60, seed=4)
    found = interval(outcome.lost / outcome.arrived, confidence=0.999)
    assert found.low <= lost(units, rate)[-1] <= found.high


def test_a_unit_more_is_seen_with_few_replications_because_the_calls_are_the_same():
    three, four = (simulate(counter(units, 2.4, hours=300.0), replications=30, seed=1) for units in (3, 4))
    paired = difference(three.waited_s, four.waited_s)
    apart = difference(three.waited_s, np.roll(four.waited_s, 1))
    assert paired.high < 0
    assert paired.high - paired.low < apart.high - apart.low


def test_calls_as_they_were_are_replayed_and_a_crew_works_on_beyond_its_turn():
    base = counter(1, 1.0, hours=24.0)
    crew, duty = duty_ends(((0, 2),))
    came = Replayed(
        np.array([60.0, 7_000.0, 8_000.0]), np.zeros(3, int), np.zeros(3, int), np.array([600.0, 900.0, 60.0])
    )
    units, terms = replace(base.units, crew_ends=crew[None], duty_ends=duty[None]), replace(base.terms, warm_up_s=0.0)
    base = replace(base, units=units, terms=terms, need=came)
    outcome = simulate(base, replications=2)
    assert (outcome.served.tolist(), outcome.waiting.tolist()) == ([2, 2], [1, 1])
    assert outcome.over_s[0, 0] == pytest.approx(700.0)
    assert outcome.busy[0, 0] == pytest.approx(1_500.0 / 7_200.0)


def test_turns_that_relieve_each_other_end_for_the_crew_and_never_for_the_unit():
    crew, duty = duty_ends(tuple((h, h + 8) for h in range(0, 168, 8)))
    assert (crew[0], crew[7], crew[8]) == (8.0, 1.0, 8.0)
    assert np.isinf(duty).all()
    crew, duty = duty_ends(((8, 12), (12, 20)))
    assert (crew[8], duty[8], duty[19], duty[20]) == (4.0, 12.0, 1.0, 0.0)


def test_what_cannot_be_run_is_refused_in_words():
    with pytest.raises(BadInput, match="replications"):
        simulate(counter(), replications=0)
    with pytest.raises(BadInput, match="warm-up"):
        simulate(counter(hours=50.0), replications=1)


def test_a_run_can_be_stopped():
    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(counter(hours=200.0), replications=200, cores=2, progress=stop)
