"""Every page: clean for axe-core in both themes and both languages, no complaint of the browser, usable by keyboard."""

from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
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


def settle(page: Page, path: str) -> Rest:
    """Open a page and let it come to rest."""
    rest = Rest(page)
    answer = page.goto(path)
    assert answer is not None and answer.status < 400, f"{path} answers {answer and answer.status}"
    rest.wait()
    return rest


def violations_in_both_themes(page: Page, rest: Rest) -> list[str]:
    """What axe-core finds in light and in dark."""
    light = violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    rest.wait()
    return [*light, *(f"dark: {each}" for each in violations(page))]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_clean_for_axe(open_context, path, language):
    page = open_context(locale=LOCALES[language], color_scheme="light").new_page()
    rest = settle(page, path)
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-hans"}[language]
    assert not violations_in_both_themes(page, rest)


@pytest.fixture(scope="module")
def device_of(browser: Browser, server):
    """The device of somebody of the demo: signed in once, and what one page has loaded the next finds there."""
    contexts: list[BrowserContext] = []

    @cache
    def of(who: str) -> BrowserContext:
        kind = PHONE if who in ("officer", "shop") else DESK
        context = browser.new_context(base_url=server.url, locale="en-GB", color_scheme="light", **kind)
        context.set_default_timeout(15_000)
        contexts.append(context)
        enter(context, who)
        return context

    yield of
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("who", "path"), WORKPLACES)
def test_a_workplace_is_clean_for_axe(device_of, faults, who, path):
    context = device_of(who)
    if path == "sheet":
        path = f"/incidents/{Desk(context).report(narrative='For the sheet.')['id']}/sheet"
    with closing(context.new_page()) as page:
        faults.watch(page)
        rest = settle(page, path)
        assert not violations_in_both_themes(page, rest)


@pytest.mark.parametrize(("who", "path"), [("dispatcher", "/console"), ("officer", "/unit"), ("officer", "/field")])
def test_a_workplace_in_chinese_is_clean_for_axe(open_context, who, path):
    context = open_context(locale="zh-CN", **(PHONE if who == "officer" else {}))
    enter(context, who)
    page = context.new_page()
    settle(page, path)
    assert not violations(page)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/report"])
def test_a_public_page_is_walked_through_by_keyboard_with_the_focus_in_sight(open_context, path):
    page = open_context().new_page()
    settle(page, path)
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
