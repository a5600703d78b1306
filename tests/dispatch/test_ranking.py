"""Who is put before whom, and the line that says why."""

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.dispatch.ranking import Candidate, Job, Preempt, rank, span, suits

JOB = Job(priority=5, skills=frozenset(), area_code="kamppi", scene_s=900)
NEAR = Candidate(unit_id=1, call_sign="M21", kind="car", eta_s=120, distance_m=800)
FAR = Candidate(unit_id=2, call_sign="M22", kind="car", eta_s=180, distance_m=1500)


def order(*candidates, job=JOB):
    return [ranked.candidate.unit_id for ranked in rank(candidates, job)]


def why(candidate, *others, job=JOB, areas=None):
    ranked = rank([candidate, *others], job, areas=areas)
    return next(r.why for r in ranked if r.candidate.unit_id == candidate.unit_id)


def test_the_nearer_in_time_goes_first():
    assert order(FAR, NEAR) == [1, 2]
    assert [r.rank for r in rank([FAR, NEAR], JOB)] == [1, 2]


@pytest.mark.parametrize(
    "drawback",
    [
        {"free_in_s": 300.0},
        {"only_one_in_beat": True, "area_code": "punavuori"},
        {"shift_left_s": 600.0},
        {"position_age_s": 1200.0},
        {"kind": "volunteers"},
    ],
)
def test_a_drawback_lets_a_unit_a_minute_further_go_first(drawback):
    assert order(replace(NEAR, **drawback), FAR) == [2, 1]


def test_a_missing_skill_outweighs_some_minutes():
    job = replace(JOB, skills=frozenset({"mediation"}))
    assert order(NEAR, replace(FAR, skills=frozenset({"mediation"})), job=job) == [2, 1]
    assert "lacks mediation" in why(NEAR, job=job)


def test_workload_and_rest_decide_only_between_near_equals():
    tired = replace(NEAR, jobs_today=20, idle_s=60.0)
    assert order(tired, replace(FAR, eta_s=150.0)) == [2, 1]
    assert order(tired, FAR) == [1, 2]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "nearest"),
        ({"idle_s": 2400.0}, "nearest; free 40 min"),
        ({"idle_s": 20940.0}, "nearest; free 5 h 49 min"),
        ({"idle_s": 7190.0}, "nearest; free 2 h"),
        ({"area_code": "kamppi", "idle_s": 2400.0}, "nearest; free 40 min; knows the area"),
        ({"only_one_in_beat": True, "area_code": "p"}, "nearest; leaves Punavuori uncovered"),
        ({"free_in_s": 360.0}, "8 min away; busy; free in about 6 min"),
        ({"position_age_s": 720.0}, "nearest; position 12 min old"),
        ({"shift_left_s": 480.0}, "nearest; shift ends in 8 min"),
        ({"estimate": True}, "nearest; estimated by straight line"),
        ({"jobs_today": 7}, "nearest; 7 jobs today"),
    ],
)
def test_the_line_says_what_speaks_for_and_against(change, says):
    assert why(replace(NEAR, **change), FAR, areas={"p": "Punavuori"}) == says


def test_taking_a_unit_off_its_job_says_what_that_job_loses():
    taken = Preempt(17, "0017", "noise", 7, eta_s=60.0, was_s=240.0)
    line = why(replace(NEAR, free_in_s=900.0, preempt=taken), FAR)
    assert line.endswith("here in 1 min if taken off 0017 (noise), which loses a unit 4 min away")
    line = why(replace(NEAR, free_in_s=900.0, preempt=replace(taken, was_s=None)), FAR)
    assert line.endswith("here in 1 min if taken off 0017 (noise), which it would leave")


@pytest.mark.parametrize(
    ("kind", "priority", "suitable"),
    [("car", 0, True), ("volunteers", 5, False), ("volunteers", 6, True), ("guard", 3, False), ("post", 3, True)],
)
def test_which_kinds_are_sent_alone_to_what(kind, priority, suitable):
    assert suits(kind, priority) is suitable


def test_a_simulation_gets_the_same_order_without_words():
    candidates = [replace(NEAR, unit_id=n, eta_s=100.0 + 37 * n % 90, jobs_today=n) for n in range(9)]
    plain = rank(candidates, JOB, words=False)
    assert [(r.candidate.unit_id, r.score) for r in plain] == [
        (r.candidate.unit_id, r.score) for r in rank(candidates, JOB)
    ]
    assert {r.why for r in plain} == {""}


candidates = st.builds(
    Candidate,
    unit_id=st.integers(1, 10**6),
    call_sign=st.just("X"),
    kind=st.sampled_from(["car", "foot", "volunteers", "post"]),
    eta_s=st.floats(0, 4000),
    distance_m=st.just(0.0),
    free_in_s=st.none() | st.floats(0, 4000),
    jobs_today=st.integers(0, 30),
    position_age_s=st.none() | st.floats(0, 1e5),
    shift_left_s=st.none() | st.floats(0, 1e5),
)


@given(st.lists(candidates, unique_by=lambda c: c.unit_id, max_size=8), st.randoms(use_true_random=False))
def test_the_order_never_depends_on_the_order_of_asking(given_candidates, chance):
    shuffled = list(given_candidates)
    chance.shuffle(shuffled)
    assert order(*given_candidates) == order(*shuffled)


@given(candidates)
def test_more_travel_never_improves_a_rank(candidate):
    further = replace(candidate, unit_id=candidate.unit_id + 1, eta_s=candidate.eta_s + 1)
    assert order(further, candidate)[0] == candidate.unit_id


def test_a_length_of_time_is_said_in_the_readers_language():
    assert [span(seconds) for seconds in (20, 3540, 3570, 3660)] == ["0 min", "59 min", "1 h", "1 h 1 min"]
    with translation.override("zh-hans"):
        assert [span(seconds) for seconds in (3540, 3600, 20940)] == ["59 分钟", "1 小时", "5 小时 49 分钟"]
