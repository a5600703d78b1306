"""Page objects: what a dispatcher, an officer and a resident do, found by role and label as a screen reader does."""

import json
import re
from time import monotonic
from typing import Any

from journey_words import Words
from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, expect

LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def sign_in(context: BrowserContext, username: str, goal: str = "") -> Page:
    """Enter the demo as one of its people; returns the page that opens: their place of work, or `goal` at once."""
    page = context.new_page()
    if goal:  # the console draws a map, which is dear where the processor does it
        enter(context, username)
        page.goto(goal)
        return page
    page.goto("/")
    page.locator(f"button[name=username][value={username}]").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in/demo"))
    return page


def enter(context: BrowserContext, username: str) -> None:
    """Send what the button of one of the demo's people sends, without opening what it opens."""
    context.request.get("/")
    form = {"username": username, "csrfmiddlewaretoken": token_of(context)}
    answer = context.request.post("/sign-in/demo", form=form, max_redirects=0)
    assert answer.status == 302, answer.text()


def token_of(context: BrowserContext) -> str:
    """The token that a form of this browser carries."""
    return next((cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken"), "")


def reload_until(page: Page, wanted: Locator, within_s: float = 30) -> None:
    """Load a page anew, as somebody does who waits for something, until it is there."""
    until = monotonic() + within_s
    while not wanted.count():
        assert monotonic() < until, f"{page.url} does not show it"
        page.wait_for_timeout(200)
        page.reload()


class Desk:
    """The API as a signed-in browser uses it: to arrange things, and to check what was written."""

    def __init__(self, context: BrowserContext, language: str = "en") -> None:
        self.context = context
        self.language = {"Accept-Language": LOCALES[language]}

    def get(self, path: str) -> Any:
        answer = self.context.request.get(path, headers=self.language)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        answer = self.try_to_post(path, body, **headers)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def try_to_post(self, path: str, body: dict[str, Any], **headers: str) -> APIResponse:
        sent = {"X-CSRFToken": token_of(self.context), "Content-Type": "application/json", **self.language, **headers}
        return self.context.request.post(path, data=json.dumps(body), headers=sent)

    def report(self, **fields: Any) -> dict[str, Any]:
        """Report something in the middle of town, or as the fields say."""
        spot = {"type": "noise", "lon": 24.9414, "lat": 60.1697, "narrative": "Loud music from a window."}
        return dict(self.post("/api/incidents", spot | fields))

    def unit(self, call_sign: str) -> dict[str, Any]:
        return next(unit for unit in self.get("/api/units") if unit["call_sign"] == call_sign)

    def free(self, call_sign: str) -> None:
        """Take a unit off whatever an earlier journey left it on."""
        unit = self.unit(call_sign)
        if unit["incident_id"]:
            self.post(f"/api/incidents/{unit['incident_id']}/stand_down", {"unit_id": unit["id"]})

    def disposition(self, code: str) -> str:
        """Words of a disposition in the browser's language."""
        return str(next(row["name"] for row in self.get("/api/dispositions") if row["code"] == code))

    def incident(self, number: str) -> dict[str, Any]:
        found = next(row for row in self.get("/api/incidents?limit=100") if row["number"] == number)
        return dict(self.get(f"/api/incidents/{found['id']}"))


class Phone:
    """An officer's phone."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.words = Words("phone/i18n", language)

    def press(self, key: str, **values: object) -> None:
        self.page.get_by_role("button", name=self.words(key, **values), exact=True).click()

    def shows_job(self, number: str) -> None:
        expect(self.page.get_by_role("article")).to_contain_text(number)

    def is_free(self) -> None:
        expect(self.page.get_by_role("heading", name=self.words("no_job"))).to_be_visible()

    def has_sent_all(self) -> None:
        expect(self.page.get_by_role("banner")).to_contain_text(self.words("unsent_0"))

    def close_as(self, name: str, note: str) -> None:
        """Close the job with a disposition by its words."""
        self.press("close")
        self.page.get_by_role("button", name=name).first.click()
        self.page.get_by_role("textbox").fill(note)
        self.press("close_with", name=name)


class Console:
    """A dispatcher's console, worked by keyboard."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.words = Words("shared/i18n", language)
        self.queue = page.get_by_role("region", name=self.words("queue"))
        self.panel = page.get_by_role("region", name=self.words("incident"), exact=True)
        self.intake = page.get_by_role("region", name=self.words("intake"))
        self.is_live()

    def is_live(self) -> None:
        """The board is there and the stream runs."""
        expect(self.page.locator("header .live")).to_have_class(re.compile(r"\blive\b.*\blive\b"), timeout=20_000)

    def row(self, number: str) -> Locator:
        return self.queue.get_by_role("button", name=re.compile(rf"^{number}\b"))

    def says(self, text: str | re.Pattern[str]) -> None:
        """A notice at the bottom says so."""
        expect(self.page.locator(".notices")).to_contain_text(text)

    def begin_report(self, what: str, where: str, said: str) -> None:
        """Fill the form without the mouse: type, place, narrative."""
        self.page.keyboard.press("n")
        expect(self.page.get_by_role("combobox", name=self.words("in_type"), exact=True)).to_be_focused()
        self.page.keyboard.type(what)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(where)
        expect(self.intake.get_by_role("option").first).to_contain_text(where)
        self.page.keyboard.press("Tab")
        expect(self.intake.locator(".hint").first).to_contain_text(re.compile(r"\d\d\.\d{5}, \d\d\.\d{5}"))
        self.intake.get_by_label(self.words("in_narrative")).focus()
        self.page.keyboard.type(said)

    def send_report(self) -> str:
        """Send the form by its key; returns the number it was given."""
        self.page.keyboard.press("Control+Enter")
        notice = self.page.locator(".notices").get_by_text(re.compile(self.words("in_taken", number=r"\d+")))
        found = re.search(r"\d{4,}", notice.last.inner_text())
        assert found
        return found.group()

    def command(self, line: str) -> None:
        """Type a line into the command line and press Enter."""
        self.page.keyboard.press("Escape")
        self.page.locator("body").press("/")
        box = self.page.get_by_role("combobox", name=self.words("command"))
        expect(box).to_be_focused()
        box.fill(line)
        self.page.keyboard.press("Enter")
        expect(box).to_have_value("")

    def shows(self, number: str) -> None:
        """The panel shows this incident."""
        expect(self.panel.locator("header")).to_contain_text(number)
