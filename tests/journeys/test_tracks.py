"""Where a unit was: its phone is set up and sends, the chief looks with a reason, the crew reads who looked."""

import re
import time
import urllib.request

from journey_people import Desk, enter, sign_in
from playwright.sync_api import expect


def drive(url, fixes, every_s):
    """Send as Traccar Client does: a fix each `every_s` seconds, ten metres north of the last, the last one now."""
    begin = time.time() - fixes * every_s
    for number in range(fixes):
        form = f"id=x&timestamp={begin + number * every_s:.3f}&lat={60.1690 + number * 9e-5:.5f}&lon=24.9414&speed=9"
        with urllib.request.urlopen(url, data=f"{form}&accuracy=5&batt=61".encode(), timeout=10) as answer:
            assert answer.status == 200


def set_up_a_phone(server, page, unit):
    """Make an address for a device of a unit; returns it."""
    page.goto(f"/units/{unit}/devices")
    page.get_by_label("What it is").fill("Phone 12")
    page.get_by_role("button", name="Make its address").click()
    if "reauthenticate" in page.url:  # grave: who asks for it proves again who they are
        page.get_by_label("Password").fill("maple-chief")
        page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("img", name=re.compile("Traccar"))).to_be_visible()
    shown = page.locator("code", has_text="/p/").last.inner_text()
    return f"{server.url}/p/{shown.rsplit('/p/', 1)[1]}"


def test_a_phone_is_set_up_its_way_is_looked_at_with_a_reason_and_the_crew_reads_who_looked(server, open_context):
    context = open_context()
    enter(context, "chief")
    chief = context.new_page()
    unit = Desk(context).unit("M21")["id"]
    address = set_up_a_phone(server, chief, unit)
    drive(address, fixes=40, every_s=10)
    chief.goto(f"/units/{unit}/track")
    chief.get_by_label("Why").fill("A resident asked who drove by.")
    chief.get_by_role("button", name="Show", exact=True).click()
    expect(chief.locator(".figures")).to_contain_text("fixes")
    moment = chief.locator("#track output")
    begun = moment.inner_text()
    chief.get_by_role("button", name="Play").click()
    expect(moment).not_to_have_text(begun)
    chief.get_by_role("button", name="Pause").click()
    with chief.expect_download() as file:
        chief.get_by_role("button", name="GPX").click()
    assert "<trkpt" in file.value.path().read_text()
    officer = sign_in(open_context(), "officer", f"/units/{unit}/track")
    expect(officer.locator("main")).to_contain_text("“A resident asked who drove by.”")


def test_a_fence_put_up_while_the_console_is_open_tells_of_a_unit_that_comes(server, open_context):
    desk = open_context()
    enter(desk, "chief")
    console = desk.new_page()
    unit = Desk(desk).unit("M22")["id"]
    address = set_up_a_phone(server, console, unit)
    page = desk.new_page()
    console.goto("/console")
    expect(console.locator(".maplibregl-canvas")).to_be_visible()
    page.goto("/units/fences")
    for label, value in (
        ("Name of the place", "Market gate"),
        ("Latitude", "60.1700"),
        ("Longitude", "24.9414"),
        ("Radius", "50"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_label("It tells").select_option("both")
    with console.expect_response(lambda answer: answer.url.endswith("/api/fences")) as asked:
        page.get_by_role("button", name="Set up").click()
    shown = next(row for row in asked.value.json() if row["name"] == "Market gate")
    assert shown["geometry"]["type"] == "Polygon"
    time.sleep(10)  # who may send and which fences stand is read anew every five seconds; the drive begins after that
    drive(address, fixes=16, every_s=0.6)
    expect(console.get_by_role("alert")).to_contain_text("M22 arrived at Market gate")
