"""Tables on a phone are cards that stay tables to whoever hears them; many pages of field work are headed groups."""

import pytest
from journey_people import sign_in
from playwright.sync_api import expect
from test_every_page import PHONE

TABLES = (
    "/forms",
    "/people",
    "/register?q=a",
    "/register/quality",
    "/workbook/follow-ups",
    "/workbook/posts",
    "/workbook/tasks",
)
OVERFLOWS = """() => [document.documentElement, ...document.querySelectorAll('.table-frame, .as-cards')]
    .filter(it => it.scrollWidth > it.clientWidth).map(it => `${it.tagName} ${it.className}`)"""


def test_no_table_of_a_phone_is_moved_sideways(open_context):
    context = open_context(**PHONE)
    page = sign_in(context, "chief")
    for path in TABLES:
        page.goto(path)
        assert page.evaluate(OVERFLOWS) == [], path


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_a_card_says_the_name_of_each_value_and_stays_a_table_for_a_screen_reader(open_context, language):
    page = sign_in(open_context(**PHONE, locale=language), "chief")
    page.goto("/forms")
    table = page.locator(".as-cards")
    heads = [name.strip() for name in table.get_by_role("columnheader").all_text_contents()]
    row = table.get_by_role("row").nth(1)
    values = row.get_by_role("cell")
    expect(values).to_have_count(len(heads))
    assert [cell.get_attribute("data-label") for cell in values.all()] == [None, *heads[1:]]
    assert values.first.bounding_box()["y"] < values.nth(1).bounding_box()["y"]


def test_many_pages_are_headed_groups_beside_the_page_and_one_line_on_a_phone(open_context):
    page = sign_in(open_context(viewport={"width": 1280, "height": 900}), "chief")
    page.goto("/workbook/tasks")
    pages = page.get_by_role("navigation", name="Field work")
    expect(pages.get_by_role("group")).to_have_count(5)
    expect(
        pages.get_by_role("group", name="What to do").get_by_role("link", name="Tasks", exact=True)
    ).to_have_attribute("aria-current", "page")
    heading = page.get_by_role("heading", level=1).bounding_box()
    beside = pages.bounding_box()
    assert beside["x"] + beside["width"] <= heading["x"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert pages.bounding_box()["height"] <= 60
