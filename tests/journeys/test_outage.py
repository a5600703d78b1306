"""An outage is worked through on paper, and the journal shows both times and verifies."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from journey_people import Desk, enter, sign_in
from playwright.sync_api import expect


def test_a_paper_card_is_reserved_entered_afterwards_and_keeps_when_it_happened(open_context):
    context = open_context()
    page = sign_in(context, "dispatcher", "/cards")
    page.get_by_label("How many cards?").fill("2")
    page.get_by_role("button", name="Reserve and show the cards").click()
    number = page.locator(".card-number").first.inner_text()
    happened = (datetime.now(ZoneInfo("Europe/Helsinki")) - timedelta(hours=3)).replace(second=0, microsecond=0)
    page.goto("/catch-up")
    page.get_by_label("Number on the card").fill(number)
    page.get_by_label("Reported at").fill(happened.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Type", exact=True).select_option("lost_property")
    page.get_by_label("Place", exact=True).fill("Kalevankatu 14")
    page.get_by_label("What happened").fill("Umbrella left on the tram.")
    page.get_by_label("How it ended").select_option("04")
    page.get_by_label("Ended at").fill((happened + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Enter this card").click()
    expect(page.get_by_text(number).first).to_be_visible()
    entered = Desk(context).incident(number)
    assert datetime.fromisoformat(entered["reported_at"]) == happened
    assert entered["source"] == "paper"
    timeline = Desk(context).get(f"/api/incidents/{entered['id']}/timeline")
    first = next(row for row in timeline if row["verb"] == "incidents.reported")
    assert datetime.fromisoformat(first["entered_at"]) - datetime.fromisoformat(first["at"]) > timedelta(hours=2)
    again = Desk(context).try_to_post(
        "/api/incidents", {"type": "noise", "lon": 24.94, "lat": 60.17, "number": int(number)}
    )
    assert again.status == 409


def test_an_auditor_reads_the_journal_and_verifies_it(open_context):
    context = open_context()
    enter(context, "dispatcher")
    Desk(context).report(narrative="Seen by the auditor.", caller="Test caller Willow")
    page = sign_in(open_context(), "auditor", "/journal")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Willow")
    page.get_by_role("button", name=re.compile("Verify")).click()
    expect(page.locator("main")).to_contain_text(re.compile(r"[0-9a-f]{64}"))
