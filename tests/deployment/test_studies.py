"""Studies: kept with everything that went in, simulated in parts, stopped, gone on with, and the same again."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import translation
from two_corners import CHIEF, REPORTS, A, B

from maplebridge.deployment import actions, booklet, paper, proposals, queries, shown, tasks
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.frozen import arrays_of, digest_of, packed_arrays, unpacked, unpacked_arrays
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.models import Study, StudyRun
from maplebridge.deployment.record import record_of
from maplebridge.incidents.models import Incident
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import enlist_unit, open_shift
from maplebridge.people.actor import Actor


@pytest.fixture
def study(town, choices):
    record = queries.record_now(CHIEF, choices)
    return actions.save_study(
        CHIEF, name="Two corners", a=A, b=B, choices=choices, record=record, seed=5, at=town
    )  # fmt: skip


def finished(study, at):
    """A run of a study, worked on to its end."""
    run = actions.begin_run(CHIEF, study=study, at=at)
    tasks.work_on(run)
    run.refresh_from_db()
    assert run.state == "done", run.fault
    return run


def test_a_study_keeps_the_need_the_seed_and_where_the_journal_stood(study, choices):
    entry = Entry.objects.get(verb="deployment.study_saved")
    assert study.position == entry.position - 1
    assert study.digest in entry.body
    assert "Two corners" not in entry.body
    kept = queries.kept_record(study)
    now = queries.record_now(CHIEF, choices)
    assert kept.demand.counts.sum() == REPORTS
    assert all(np.array_equal(one, now.arrays()[name]) for name, one in kept.arrays().items())
    assert queries.layouts_of(study) == (A, B)
    assert queries.choices_of(study) == choices


def test_run_again_it_gives_the_same_figures_whatever_happened_to_the_record(study, town, machine):
    first = finished(study, town)
    Incident.objects.all().update(merged_into=Incident.objects.first())
    second = finished(study, town)
    assert first.figures == second.figures
    assert first.figures["replications"] == 8
    nine = {row["code"]: row for row in first.figures["measures"]}["p90"]
    assert nine["turn"] == "better"
    assert nine["difference"]["high"] < 0


def test_stopped_and_gone_on_with_it_comes_to_the_same_figures(study, town, monkeypatch):
    whole = finished(study, town).figures
    run = actions.begin_run(CHIEF, study=study, at=town)
    keep, kept = actions.keep_part, []

    def keep_three(actor, **part):
        goes_on = keep(actor, **part)
        kept.append(part["first"])
        if len(kept) == 3:
            actions.stop_run(CHIEF, run=run, at=town)
            return False
        return goes_on

    monkeypatch.setattr(actions, "keep_part", keep_three)
    tasks.work_on(run)
    run.refresh_from_db()
    assert (run.state, run.done, kept) == ("stopped", 3, [0, 1, 2])
    tasks.work_on(run)
    assert len(kept) == 3  # nobody works on what is stopped
    actions.resume_run(CHIEF, run=run, at=town)
    tasks.work_on(run)
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", 8)
    assert run.figures == whole


def test_a_part_kept_twice_counts_once(study, town):
    run = actions.begin_run(CHIEF, study=study, at=town)
    assert actions.take_run(CHIEF, run=run, at=town)
    for _time in range(2):
        assert actions.keep_part(CHIEF, run=run, first=0, count=4, figures=b"x", at=town)
    run.refresh_from_db()
    assert run.done == 4
    assert run.parts.count() == 1


def test_a_run_is_one_process_s_until_its_term_is_over(study, town):
    run = actions.begin_run(CHIEF, study=study, at=town)
    assert actions.take_run(CHIEF, run=run, at=town)
    assert not actions.take_run(CHIEF, run=run, at=town + timedelta(seconds=90))
    assert actions.take_run(CHIEF, run=run, at=town + actions.TERM)


def test_what_cannot_be_run_is_refused_with_what_to_do(study, town):
    run = actions.begin_run(CHIEF, study=study, at=town)
    with pytest.raises(actions.CannotRun, match="Stop that run"):
        actions.begin_run(CHIEF, study=study, at=town)
    with pytest.raises(actions.CannotRun, match="nothing to go on with"):
        actions.resume_run(CHIEF, run=run, at=town)
    actions.stop_run(CHIEF, run=run, at=town)
    with pytest.raises(actions.CannotRun, match="ended already"):
        actions.stop_run(CHIEF, run=run, at=town)


def test_a_study_taken_off_the_list_stops_and_is_still_found_by_its_number(study, town):
    actions.begin_run(CHIEF, study=study, at=town)
    actions.drop_study(CHIEF, study=study, at=town)
    assert queries.study_rows(CHIEF) == []
    assert StudyRun.objects.get().state == "stopped"
    assert queries.study_of(CHIEF, study.pk) == study


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": " "}),
        ("posts", {"b": Layout("B", ())}),
        ("seed", {"seed": -1}),
        ("replications", {"choices": Choices("", "", replications=1)}),
    ],
)
def test_a_study_without_what_it_needs_is_refused_by_field(town, choices, field, changes):
    given = {"name": "S", "a": A, "b": B, "choices": choices, "seed": 1} | changes
    with pytest.raises(BadInput) as refused:
        actions.save_study(CHIEF, record=queries.record_now(CHIEF, choices), at=town, **given)
    assert refused.value.field == field
    assert not Study.objects.exists()


def test_who_may_only_look_saves_nothing(town, choices, dispatcher):
    with pytest.raises(NotAllowed):
        actions.save_study(
            dispatcher, name="S", a=A, b=B, choices=choices, record=queries.record_now(CHIEF, choices), seed=1, at=town
        )
    with pytest.raises(NotAllowed):
        queries.study_rows(dispatcher)


def test_an_analyst_counts_places_without_seeing_incidents(town, choices):
    analyst = Actor(ref="user:8", name="Analyst", role="analyst")
    assert queries.need_of(analyst, choices).counts.sum() == REPORTS
    assert last_position() == Entry.objects.count()  # counting by place leaves no look: it shows nobody


def test_the_figures_say_which_layout_reaches_more_and_by_how_much(town, choices):
    found = shown.comparison(CHIEF, A, B, choices)
    assert found["verdict"] == "better"
    assert found["sentences"][0].startswith("B is better: it reaches ")
    assert found["b"]["covered"][1]["share"] > 0.9 > 0.5 > found["a"]["covered"][1]["share"]
    assert found["difference"][1]["low"] > 0
    assert found["gaps"][0][0]["week"] > 0
    same = shown.comparison(CHIEF, B, B, choices)
    assert same["verdict"] == "same"
    assert same["sentences"][0].startswith("No real difference")


def test_too_few_calls_give_no_verdict(town, choices, noon):
    few = replace(choices, end=stamp(noon + timedelta(hours=9)))
    found = shown.comparison(CHIEF, A, B, few)
    assert (found["enough"], found["verdict"]) == (False, "unclear")
    assert found["sentences"][0].startswith("Too little data: 9 calls.")


def test_a_cell_with_too_few_calls_shows_none_of_them(town, choices):
    cells = shown.need(CHIEF, choices)["cells"]["features"]
    shown_ones = [each["properties"] for each in cells if each["properties"]["enough"]]
    assert shown_ones
    assert all(each["low"] < each["week"] < each["high"] for each in shown_ones)
    assert all(each["properties"] == {"enough": False} for each in cells if not each["properties"]["enough"])


def test_a_proposal_keeps_what_stands_and_names_what_is_new(town, choices):
    found = proposals.new_posts(CHIEF, Layout("B", A.posts), {"foot": 2}, choices)
    posts = found["layout"]["posts"]
    assert [post["name"] for post in posts] == ["F1", "F2", "F3", "F4"]
    assert found["share"] <= found["bound"] + 1e-9
    with pytest.raises(BadInput):
        proposals.new_posts(CHIEF, A, {"airship": 1}, choices)


def test_today_is_the_units_on_record_in_the_hours_of_their_shifts(town, machine):
    day = town.replace(hour=0) - timedelta(days=14)
    by_day = enlist_unit(machine, call_sign="F21", kind="foot", home=(24.94, 60.17), at=day)
    enlist_unit(machine, call_sign="F22", kind="foot", home=(24.94, 60.17), at=day)
    for number in range(14):
        begin = day + timedelta(days=number, hours=8)
        open_shift(machine, unit=by_day, crew=[], starts_at=begin, ends_at=begin + timedelta(hours=8), at=day)
    (post,) = queries.today_layout(CHIEF, at=town).posts
    assert post.unit == "F21"
    assert post.duty == tuple((24 * weekday + 8, 24 * weekday + 16) for weekday in range(7))


def test_a_run_that_ends_while_its_study_is_counted_is_shown_with_its_figures(study, town, monkeypatch):
    count = shown.compared

    def counted_meanwhile(*args, **kwargs):
        finished(study, town)
        return count(*args, **kwargs)

    monkeypatch.setattr(shown, "compared", counted_meanwhile)
    row = shown.study(study)
    assert row["run"]["state"] == "done"
    assert row["simulated"]["measures"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_study_goes_on_paper_in_both_languages_with_its_digest_and_the_same_bytes_again(study, town, language):
    finished(study, town)
    with translation.override(language):
        shown_on_paper = paper.on_paper(study)
        made = booklet.as_pdf(study)
        assert made == booklet.as_pdf(study)
    assert made.startswith(b"%PDF")
    assert len(shown_on_paper["simulated"]) == 8
    assert shown_on_paper["covered"][0].name == {"en": "Within 1 min", "zh-hans": "1 分钟内"}[language]
    assert len(shown_on_paper["drawing"]["marks"][1]) == 2


def test_what_is_packed_is_unpacked_the_same(study):
    record = queries.kept_record(study)
    again = record_of(record.packed())
    assert again.demand.first_day == record.demand.first_day
    assert again.kinds.types == record.kinds.types
    assert digest_of({}, again.arrays()) == digest_of({}, record.arrays())
    kinds = unpacked(type(record.kinds), unpacked_arrays(packed_arrays(arrays_of(record.kinds))))
    assert np.array_equal(kinds.wants, record.kinds.wants)
