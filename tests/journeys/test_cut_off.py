"""A console without the server: cut off and caught up, reading only, its own entries kept and sent once."""

import os
import re

from journey_cable import cable
from journey_people import Console, Desk, sign_in
from playwright.sync_api import Page, expect

CUT_S = float(os.environ.get("JOURNEY_CUT_S", "5"))  # 60 in the long run; the mechanics are the same
SPOT = {"lon": 24.9480, "lat": 60.1700}


def heard_by(page: Page) -> list[str]:
    """Addresses that a page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_a_console_that_was_cut_off_catches_up_without_a_gap_or_a_double(open_context, server, faults):
    faults.network_is_broken = True
    with cable(server.port) as line:
        _cut_and_catch_up(line, open_context)


def _cut_and_catch_up(line, open_context):
    there, away = open_context(), open_context(base_url=line.url)
    sign_in(there, "dispatcher")
    desk = Desk(there)
    console = Console(sign_in(away, "chief"))
    banner = console.page.get_by_role("status").filter(has_text=re.compile("Reading only"))
    old = desk.report(**SPOT, narrative="Before the cut.")
    expect(console.row(old["number"])).to_be_visible()
    asked = heard_by(console.page)
    line.pull()
    new = [desk.report(**SPOT, narrative=f"During the cut, {n}.", type="hazard") for n in range(4)]
    desk.free("M22")
    desk.post(f"/api/incidents/{new[0]['id']}/assignments", {"unit_id": desk.unit("M22")["id"]})
    desk.post(f"/api/incidents/{old['id']}/close", {"disposition": "05", "narrative": "Done."})
    expect(banner).to_be_visible(timeout=60_000)
    console.page.wait_for_timeout(CUT_S * 1000)
    expect(console.row(new[0]["number"])).to_have_count(0)
    line.plug()
    expect(banner).to_have_count(0, timeout=60_000)
    for made in new:
        expect(console.row(made["number"])).to_have_count(1)
    expect(console.row(new[0]["number"])).to_contain_text("M22 assigned")
    expect(console.row(old["number"])).to_have_count(0)
    console.is_live()
    assert [url for url in asked if "/api/stream" in url]
    assert not [url for url in asked if url.endswith("/api/board")], "it caught up from its cursor, not by loading anew"
    shown = re.findall(r"\b\d{4}\b", " ".join(console.queue.get_by_role("listitem").all_inner_texts()))
    board = [row["number"] for row in desk.get("/api/board")["incidents"] if row["closed_at"] is None]
    assert sorted(number for number in shown if number in board) == sorted(board)
    desk.post(f"/api/incidents/{new[0]['id']}/stand_down", {"unit_id": desk.unit("M22")["id"]})


def test_while_the_server_is_away_the_console_reads_only_and_what_is_entered_is_sent_once(open_context, server, faults):
    faults.network_is_broken = True
    context = open_context()
    console = Console(sign_in(context, "dispatcher"))
    console.begin_report("hazard", "Bulevardi 7", "Glass all over the crossing, kept for later.")
    server.stop()
    try:
        expect(console.page.get_by_role("status").filter(has_text=re.compile("Reading only"))).to_be_visible(
            timeout=40_000
        )
        console.page.keyboard.press("Control+Enter")
        expect(console.page.get_by_role("banner")).to_contain_text(console.words("kept_count", n=1))
    finally:
        server.start()
    expect(console.page.get_by_role("status").filter(has_text=re.compile("Reading only"))).to_have_count(
        0, timeout=60_000
    )
    expect(console.page.get_by_role("banner").locator(".kept")).to_have_count(0)
    console.is_live()
    row = console.queue.get_by_role("button", name=re.compile("Bulevardi 7"))
    expect(row).to_have_count(1)
    number = re.match(r"\d+", row.inner_text().strip()).group()  # type: ignore[union-attr]
    told = Desk(context).incident(number)
    assert [report["narrative"] for report in told["reports"]] == ["Glass all over the crossing, kept for later."]
    rows = Desk(context).get("/api/incidents?limit=50")
    assert sum(other["address"] == "Bulevardi 7" for other in rows) == 1
