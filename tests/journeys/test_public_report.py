"""A resident reports without an account, and it is in the dispatcher's queue."""

import re

from journey_people import Desk, enter
from playwright.sync_api import expect


def test_a_residents_report_reaches_the_desk_and_can_be_followed_by_its_code(open_context):
    dispatcher = open_context()
    enter(dispatcher, "dispatcher")
    resident = open_context(viewport={"width": 390, "height": 844}).new_page()
    resident.goto("/report")
    resident.get_by_label("What is it about?").select_option("noise")
    resident.get_by_label("Where?").fill("Kalevankatu 14")
    resident.get_by_label("What happened, or what do you need?").fill("Someone drills in the yard <b>every</b> night.")
    resident.get_by_label("Your name").fill("Test resident Rowan")
    resident.get_by_role("button", name="Send the report").click()
    resident.wait_for_url(re.compile("/follow/"))
    code = resident.url.rsplit("/", 1)[1]
    assert len(code) >= 8
    newest = Desk(dispatcher).get("/api/incidents?limit=1")[0]
    whole = Desk(dispatcher).get(f"/api/incidents/{newest['id']}")
    assert whole["source"] == "public"
    assert whole["reports"][0]["narrative"] == "Someone drills in the yard <b>every</b> night."
    assert whole["reports"][0]["caller"] is None
    assert whole["reports"][0]["has_caller"]
    assert "Kalevankatu 14" in whole["address"]
    expect(resident.locator("main")).not_to_contain_text("Rowan")
    unit = Desk(dispatcher).unit("B05")["id"]
    Desk(dispatcher).post(f"/api/incidents/{newest['id']}/assignments", {"unit_id": unit})
    again = open_context().new_page()
    again.goto(f"/follow/{code}")
    expect(again.locator("main")).to_contain_text(re.compile("unit|assigned|sent|way", re.IGNORECASE))
    Desk(dispatcher).post(f"/api/incidents/{newest['id']}/stand_down", {"unit_id": unit})


def test_a_place_that_is_not_there_is_said_in_a_sentence_and_nothing_typed_is_lost(open_context, faults):
    page = open_context().new_page()
    page.goto("/report")
    page.get_by_label("Where?").fill("Xyzzyqqq 99999")
    page.get_by_label("What happened, or what do you need?").fill("Kept words.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("What happened, or what do you need?")).to_have_value("Kept words.")
    faults.found = [fault for fault in faults.found if "422" not in fault]  # the browser notes the refusal
