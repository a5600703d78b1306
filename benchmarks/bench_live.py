"""(c) From accepted to shown: ten open streams under 50 reports a second.

Accepted is `entered_at` in the entry, which the server takes inside the transaction; shown is the moment at which a
stream's reader, in another process of the same machine and so of the same clock, has the event in hand.
"""

import asyncio
import json
import subprocess
import sys
import time
from datetime import datetime

import numpy as np

from benchmarks.served import ROOT, Served, served

STREAMS, RATE, SECONDS = 10, 50.0, 12.0


async def listen(server: Served, lags: list[float], opened: asyncio.Event) -> None:
    """Read one stream and note the lag of each entry, in ms."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.token}\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    opened.set()
    event = b""
    while True:
        line = await reader.readline()
        if line.startswith(b"event: "):
            event = line[7:].strip()
        elif line.startswith(b"data: ") and event == b"entry":
            entered = datetime.fromisoformat(json.loads(line[6:])["entered_at"].replace("Z", "+00:00"))
            lags.append((time.time() - entered.timestamp()) * 1000)


async def watch(server: Served) -> tuple[list[list[float]], int]:
    """Open the streams, let another process send the reports, and gather the lags."""
    lags: list[list[float]] = [[] for _number in range(STREAMS)]
    opened = [asyncio.Event() for _number in range(STREAMS)]
    tasks = [asyncio.create_task(listen(server, lag, event)) for lag, event in zip(lags, opened, strict=True)]
    await asyncio.gather(*(event.wait() for event in opened))
    types = ",".join(row["code"] for row in server.get("/api/types")[:6])
    box = ",".join(str(side) for side in server.get("/api/me")["city"]["bbox"])
    text = [sys.executable, "-m", "benchmarks.load", server.port, server.token, 8, SECONDS, RATE, types, box]
    load = await asyncio.create_subprocess_exec(*[str(part) for part in text], cwd=ROOT, stdout=subprocess.PIPE)
    out, _err = await load.communicate()
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    return lags, len(json.loads(out)["numbers"])


def run() -> list[dict]:
    """Measure on SQLite and on PostgreSQL."""
    rows = []
    for postgresql in (False, True):
        with served(postgresql=postgresql) as server:
            lags, sent = asyncio.run(watch(server))
        every = [lag for stream in lags for lag in stream]
        p50, p99 = np.percentile(every, [50, 99])
        rows.append(
            {
                "database": "PostgreSQL" if postgresql else "SQLite",
                "streams": STREAMS,
                "reports_per_s": RATE,
                "reports": sent,
                "shown_on_every_stream": all(len(stream) == sent for stream in lags),
                "p50_ms": round(float(p50), 1),
                "p99_ms": round(float(p99), 1),
                "max_ms": round(max(every), 1),
            }
        )
    return rows
