"""The console with 5,000 units that all move each second: frames a second and CPU, in headless Chromium.

The units' trackers send to the ingest in the form of Traccar Client, 5,000 a second; the console hears of them by the
stream. Software rendering on the same two cores. `busy` is the share of a core that the page's own threads used.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import sync_playwright

from benchmarks.bench_console import FLAGS, chromium
from benchmarks.bench_ingest import DEVICES, PREPARE, UNITS, send
from benchmarks.served import PASSWORD, script, served

SECONDS = 20
FRAMES = """(ms) => new Promise((done) => {
  const times = [];
  const tick = (at) => { times.push(at); if (at - times[0] < ms) requestAnimationFrame(tick); else done(times); };
  requestAnimationFrame(tick);
})"""


def run() -> list[dict]:
    """Measure on SQLite, from afar with dots and close by with letters."""
    rows = []
    with served(prepare=PREPARE, require_mfa="false") as server, sync_playwright() as play:
        units = json.loads(script(server.env, UNITS))
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{server.port}/sign-in")
        page.fill("input[name=username]", "chief")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(f"http://127.0.0.1:{server.port}/console")
        page.wait_for_timeout(6000)
        page.wait_for_selector(".maplibregl-canvas", timeout=20_000)
        rows.append(seen(page, "standing"))
        sending = ThreadPoolExecutor(1).submit(
            send, server.port, [f"/p/token-{unit}" for unit in units], 250, "fleet", seconds=SECONDS + 10
        )
        page.wait_for_timeout(6000)
        rows.append(seen(page, "moving"))
        if picture := os.environ.get("PICTURE"):
            page.screenshot(path=picture)
        sent = sending.result()
        browser.close()
    rate = sent["kept"] / sent["seconds"]
    return [row | {"units": DEVICES, "sent_per_s": round(rate) if row["what"] == "moving" else 0} for row in rows]


def seen(page, what: str) -> dict:
    """Frames a second, the slowest of them, and how busy the page was."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    busy = task_seconds(session)
    times = page.evaluate(FRAMES, SECONDS * 1000)
    busy = task_seconds(session) - busy
    gaps = sorted(b - a for a, b in zip(times, times[1:], strict=False))
    seconds = (times[-1] - times[0]) / 1000
    slow = round(gaps[int(len(gaps) * 0.99)])
    rate, share = round(len(gaps) / seconds, 1), round(busy / seconds, 2)
    return {"what": what, "frames_per_s": rate, "p99_gap_ms": slow, "busy": share}  # fmt: skip


def task_seconds(session) -> float:
    """Seconds that the page's main thread has worked (DevTools: TaskDuration)."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")
