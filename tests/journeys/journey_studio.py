"""The studio as a chief works in it, found by role and label."""

import re

from journey_words import Words
from playwright.sync_api import Locator, Page, expect

FIGURES_MS = 90_000  # the first figures of a server compile what they need


class Studio:
    """The page with its two layouts, its map and its figures."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.words = Words("features/studio/i18n", language)
        self.layouts = page.get_by_role("region", name=self.words("layouts"))
        self.figures = page.get_by_role("region", name=self.words("figures"))
        self.map = page.get_by_role("region", name=self.words("map"), exact=True)
        self.is_counted()

    def is_counted(self) -> None:
        """The figures are those of the layouts shown (from a change on they are marked as of before)."""
        expect(self.figures.locator(".figures")).to_have_attribute("aria-busy", "false", timeout=FIGURES_MS)

    def shown_posts(self) -> Locator:
        return self.layouts.locator("li .post")

    def propose(self, count: int, kind: str) -> None:
        """Ask for posts of a kind, by its name, in place of those that are there."""
        self.layouts.get_by_label(self.words("propose_n_of").replace("{kind}", kind)).fill(str(count))
        self.layouts.get_by_role("button", name=self.words("propose_do")).click()
        said = re.escape(self.words("proposed")).replace(r"\{share\}", ".+").replace(r"\{n\}", ".+")
        expect(self.figures.get_by_role("status").first).to_have_text(
            re.compile(said.replace(r"\{bound\}", ".+")), timeout=FIGURES_MS
        )
        self.is_counted()

    def move_few(self, most: int) -> None:
        """Ask which posts, at most so many, should stand elsewhere."""
        self.layouts.get_by_role("radio", name=self.words("propose_moves")).check()
        self.layouts.get_by_label(self.words("moves_most")).fill(str(most))
        self.layouts.get_by_role("button", name=self.words("propose_do")).click()
        said = re.compile("|".join(re.escape(self.words(word).split("{")[0]) for word in ("moved", "moved_none")))
        expect(self.figures.get_by_role("status").first).to_have_text(said, timeout=FIGURES_MS)
        self.is_counted()

    def merge(self) -> None:
        """Ask what making the first two posts one would do, and take it as layout B."""
        self.layouts.get_by_role("button", name=self.words("merge_do")).click()
        take = self.layouts.get_by_role("button", name=self.words("merge_take"))
        expect(take).to_be_visible(timeout=FIGURES_MS)
        take.click()
        self.is_counted()

    def aim(self, minutes: int) -> None:
        self.figures.get_by_label(self.words("target")).select_option(str(minutes))
        self.is_counted()

    def reached(self, minutes: int, side: str) -> int:
        """Per cent of the calls that a layout reaches within minutes."""
        row = self.figures.get_by_role("row", name=re.compile(rf"^{minutes} min"))
        return int(row.get_by_role("cell").nth({"a": 0, "b": 1}[side]).inner_text().split()[0])

    def drag(self, name: str, right: float, down: float) -> None:
        """Drag a post on the map by pixels."""
        mark = self.map.get_by_role("button", name=re.compile(rf"^{name}, "))
        box = mark.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right / 2, y + down / 2, steps=4)
        self.page.mouse.move(x + right, y + down, steps=4)
        self.page.mouse.up()
        self.is_counted()

    def pick(self, name: str) -> None:
        self.layouts.get_by_role("button", name=re.compile(rf"\b{name}\b")).first.click()

    def place(self) -> tuple[float, float]:
        """Where the post in hand stands: longitude, latitude."""
        return tuple(float(self.layouts.get_by_label(self.words(which)).input_value()) for which in ("lon", "lat"))  # type: ignore[return-value]

    def steer(self, *keys: str) -> None:
        """Move the post in hand by arrow keys."""
        button = self.layouts.get_by_role("button", name=re.compile(self.words("move")))
        for key in keys:
            button.press(key)
        self.is_counted()

    def save(self, name: str, weeks: int) -> int:
        """Save a study; returns its number."""
        self.figures.get_by_label(self.words("save_name")).fill(name)
        self.figures.get_by_label(self.words("replications")).fill(str(weeks))
        self.figures.get_by_role("button", name=self.words("save"), exact=True).click()
        self.page.wait_for_url(re.compile(r"study=\d+"), timeout=FIGURES_MS)
        return int(self.page.url.rpartition("=")[2])

    def press(self, word: str) -> None:
        self.figures.get_by_role("button", name=self.words(word), exact=True).click()
