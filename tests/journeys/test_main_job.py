"""The main job: a report to its close, on one live map, in both languages, before a second pair of eyes."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import pytest
from journey_people import LOCALES, Console, Desk, Phone, sign_in
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@dataclass(frozen=True)
class Case:
    """What is typed and what is read in one language."""

    language: str
    what: str
    name: str
    where: str
    first: str
    second: str
    end: str
    send: str


CASES = [
    Case("en", "noise", "Noise", "Bulevardi 5", "Loud music on the second floor.", "Music, very loud, second floor.",
         "Spoke to the host, windows shut.", "d {number} m21"),
    Case("zh", "噪音", "噪音扰民", "Unioninkatu 30", "二楼音乐声很大。", "二楼有人放音乐，很吵。",
         "已与住户沟通，关窗。", "派 {number} m21"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.language)
def test_a_report_is_taken_sent_answered_and_closed_and_everybody_sees_it(open_context, server, case):
    locale = LOCALES[case.language]
    one, two = open_context(locale=locale), open_context(locale=locale)
    desk = Desk(one, case.language)
    console = Console(sign_in(one, "dispatcher"), case.language)
    watcher = Console(sign_in(two, "chief"), case.language)
    desk.free("M21")
    phone = Phone(sign_in(open_context(locale=locale, **PHONE), "officer"), case.language)
    phone.is_free()

    console.begin_report(case.what, case.where, case.first)
    number = console.send_report()
    expect(watcher.row(number)).to_be_visible()
    expect(watcher.row(number)).to_contain_text(case.where)

    console.begin_report(case.what, case.where, case.second)
    known = console.intake.get_by_role("listitem").filter(has_text=number)
    expect(known).to_be_visible()
    expect(known.locator("small")).not_to_be_empty()  # why it is thought to be the same
    known.get_by_role("button", name=console.words("in_merge", number=number)).press("Enter")
    console.says(console.words("in_merged", number=number))
    console.command(number)
    console.shows(number)
    expect(console.panel).to_contain_text(case.first)
    expect(console.panel).to_contain_text(case.second)

    console.command(case.send.format(number=number))
    phone.shows_job(number)
    for step, status in (("accept", "Assigned"), ("enroute", "EnRoute"), ("onscene", "OnScene")):
        phone.press(step)
        expect(watcher.row(number)).to_contain_text(f"M21 {watcher.words('st_' + status)}")
    phone.close_as(desk.disposition("02"), case.end)
    phone.is_free()
    phone.has_sent_all()
    expect(watcher.row(number)).to_have_count(0)
    expect(console.row(number)).to_have_count(0)
    expect(console.panel).to_contain_text(case.end)
    _agree(desk, console, number, case)
    verdict = server.python("from maplebridge.journal.queries import verify; print(verify().fault or 'sound')")
    assert verdict.strip().endswith("sound")


def _agree(desk: Desk, console: Console, number: str, case: Case) -> None:
    """Timeline, intervals, tables and the journal's fold say the same."""
    incident = desk.incident(number)
    assert (incident["state"], incident["disposition"]) == ("Closed", "02")
    assert {report["narrative"] for report in incident["reports"]} == {case.first, case.second}
    timeline = desk.get(f"/api/incidents/{incident['id']}/timeline")
    verbs = [row["verb"] for row in timeline]
    wanted = [
        "incidents.reported", "incidents.reported", "incidents.merged", "dispatch.unit_assigned",
        "dispatch.job_accepted", "dispatch.unit_enroute", "dispatch.unit_onscene", "incidents.closed",
    ]  # fmt: skip
    assert [verb for verb in verbs if verb in wanted] == wanted
    for row in timeline:
        expect(console.panel).to_contain_text(row["sentence"])
    steps = [incident[name] for name in ("reported_at", "assigned_at", "enroute_at", "onscene_at", "closed_at")]
    times = [datetime.fromisoformat(step) for step in steps]
    assert times == sorted(times)
    spans = [incident["intervals"][name] for name in ("process_s", "turnout_s", "travel_s", "scene_s")]
    for span, (begin, end) in zip(spans, pairwise(times), strict=True):
        assert span == pytest.approx((end - begin).total_seconds(), abs=1.1)
    by_verb = {row["verb"]: row["at"] for row in timeline}
    assert by_verb["dispatch.unit_onscene"] == incident["onscene_at"]
    past = desk.get(f"/api/replay?at={incident['onscene_at']}")
    then = next(row for row in past["incidents"] if row["id"] == incident["id"])
    assert then["state"] == "ResourcesOnscene"
    assert then["onscene_at"] == incident["onscene_at"]
