"""A worker at the field client, on a phone."""

import base64

from journey_words import Words
from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HERE = {"longitude": 24.9414, "latitude": 60.1697}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC"
)


class Worker:
    """A worker at the field client."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.words = Words("field/i18n", "en")

    def press(self, key: str) -> None:
        self.page.get_by_role("button", name=self.words(key), exact=True).click()

    def opens(self, form: str) -> None:
        self.page.get_by_role("button", name=form, exact=True).click()
        expect(self.page.get_by_role("heading", name=form)).to_be_visible()

    def fills_in_a_visit(self, address: str) -> None:
        self.page.get_by_label("Address").fill(address)
        self.page.get_by_role("radio", name="House").check()
        self.page.get_by_label("Number of residents").fill("3")
        self.page.get_by_role("radio", name="No", exact=True).check()
        self.page.get_by_role("checkbox", name="Bad wiring").check()

    def takes_a_photo(self) -> None:
        self.page.get_by_label("Photo of the hazard").set_input_files(
            files=[{"name": "wiring.png", "mimeType": "image/png", "buffer": PNG}]
        )
        self.shows_the_photo()

    def shows_the_photo(self) -> None:
        expect(self.page.get_by_role("img", name=self.words("photo_taken"))).to_be_visible()

    def says(self, words: str) -> None:
        expect(self.page.locator("header").get_by_text(words)).to_be_visible()

    def can_open_without_a_network(self) -> None:
        """Wait until the page and every form are on the phone."""
        expect(self.page.get_by_role("button", name="Household visit")).to_be_enabled()
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_function(
            """async () => (await (await caches.open('maplebridge-field-shell-1')).keys())
                .some(request => request.url.includes('field.js'))"""
        )
