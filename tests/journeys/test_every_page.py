"""Every page: clean for axe-core in both themes and both languages, no complaint of the browser, usable by keyboard."""

from functools import cache
from pathlib import Path

import pytest
from journey_faults import Faults
from journey_people import LOCALES, Desk, enter
from journey_rest import Rest
from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
PUBLIC = (
    "/", "/sign-in", "/report", "/tour",
    "/property", "/property?code=HLK23A00417", "/property/register", "/property/mine", "/property/accept",
)  # fmt: skip
WORKPLACES = (
    ("dispatcher", "/console"),
    ("dispatcher", "/console?pane=queue"),
    ("dispatcher", "/cards"),
    ("dispatcher", "/catch-up"),
    ("dispatcher", "sheet"),
    ("officer", "/unit"),
    ("auditor", "/journal"),
    ("auditor", "/journal/1"),
    ("auditor", "/journal/patterns"),
    ("auditor", "/record/incident:1"),
    ("chief", "/account/"),
    ("chief", "/account/2fa/"),
    ("chief", "/people/"),
    ("chief", "/people/new"),
    ("chief", "/people/roles"),
    ("chief", "/people/2"),
    ("chief", "/people/emergencies"),
    ("chief", "/approvals"),
    ("chief", "/units"),
    ("chief", "/units/1/devices"),
    ("chief", "/units/1/track"),
    ("chief", "/units/fences"),
    ("chief", "/studio"),
    ("chief", "/studio/need"),
    ("chief", "/studio/fit"),
    ("officer", "/workbook"),
    ("officer", "/workbook/review"),
    ("officer", "/workbook/figures"),
    ("chief", "/workbook/follow-ups"),
    ("chief", "/workbook/posts"),
    ("chief", "/workbook/posts/tables"),
    ("chief", "/workbook/tasks"),
    ("chief", "/register"),
    ("chief", "/register/quality"),
    ("chief", "/register/care"),
    ("chief", "/register?q=Bulevardi"),
    ("chief", "/register/addresses/1"),
    ("chief", "/register/new/address"),
    ("chief", "/register/new/premise?address=2"),
    ("chief", "/register/change/address/1"),
    ("chief", "/register/care/new/1"),
    ("chief", "/register/import"),
    ("chief", "/ogc/?f=html"),
    ("officer", "/register/addresses/1"),
    ("officer", "/workbook/mine"),
    ("officer", "/workbook/calendar"),
    ("officer", "/workbook/ledger"),
    ("officer", "/workbook/schemes"),
    ("chief", "/workbook/deductions"),
    ("chief", "/workbook/review/rules"),
    ("chief", "/workbook/calendar"),
    ("chief", "/workbook/sheets"),
    ("officer", "/account/"),
    ("officer", "/field"),
    ("officer", "/field/phones"),
    ("chief", "/forms"),
    ("chief", "/forms/1"),
    ("chief", "/forms/1/trial"),
    ("shop", "/property/desk"),
    ("shop", "/property/desk/register"),
    ("shop", "/property/desk/batch"),
    ("shop", "/property/desk/import"),
    ("shop", "/property/desk/items/1"),
    ("chief", "/property/board"),
    ("chief", "/property/items/1"),
    ("chief", "/property/figures"),
    ("chief", "/property/places"),
)


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page, a line each with where.

    Posts on a map stand where they stand: WCAG 2.5.8 excepts pins of a dense map, and the list beside does the same.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})
            .then(result => result.violations)""",
        list(RULES),
    )
    for fault in found:
        if fault["id"] == "target-size":
            fault["nodes"] = [node for node in fault["nodes"] if "post-mark" not in node["html"]]
    found = [fault for fault in found if fault["nodes"]]
    return [
        f"{page.url} {fault['id']}: {fault['help']} — {'; '.join(str(node['target']) for node in fault['nodes'][:4])}"
        for fault in found
    ]


class Device:
    """A device of somebody, with one page: what one test has loaded the next finds there."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page = context.new_page()
        self.rest = Rest(self.page)
        self.faults = Faults([])
        self.faults.watch(self.page)

    def settle(self, path: str) -> Page:
        """Open a page in the light theme and let it come to rest."""
        self.faults.found.clear()
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        answer = self.page.goto(path)
        assert answer is not None and answer.status < 400, f"{path} answers {answer and answer.status}"
        self.rest.wait()
        return self.page

    def violations(self) -> list[str]:
        """What axe-core finds in light and in dark, and what the page complained of."""
        light = violations(self.page)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self.rest.wait()
        return [*light, *(f"dark: {each}" for each in violations(self.page)), *self.faults.found]


@pytest.fixture(scope="module")
def device_of(browser: Browser, server):
    """Devices of the people of the demo, and of nobody, each signed in once."""
    contexts: list[BrowserContext] = []

    @cache
    def of(who: str, language: str = "en") -> Device:
        kind = PHONE if who in ("officer", "shop") else DESK
        context = browser.new_context(base_url=server.url, locale=LOCALES[language], **kind)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if who:
            enter(context, who)
        return Device(context)

    yield of
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_clean_for_axe(device_of, path, language):
    device = device_of("", language)
    page = device.settle(path)
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-hans"}[language]
    assert not device.violations()


@pytest.mark.parametrize(("who", "path"), WORKPLACES)
def test_a_workplace_is_clean_for_axe(device_of, who, path):
    device = device_of(who)
    if path == "sheet":
        path = f"/incidents/{Desk(device.context).report(narrative='For the sheet.')['id']}/sheet"
    device.settle(path)
    assert not device.violations()


@pytest.mark.parametrize(("who", "path"), [("dispatcher", "/console"), ("officer", "/unit"), ("officer", "/field")])
def test_a_workplace_in_chinese_is_clean_for_axe(device_of, who, path):
    device = device_of(who, "zh")
    lang = device.settle(path).locator("html").get_attribute("lang")
    assert lang and lang.lower() == "zh-hans"
    assert not device.violations()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/report"])
def test_a_public_page_is_walked_through_by_keyboard_with_the_focus_in_sight(open_context, path):
    page = Device(open_context()).settle(path)
    page.locator("body").press("Tab")
    seen = []
    for _press in range(60):
        focus = page.evaluate(
            """() => { const it = document.activeElement; if (!it || it === document.body) return null;
               const box = it.getBoundingClientRect(), style = getComputedStyle(it);
               return {name: it.outerHTML.slice(0, 80), shown: box.width > 0 && box.height > 0,
                       ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none'} }"""
        )
        if focus is None or (seen and focus["name"] == seen[0]["name"]):
            break
        seen.append(focus)
        page.keyboard.press("Tab")
    assert len(seen) >= 4
    assert all(focus["shown"] and focus["ring"] for focus in seen), seen
