"""A chief takes many tasks at once on the board by the keyboard, sees why one was left, and takes the others back."""

import pytest
from journey_people import sign_in
from playwright.sync_api import expect

HIERARCHY = """
from datetime import timedelta
from maplebridge.fieldwork import actions
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.places.models import Area
from maplebridge.places.register.actions.divisions import import_divisions
from maplebridge.places.register.rules.divisions import Division
actor, at = system("journey"), clock.now()
rows = [("JT", "", "township", 24.940), ("JV", "JT", "village", 24.942), ("JH", "JV", "hamlet", 24.944)]
areas = [Division(code, code, code, above, kind, (lon, 60.169)) for code, above, kind, lon in rows]
import_divisions(actor, divisions=areas, at=at)
for number, (code, role) in enumerate((("JV", "auxiliary"), ("JV", "auxiliary"), ("JH", "hamlet_assistant"))):
    actions.give_task(actor, title=f"Look at well {number}", at=at,
                      whose=actions.Whose(Area.objects.get(code=code), role=role))
"""


@pytest.fixture
def wells(server):
    server.python(HIERARCHY)


def test_many_tasks_are_passed_on_and_taken_back(open_context, wells):
    page = sign_in(open_context(), "chief", "/workbook/tasks?area=JT")
    expect(page.locator("#dotmap canvas")).to_be_visible()
    page.get_by_role("checkbox", name="Choose all").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("3 chosen")).to_be_visible()
    expect(page.get_by_label("Reason")).to_be_hidden()
    page.get_by_label("With those chosen").select_option(label="pass on to a post")
    page.get_by_label("Post", exact=True).select_option("JH")
    page.get_by_role("button", name="Do it").press("Enter")

    expect(page.get_by_text("2 tasks were changed.")).to_be_visible()
    left = page.get_by_role("row").filter(has_text="Look at well 2")
    expect(left).to_contain_text("This task is there already.")
    expect(left.get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_role("row").filter(has_text="JH")).to_have_count(3)

    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("2 tasks were changed.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="JV")).to_have_count(2)
    assert "area=JT" in page.url
