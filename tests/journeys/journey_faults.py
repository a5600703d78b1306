"""What a browser complains of without anybody seeing it."""

from dataclasses import dataclass

from playwright.sync_api import Page

QUIET = (  # what a browser says that is no fault of ours
    "GPU stall due to ReadPixels",
    "GL Driver Message",
)


@dataclass
class Faults:
    """What went wrong in pages without anybody seeing it: console errors, refused content, exceptions."""

    found: list[str]
    network_is_broken: bool = False  # on purpose: then what the browser itself says of it is no fault

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._said(page, message.type, message.text))

    def _said(self, page: Page, kind: str, text: str) -> None:
        if self.network_is_broken and "net::ERR_" in text:
            return
        if kind == "error" and not any(quiet in text for quiet in QUIET):
            self.found.append(f"{page.url}: {text}")
