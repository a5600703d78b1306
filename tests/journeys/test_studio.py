"""The studio: posts proposed, one dragged, the loss seen, saved, simulated over a reload, printed; all of it by key."""

import re

import pytest
from journey_people import Desk, sign_in
from journey_studio import FIGURES_MS, Studio
from playwright.sync_api import expect
from test_every_page import violations

CALLS = """
import random
from datetime import timedelta
from maplebridge.incidents.actions import close_incident, report_incident
from maplebridge.incidents.models import Incident
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.places.queries import current_city
rng, actor, now = random.Random(4), system("test"), clock.now()
west, south, east, north = current_city().bbox
if Incident.objects.count() < 90:
    for number in range(90):
        at = now - timedelta(hours=20 + number * 5)
        lon, lat = rng.choice([(24.9414, 60.1697), (24.9525, 60.1722), (24.9330, 60.1665), (24.9560, 60.1800)])
        lon, lat = lon + rng.gauss(0, 0.0015), lat + rng.gauss(0, 0.0007)
        spot = {"lon": min(max(lon, west), east), "lat": min(max(lat, south), north)}
        found = report_incident(actor, type=rng.choice(["noise", "theft"]), **spot, at=at)
        close_incident(actor, incident=found.incident, disposition="05", at=at + timedelta(minutes=25))
"""
COMPILED = """
from maplebridge.deployment import proposals, shown, simulated
from maplebridge.deployment.layout import layout_of
from maplebridge.deployment.queries import record_now
from maplebridge.kernel import clock
from maplebridge.people.actor import system
actor = system("test")
start = shown.start(actor, at=clock.now())
today = layout_of(start["today"])
choices = shown.fitting(actor, today, at=clock.now())
shown.comparison(actor, today, today, choices)
shown.need(actor, choices)
proposals.new_posts(actor, today, {"foot": 1}, choices)
pair = simulated.pair_of(today, today, record_now(actor, choices), minutes=1)
simulated.part_of(pair, seed=1, first=0, count=1)
"""


@pytest.mark.timeout(600)
def test_eight_posts_are_proposed_one_is_dragged_away_and_the_loss_is_saved_simulated_and_printed(server, open_context):
    server.python(CALLS)
    server.python(COMPILED)  # the kernels, which the server then finds on the disk
    page = sign_in(open_context(), "chief", "/people/")
    page.get_by_role("link", name="Studio").click()
    studio = Studio(page)
    studio.aim(1)
    studio.propose(8, "officer on foot")
    expect(studio.shown_posts()).to_have_count(8)
    page.get_by_role("tab", name="Layout A").click()
    studio.propose(8, "officer on foot")  # the same need and seed: the same posts
    studio.aim(1)
    assert studio.reached(1, "a") == studio.reached(1, "b")
    page.get_by_role("tab", name="Layout B").click()
    before = studio.reached(1, "b")
    studio.drag("F1", 0, 160)
    for name in ("F2", "F3", "F4"):  # of one alone the others might make up for the loss, to the per cent
        studio.pick(name)
        studio.steer(*["Shift+ArrowUp"] * 6)
    assert studio.reached(1, "b") < before
    assert studio.reached(1, "a") == before
    assert not violations(page)
    number = studio.save("Eight posts, four out of place", weeks=40)
    with page.expect_response(re.compile("/run$")):
        studio.press("run")
    page.reload()  # a run goes on without anybody looking
    studio = Studio(page)
    expect(studio.figures.get_by_text("40 weeks simulated", exact=True)).to_be_visible(timeout=2 * FIGURES_MS)
    expect(studio.figures.get_by_role("row", name=re.compile("^Response, 9 of 10"))).to_be_visible()
    assert Desk(page.context).get(f"/api/studies/{number}")["run"]["state"] == "done"
    page.get_by_role("link", name="On paper").click()
    expect(page.get_by_role("heading", name="Eight posts, four out of place")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("Simulated over 40 weeks")
    assert not violations(page)
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.timeout(400)
def test_from_the_console_two_posts_are_made_one_few_are_moved_and_the_need_is_read(server, open_context):
    server.python(CALLS)
    page = sign_in(open_context(), "chief")
    page.get_by_role("banner").get_by_role("link", name="Studio").click()
    studio = Studio(page)
    count = studio.shown_posts().count()
    studio.merge()
    expect(studio.shown_posts()).to_have_count(count - 1)
    studio.move_few(2)
    expect(studio.shown_posts()).to_have_count(count - 1)
    studio.figures.get_by_text("Types of incident: all").click()
    studio.figures.get_by_role("checkbox", name="Noise").check()
    studio.is_counted()
    assert not violations(page)
    studio.figures.get_by_role("link", name=studio.words("need_page")).click()
    expect(page.get_by_role("heading", name="Need: how many calls, where, when")).to_be_visible(timeout=FIGURES_MS)
    expect(page.get_by_text("Types: Noise.")).to_be_visible()
    assert not violations(page)


def test_a_post_is_added_moved_and_found_an_address_by_keyboard_alone(server, open_context):
    page = sign_in(open_context(), "chief", "/studio")
    studio = Studio(page)
    count = studio.shown_posts().count()
    studio.layouts.get_by_role("button", name="Add a post").press("Enter")
    page.get_by_role("button", name="Put it in the middle of the map").press("Enter")
    expect(studio.shown_posts()).to_have_count(count + 1)
    begin = studio.place()
    studio.steer("ArrowUp", "ArrowRight")
    moved = studio.place()
    assert moved[0] > begin[0] and moved[1] > begin[1]
    studio.layouts.get_by_role("searchbox", name="Address or place").fill("Kaivokatu")
    studio.layouts.locator(".found button").first.press("Enter")
    assert studio.place() != moved
    studio.layouts.get_by_role("button", name="Undo").press("Enter")
    expect(studio.layouts.get_by_label("Longitude")).to_have_count(0)


def test_the_studio_on_a_phone_in_chinese_is_clean_for_axe(server, open_context):
    context = open_context(locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = sign_in(context, "chief", "/studio")
    studio = Studio(page, "zh")
    expect(studio.figures).to_contain_text("目标")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
