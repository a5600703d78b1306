"""Take the pictures of docs/screenshots: `python tools/screenshots.py` (needs the front end built, and Chromium).

The city has its invented day and nothing moves but what is done here, so that the pictures show what they are meant to.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "screenshots"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
PAPER = {"viewport": {"width": 900, "height": 1200}}
NEARBY = ((24.9397, 60.1669), (24.9404, 60.1660), (24.9385, 60.1653), (24.9372, 60.1680), (24.9390, 60.1676),
          (24.9420, 60.1652), (24.9418, 60.1664), (24.9438, 60.1660))  # fmt: skip


class Studio:
    """A browser before a running demo, and what several pictures share."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.job = 0
        self.place = {"latitude": 60.1688, "longitude": 24.9405}  # where the officer's phone is

    def person(self, username: str, *, zh: bool = False, dark: bool = False, **options: object) -> Page:
        """A page of somebody signed in (or of a resident, for "")."""
        context: BrowserContext = self.browser.new_context(
            base_url=self.url, locale="zh-CN" if zh else "en-GB", color_scheme="dark" if dark else "light",
            geolocation=self.place, permissions=["geolocation"], **options,  # type: ignore[arg-type]
        )  # fmt: skip
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto("/")
        if username:
            page.locator(f"button[name=username][value={username}]").click()
            page.wait_for_load_state()
        return page

    def ask(self, page: Page, path: str, body: dict[str, object] | None = None) -> object:
        """Call the API as the person on a page."""
        if body is None:
            return page.context.request.get(path).json()
        token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
        return page.context.request.post(path, data=body, headers={"X-CSRFToken": token}).json()

    def keep(self, page: Page, name: str, *, settle_s: float = 2.5, margin: int = 0) -> None:
        """Take the picture, with few colours, so that it is small; then leave."""
        page.wait_for_timeout(settle_s * 1000)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture = ImageOps.expand(picture, margin, "white")
        few = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
        few.save(OUT / f"{name}.png", optimize=True)
        print(f"{name}.png {(OUT / f'{name}.png').stat().st_size // 1024} KB")
        page.context.close()


def console(studio: Studio, name: str, *, dark: bool, zh: bool = False) -> None:
    """The console with an incident that has its recommendation, its map and its story."""
    page = studio.person("dispatcher", dark=dark, zh=zh, **DESK)
    page.goto("/console")
    page.locator(".maplibregl-canvas").wait_for()
    page.locator(f'[data-region="queue"] button:has-text("{studio.job:04d}")').first.click()
    page.locator('[data-region="recommendations"] button').first.wait_for()
    studio.keep(page, name, settle_s=6)


def intake(studio: Studio, name: str, *, zh: bool) -> None:
    """The form half-filled, with a likely duplicate beside it."""
    page = studio.person("dispatcher", zh=zh, dark=not zh, **DESK)
    page.goto("/console")
    page.locator(".maplibregl-canvas").wait_for()
    page.wait_for_timeout(3000)
    page.keyboard.press("n")
    page.keyboard.type("电池" if zh else "battery")
    page.keyboard.press("Tab")
    page.keyboard.type("Kalevankatu 14")
    page.get_by_role("option").filter(has_text="Kalevankatu 14").first.wait_for()
    page.keyboard.press("Tab")
    page.locator("section.intake textarea").fill(
        "电动车电池被拿走了，车还停在门口。"
        if zh
        else "Battery gone from my e-bike at the rack, maybe ten minutes ago."
    )
    page.locator("section.intake .found li").first.wait_for()
    studio.keep(page, name, settle_s=4)


def phone(studio: Studio, name: str, *, zh: bool) -> None:
    """The officer's phone on the way to a job."""
    page = studio.person("officer", zh=zh, **PHONE)
    page.goto("/unit")
    page.get_by_role("article").wait_for()
    studio.keep(page, name, settle_s=4)


def sheet(studio: Studio, name: str, *, zh: bool) -> None:
    """The printed sheet of an incident that is over."""
    page = studio.person("dispatcher", zh=zh, **PAPER)
    rows = studio.ask(page, "/api/incidents?limit=80&state=Closed")
    over = [row for row in rows if row["onscene_at"] and row["type"] == "dispute"]  # type: ignore[attr-defined, index]
    page.emulate_media(media="print")
    page.goto(f"/incidents/{over[0]['id']}/sheet")
    studio.keep(page, name, margin=56)


def arrange(studio: Studio) -> None:
    """One more theft of a battery, with a note about the house, and M21 on its way to it."""
    page = studio.person("dispatcher")
    spot = studio.ask(page, "/api/search?q=Kalevankatu 14")[0]  # type: ignore[index]
    made = studio.ask(page, "/api/incidents", {
        "type": "theft_battery", "lon": spot["lon"], "lat": spot["lat"], "address": "Kalevankatu 14",
        "narrative": "Battery taken out of an e-bike in the rack before the house. The owner waits there.",
    })  # fmt: skip
    studio.job = int(made["number"])  # type: ignore[index, call-overload]
    units = studio.ask(page, "/api/units")
    rider = next(unit for unit in units if unit["call_sign"] == "M21")  # type: ignore[attr-defined]
    if rider["incident_id"]:
        studio.ask(page, f"/api/incidents/{rider['incident_id']}/stand_down", {"unit_id": rider["id"]})
    for lon, lat in NEARBY:  # one from which the one-ways let it through
        studio.ask(page, f"/api/units/{rider['id']}/position", {"lon": lon, "lat": lat, "at": _now()})
        way = studio.ask(page, f"/api/incidents/{made['id']}/recommendations?limit=24")  # type: ignore[index, call-overload]
        mine = next((row for row in way if row["unit_id"] == rider["id"]), None)  # type: ignore[attr-defined]
        if mine and 45 < mine["eta_s"] < 200:
            studio.place = {"latitude": lat, "longitude": lon}
            break
    studio.ask(page, f"/api/incidents/{made['id']}/assignments", {"unit_id": rider["id"]})  # type: ignore[index, call-overload]
    studio.ask(page, f"/api/units/{rider['id']}/status", {"status": "EnRoute"})
    page.context.close()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def pictures(studio: Studio) -> None:
    """All of them, in the order in which the story goes."""
    studio.keep(studio.person("", viewport={"width": 1280, "height": 900}), "start")
    report = studio.person("", viewport={"width": 900, "height": 1100})
    report.goto("/report")
    studio.keep(report, "report")
    arrange(studio)
    console(studio, "console-dark", dark=True)
    console(studio, "console-light", dark=False)
    console(studio, "console-zh", dark=True, zh=True)
    intake(studio, "intake", zh=False)
    intake(studio, "intake-zh", zh=True)
    phone(studio, "phone", zh=False)
    phone(studio, "phone-zh", zh=True)
    sheet(studio, "sheet", zh=False)
    sheet(studio, "sheet-zh", zh=True)


def main() -> None:
    """Prepare a demo in a folder of its own, serve it still, take the pictures, end it."""
    OUT.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    home = os.environ.get("MAPLEBRIDGE_HOME") or tempfile.mkdtemp(prefix="maplebridge-pictures-")
    env = os.environ | {"MAPLEBRIDGE_HOME": home, "NO_BROWSER": "1"}
    command = [sys.executable, "-m", "maplebridge.site.cli", "demo", "--still", "--port", str(port)]
    server = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}/", server)
        with sync_playwright() as playwright:
            found = shutil.which("chromium") or shutil.which("google-chrome")
            pictures(Studio(playwright.chromium.launch(executable_path=found, args=FLAGS), f"http://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait(20)


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _try in range(900):
        if server.poll() is not None:
            raise SystemExit("The demo ended before it answered; what it said stands above.")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The demo did not answer within three minutes.")


if __name__ == "__main__":
    main()
