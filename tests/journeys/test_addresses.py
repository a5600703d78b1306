"""The register on the console's map: its layer, the list beside it by key, an address, what a role may not see."""

import re

import pytest
from journey_people import LOCALES, Desk, enter
from journey_words import Words
from playwright.sync_api import expect
from test_every_page import violations

TILES = re.compile(r"/register/tiles/(\d+)/")
FIRST = {"en": "Bulevardi 1", "zh": "bulevardi 1"}


def console(context, who):
    """The console with its map, and the tiles of the register that it asked for."""
    enter(context, who)
    page, asked = context.new_page(), []
    page.on("response", lambda answer: asked.append(answer) if TILES.search(answer.url) else None)
    page.goto("/console")
    page.locator(".maplibregl-canvas").wait_for()
    return page, asked


def is_near(answer):
    """Whether this is a tile of the register that shows single houses."""
    tile = TILES.search(answer.url)
    return bool(tile) and int(tile[1]) >= 15


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chief_finds_an_address_by_key_and_sees_what_is_there(open_context, language):
    words = Words("shared/i18n", language)
    context = open_context(locale=LOCALES[language])
    page, tiles = console(context, "chief")
    page.keyboard.press("b")
    with page.expect_response(TILES):
        page.keyboard.press("l")
    panel = page.get_by_role("region", name=words("addr"), exact=True)
    expect(panel.get_by_role("searchbox")).to_be_focused()
    expect(panel.locator(".row").nth(9)).to_be_visible()
    panel.get_by_role("searchbox").fill(FIRST[language])
    expect(panel.get_by_role("heading", name=words("addr_found"))).to_be_visible()
    expect(panel.locator(".row").first).to_contain_text("Bulevardi")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", level=1)).to_have_text(re.compile("Bulevardi"))
    expect(panel.get_by_role("link", name=words("addr_plates"))).to_be_visible()
    expect(page.get_by_text(words("door_charging"))).to_be_visible()
    assert not violations(page)
    if not any(map(is_near, tiles)):  # the map is still on its way there
        page.wait_for_event("response", is_near)
    assert all(answer.status in (200, 204) for answer in tiles)
    page.keyboard.press("Escape")
    expect(panel.get_by_role("searchbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_dispatcher_sees_addresses_and_incidents_there_but_no_premises(open_context):
    context = open_context()
    house = Desk(context)
    page, _tiles = console(context, "dispatcher")
    found = next(each for each in house.get("/api/search?q=Bulevardi") if each["id"])
    number = house.report(lon=found["lon"], lat=found["lat"])["number"]
    page.locator('[role="combobox"]').fill(f"f {found['name']}")
    page.keyboard.press("Enter")
    page.locator("#offer-0").click()
    panel = page.get_by_role("region", name="Addresses", exact=True)
    expect(panel.get_by_role("heading", level=1)).to_have_text(found["name"])
    expect(panel.get_by_role("button", name=re.compile(number))).to_be_visible()
    expect(panel.get_by_role("link", name="Door plates (PDF)")).to_have_count(0)
    assert house.get(f"/api/addresses/{found['id']}")["premises"] is None
    panel.get_by_role("button", name="New report here").click()
    expect(page.get_by_role("combobox", name="Where")).to_have_value(found["name"])
    page.keyboard.press("Escape")


def test_who_may_not_see_places_has_no_layer_and_no_tiles(open_context):
    context = open_context()
    enter(context, "shop")
    assert context.request.get("/register/tiles/14/9327/4741.mvt").status == 403
    assert context.request.get("/api/addresses?lon=24.94&lat=60.17").status == 403
