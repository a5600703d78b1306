"""The registry's main job in a real browser: registered, stolen, seen at a dealer's, recovered, returned."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from journey_people import LOCALES, sign_in
from journey_words import Words
from playwright.sync_api import BrowserContext, Page, expect

FRAME, BATTERY = "119922300017713", "001PB240000003B3C0221954"


def register(page: Page) -> str:
    """Register a bike with its battery at the shop; gives the owner's code."""
    page.goto("/property/desk?dealer=1")
    page.get_by_role("link", name="Register a bike and its battery").click()
    for label, text in (
        ("Frame number", FRAME), ("Battery code", BATTERY), ("Maker", "Luyuan"), ("Model", "MQN"),
        ("Name", "Test Owner"), ("Telephone", "040 7654321"), ("Last four of a document", "0815"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_text("the two are paired")).to_be_visible()
    return page.locator(".code").inner_text()


def report_stolen(page: Page, code: str) -> None:
    """Report it as its owner, by the code, from a phone."""
    page.goto("/property")
    page.get_by_role("link", name="My items").click()
    page.get_by_label("Code on your certificate").fill(code)
    page.get_by_role("button", name="Show my items").click()
    page.get_by_role("link", name="Luyuan MQN").click()
    page.get_by_role("link", name="Report it stolen").click()
    now = datetime.now(ZoneInfo("Europe/Helsinki"))
    page.get_by_label("Where did you last see it?").fill("Kalevankatu 14")
    page.get_by_label("Last seen").fill(f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.get_by_label("Missed").fill(f"{now - timedelta(minutes=30):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("now raises an alarm")).to_be_visible()


def pdf(context: BrowserContext, path: str) -> bytes:
    answer = context.request.get(path)
    assert answer.ok, answer.status
    return answer.body()


def test_a_stolen_battery_is_caught_at_a_dealer_s_and_goes_home(open_context, server):
    shop, desk, owner = open_context(), open_context(), open_context(viewport={"width": 390, "height": 844})
    counter, phone = sign_in(shop, "shop"), owner.new_page()
    code = register(counter)
    expect_answer(phone, BATTERY, "clear")
    console, words = sign_in(desk, "dispatcher"), Words("shared/i18n", "en")
    expect(console.get_by_role("region", name=words("alarms"))).to_be_attached()
    report_stolen(phone, code)
    expect_answer(phone, BATTERY.lower(), "stolen")

    counter.goto("/property/desk?dealer=2")  # the same person works at the second-hand dealer's, too
    counter.get_by_label("Check what comes in").fill(BATTERY)
    counter.get_by_role("button", name="Check", exact=True).click()
    expect(counter.locator("[data-answer=stolen]")).to_be_visible()
    expect(counter.get_by_text("detains nobody").first).to_be_visible()

    alarm = console.locator(".alarm.stolen").filter(has_text=BATTERY)
    expect(alarm).to_be_visible()
    expect(alarm).to_contain_text("Second Round")
    expect(alarm).to_contain_text("first there:")
    alarm.get_by_role("button", name=words("alarm_show")).click()
    expect(console.locator('[data-region="recommendations"] button').first).to_be_visible()

    officer = sign_in(open_context(), "chief", "/property/board")
    officer.get_by_role("link", name=re.compile("Luyuan|battery")).first.click()
    officer.get_by_label("Where it is kept").fill("Post 3, cage 2")
    officer.get_by_role("button", name="Recovered", exact=True).click()
    expect(officer.get_by_text("Now tell the owner")).to_be_visible()
    expect(alarm).to_be_hidden()
    officer.get_by_label("Document shown: its last four").fill("0815")
    officer.get_by_label("How you know it is the owner").fill("showed the document and the certificate")
    officer.get_by_role("button", name="Return it").click()
    expect(officer.get_by_text("The item is clear again")).to_be_visible()
    expect_answer(phone, BATTERY, "clear")
    number = re.search(r"/property/items/(\d+)", officer.url)
    assert number and pdf(owner, f"/property/items/{number[1]}/certificate.pdf").startswith(b"%PDF")
    assert server.python(VERIFY).strip().endswith("True")


VERIFY = "from maplebridge.journal.verifying import verify; print(verify().sound)"


def expect_answer(page: Page, code: str, state: str) -> None:
    """Check a number on the public page."""
    page.goto("/property")
    page.get_by_label("Number or sticker").fill(code)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(f".answer[data-answer={state}]")).to_be_visible()


def test_a_number_is_read_from_a_photo_without_the_browser_s_own_reader(open_context, tmp_path):
    import segno

    picture = tmp_path / "code.png"
    segno.make(BATTERY, error="m").save(str(picture), scale=8, border=4)
    page = open_context(locale=LOCALES["en"], viewport={"width": 390, "height": 844}).new_page()
    page.goto("/property")
    page.get_by_role("button", name="Scan").click()
    page.locator(".scanner input[type=file]").set_input_files(str(picture))
    expect(page.get_by_label("Number or sticker")).to_have_value(BATTERY)
