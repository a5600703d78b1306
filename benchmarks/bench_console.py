"""(d) First paint of the console with 5,000 open incidents, in headless Chromium with software rendering.

Counted from the navigation's start: first contentful paint, and the first frame in which the queue shows its rows. A
warm-up visit fills the browser's cache first, as for a dispatcher who comes on shift; the cold visit is told too.
"""

import os
import shutil

from playwright.sync_api import Browser, sync_playwright

from benchmarks.served import PASSWORD, Served, served

OPEN_INCIDENTS, VISITS = 5_000, 5
FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
MANY = f"""
import random
from datetime import timedelta
from django.db import transaction
from maplebridge.incidents.actions import report_incident
from maplebridge.incidents.models import IncidentType
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.places.models import City
rng, at, actor = random.Random(4), clock.now(), system("benchmark")
west, south, east, north = City.objects.get().bbox
types = list(IncidentType.objects.values_list("code", flat=True))
with transaction.atomic():
    for number in range({OPEN_INCIDENTS}):
        report_incident(actor, type=rng.choice(types), lon=rng.uniform(west, east), lat=rng.uniform(south, north),
                        narrative="an invented report", at=at - timedelta(seconds=rng.randrange(36000)))
"""
PAINTED = """() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const row = document.querySelector('.rows .row');
  return row && paint ? {shown: performance.now(), paint: paint.startTime} : null;
}"""  # asked at every frame: the first frame in which the queue has its rows


def chromium() -> str | None:
    """The machine's Chromium, or None for the one Playwright finds itself."""
    named = os.environ.get("MAPLEBRIDGE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def visit(browser: Browser, server: Served) -> list[dict]:
    """Sign in, then open the console again and again in one browser profile."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    root = f"http://127.0.0.1:{server.port}"
    page.goto(f"{root}/sign-in")
    page.fill("input[name=username]", "chief")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    seen = []
    for _visit in range(VISITS + 1):
        page.goto(f"{root}/console", wait_until="commit")
        painted = page.wait_for_function(PAINTED, timeout=60_000).json_value()
        painted["open"] = len(server.get("/api/board")["incidents"])
        seen.append(painted)
        page.wait_for_timeout(2000)  # the map finishes drawing before the next visit
    context.close()
    return seen


def run() -> list[dict]:
    """Measure on SQLite."""
    with served(prepare=MANY, require_mfa="false") as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        cold, *warm = visit(browser, server)
        browser.close()
    shown = sorted(each["shown"] for each in warm)
    paint = sorted(each["paint"] for each in warm)
    return [
        {
            "open_incidents": cold["open"],
            "visits": VISITS,
            "first_paint_ms": round(paint[len(paint) // 2]),
            "console_shown_ms": round(shown[len(shown) // 2]),
            "console_shown_worst_ms": round(shown[-1]),
            "console_shown_cold_ms": round(cold["shown"]),
        }
    ]
