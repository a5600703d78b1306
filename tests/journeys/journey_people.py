"""Page objects: what a dispatcher, an officer and a resident do, found by role and label as a screen reader does."""

import json
from typing import Any

from journey_words import Words
from playwright.sync_api import APIResponse, BrowserContext, Page, expect

LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def sign_in(context: BrowserContext, username: str) -> Page:
    """Enter the demo as one of its four people; returns the page that opens."""
    page = context.new_page()
    page.goto("/")
    page.locator(f"button[name=username][value={username}]").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in/demo"))
    return page


class Desk:
    """The API as a signed-in browser uses it: to arrange things, and to check what was written."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context

    def get(self, path: str) -> Any:
        answer = self.context.request.get(path)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        answer = self.try_to_post(path, body, **headers)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def try_to_post(self, path: str, body: dict[str, Any], **headers: str) -> APIResponse:
        token = next((c["value"] for c in self.context.cookies() if c["name"] == "csrftoken"), "")
        sent = {"X-CSRFToken": token, "Content-Type": "application/json", **headers}
        return self.context.request.post(path, data=json.dumps(body), headers=sent)

    def report(self, **fields: Any) -> dict[str, Any]:
        """Report something in the middle of town, or as the fields say."""
        spot = {"type": "noise", "lon": 24.9414, "lat": 60.1697, "narrative": "Loud music from a window."}
        return dict(self.post("/api/incidents", spot | fields))

    def unit(self, call_sign: str) -> dict[str, Any]:
        return next(unit for unit in self.get("/api/units") if unit["call_sign"] == call_sign)

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
