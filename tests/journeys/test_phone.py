"""An officer's phone, from the ring to the close."""

import pytest
from journey_people import Desk, Phone, enter, sign_in
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def dispatcher(open_context):
    context = open_context()
    enter(context, "dispatcher")
    return Desk(context)


def test_a_job_rings_on_the_phone_and_is_taken_step_by_step_to_its_close(open_context, dispatcher):
    dispatcher.free("M21")
    phone = Phone(sign_in(open_context(**PHONE), "officer"))
    phone.is_free()
    made = dispatcher.report(narrative="Drums in the courtyard since an hour.")
    dispatcher.post(f"/api/incidents/{made['id']}/assignments", {"unit_id": dispatcher.unit("M21")["id"]})
    phone.shows_job(made["number"])
    expect(phone.page.get_by_role("article")).to_contain_text("Drums in the courtyard since an hour.")
    for step, status in (("accept", "Assigned"), ("enroute", "EnRoute"), ("onscene", "OnScene")):
        phone.press(step)
        expect(phone.page.locator("header")).to_contain_text(
            phone.words("Assigned_accepted" if status == "Assigned" else status)
        )
    phone.close_as(dispatcher.disposition("02"), "Music is down.")
    phone.is_free()
    phone.has_sent_all()
    closed = dispatcher.incident(made["number"])
    assert closed["state"] == "Closed"
    assert closed["disposition"] == "02"
    assert closed["notes"][-1]["text"] == "Music is down."
    job = closed["assignments"][0]
    assert job["assigned_at"] <= job["accepted_at"] <= job["enroute_at"] <= job["onscene_at"] <= job["cleared_at"]
    assert dispatcher.unit("M21")["status"] == "Available"
