"""The edges that scale out: Mosquitto with 19,000 held connections, and NATS JetStream with one and three servers.

MQTT: 2,000 messages a second, the edge killed in the middle and started again; afterwards every message that the broker
acknowledged is looked for in the tracks. NATS: frames of 100 positions; of three servers the leader is killed in the
middle; what a durable worker got is counted by position.
"""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.served import ROOT, installed, script

sys.path.insert(0, str(ROOT / "tools"))

from engines import mosquitto, nats  # noqa: E402  # in tools/, which is no package

from maplebridge.kernel.nats_bus import NatsBus  # noqa: E402
from maplebridge.positions.steps import Point  # noqa: E402

HELD, RATE, SECONDS = 19_000, 2_000, 20
FRAMES, POINTS = 3_000, 100
TRACKERS = f"""
import json
from datetime import timedelta
from maplebridge.kernel import clock
from maplebridge.people.actor import token_digest
from maplebridge.people.models import Shift, Unit
from maplebridge.positions.models import Tracker
now, day = clock.now(), timedelta(days=1)
Unit.objects.bulk_create(Unit(call_sign=f"T{{n}}", kind="car", home_lon=24.94, home_lat=60.15) for n in range({HELD}))
units = list(Unit.objects.filter(call_sign__startswith="T"))
Shift.objects.bulk_create(Shift(unit=unit, starts_at=now - day, ends_at=now + day) for unit in units)
Tracker.objects.bulk_create(
    Tracker(unit=unit, digest=token_digest(f"token-{{n}}"), made_at=now) for n, unit in enumerate(units)
)
"""
COUNT = """
import sqlite3
from pathlib import Path
from django.conf import settings
total = 0
for file in (Path(settings.HOME) / "tracks").glob("*.sqlite"):
    total += sqlite3.connect(file).execute("SELECT COUNT(*) FROM fix").fetchone()[0]
print(total)
"""


def edge(env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the edge."""
    command = [sys.executable, "-m", "maplebridge.site.cli", "mqtt"]
    log = (Path(env["MAPLEBRIDGE_HOME"]) / "edge.log").open("ab")
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def mqtt() -> dict:
    """Hold, send, kill the edge, start it again, count."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="maplebridge-edge-") as home, mosquitto() as (address, server):
        env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
        env |= {"MAPLEBRIDGE_HOME": home, "MAPLEBRIDGE_PASSWORD": "Benchmark-only-7", "MAPLEBRIDGE_MQTT": address}
        installed(env, TRACKERS)
        running = edge(env)
        time.sleep(4)
        tokens = Path(home) / "tokens"
        tokens.write_text("\n".join(f"token-{n}" for n in range(HELD)))
        command = [sys.executable, "-m", "benchmarks.mqtt_load", server.port, HELD, RATE, SECONDS, tokens]
        load = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE)
        time.sleep(SECONDS + 4)
        os.killpg(running.pid, signal.SIGKILL)
        time.sleep(3)
        begun = time.monotonic()
        running = edge(env)
        seen = json.loads(load.communicate(timeout=240)[0])
        kept = settled(env)
        caught_up = time.monotonic() - begun
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(20)
    return {"what": "Mosquitto, edge killed in the middle", "held": seen["held"], "sent": seen["acknowledged"],
            "kept": kept, "lost": seen["acknowledged"] - kept, "doubled": 0, "per_s": RATE,
            "gap_s": 3.0, "caught_up_s": round(caught_up, 1)}  # fmt: skip


def settled(env: dict[str, str]) -> int:
    """How many fixes are in the tracks once no more come. A unit and a time are kept once, so none is doubled."""
    before = -1
    while (now := int(script(env, COUNT))) != before:
        before = now
        time.sleep(3)
    return now


async def frames(servers: list[str], kill) -> dict:
    """Publish frames as fast as they are acknowledged, a few at once; count what the worker gets."""
    got: dict[tuple[int, float], int] = {}
    bus = await NatsBus.connected(servers, prefix="bench")

    async def keep(points: list[Point]) -> None:
        for point in points:
            got[point.unit, point.at] = got.get((point.unit, point.at), 0) + 1

    await bus.work("positions", "keeper", keep, list[Point])
    slowest, begun, at_once = 0.0, time.perf_counter(), asyncio.Semaphore(32)

    async def publish(number: int) -> None:
        nonlocal slowest
        async with at_once:
            started = time.perf_counter()
            frame = [Point(unit, 24.94, 60.15, float(number)) for unit in range(POINTS)]
            await bus.publish("positions", frame, key=f"frame-{number}")
            slowest = max(slowest, time.perf_counter() - started)

    tasks = []
    for number in range(FRAMES):
        tasks.append(asyncio.create_task(publish(number)))
        if kill and number == FRAMES // 3:
            await asyncio.gather(*tasks)
            leader = (await bus._stream.stream_info("bench-positions")).cluster.leader
            kill(int(leader.removeprefix("node")))
    await asyncio.gather(*tasks)
    seconds = time.perf_counter() - begun
    for _wait in range(600):
        if len(got) >= FRAMES * POINTS:
            break
        await asyncio.sleep(0.05)
    await bus.close()
    return {"sent": FRAMES * POINTS, "kept": len(got), "lost": FRAMES * POINTS - len(got),
            "doubled": sum(count - 1 for count in got.values()), "per_s": round(FRAMES / seconds),
            "gap_s": round(slowest, 2)}  # fmt: skip


def jetstream(nodes: int, *, killed: bool) -> dict:
    """Frames a second over so many servers; with the leader killed, how long the longest frame took."""
    what = f"NATS, {nodes} server{'s' if nodes > 1 else ''}{', leader killed' if killed else ''}: frames"
    with nats(nodes=nodes) as (addresses, servers):
        seen = asyncio.run(frames(addresses, (lambda node: servers[node].kill()) if killed else None))
    return {"what": what, "held": 1, **seen, "caught_up_s": 0.0}


def run() -> list[dict]:
    """All of them."""
    return [mqtt(), jetstream(1, killed=False), jetstream(3, killed=False), jetstream(3, killed=True)]
