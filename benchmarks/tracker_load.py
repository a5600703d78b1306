"""Positions sent by many trackers, in a process of its own: raw HTTP/1.1 on asyncio, one request in flight each.

    python -m benchmarks.tracker_load PORT CONNECTIONS SECONDS FILE [api TOKEN | recorder | fleet]

FILE has a line for each device: the address to which it sends. With `api` a line is the id of a unit, and the API gets
the position instead; with `recorder` it is the number of a user of OwnTracks Recorder. Prints one JSON object: how many
were acknowledged, p50 and p99 of their latencies in ms, seconds, other answers.
"""

import asyncio
import json
import random
import sys
import time
from itertools import cycle
from pathlib import Path

import numpy as np
import uvloop

from benchmarks.recorder import request

BODY = 192  # bytes, as the phones' apps send


class Device(asyncio.Protocol):
    """One connection that sends for its share of the devices, each time for the next."""

    def __init__(self, requests, until: float, pause: float = 0.0) -> None:
        self.requests, self.until, self.pause = requests, until, pause
        self.ms: list[float] = []
        self.other = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        now = time.perf_counter()
        if now >= self.until:
            self.transport.close()
            return
        self.begun = now
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.ms.append((time.perf_counter() - self.begun) * 1000)
        if not data.startswith(b"HTTP/1.1 200"):
            self.other += 1
            self.ms.pop()
        if self.pause:
            wait = max(0.0, self.begun + self.pause - time.perf_counter())
            asyncio.get_running_loop().call_later(wait, self._next)
        else:
            self._next()

    def connection_lost(self, _error) -> None:
        if not self.done.done():
            self.done.set_result(None)


def forms(lines: list[str], first: float):
    """What the devices of one connection send, for ever: each a form of 192 bytes, a second after its last."""
    head = "Host: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    heads = [f"POST {line} HTTP/1.1\r\n{head}Content-Length: {BODY}\r\n\r\n".encode() for line in lines]
    for number in cycle(range(1 << 30)):
        lat = 50.06 + (number % 40) * 1e-5
        body = f"id=x&timestamp={first + number:.0f}&lat={lat:.5f}&lon=10.10000&speed=2.00&bearing=90.0&accuracy=5.0"
        sent = f"{body}&batt=87.0&model=".ljust(BODY, "x").encode()
        for each in heads:
            yield each + sent


def calls(lines: list[str], token: str):
    """The same by the API, one position after the other."""
    for number in cycle(range(1 << 30)):
        for line in lines:
            body = json.dumps({"lon": 10.1, "lat": 50.06 + (number % 40) * 1e-5})
            head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            text = f"POST /api/units/{line}/position HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
            yield text.encode()


def publications(lines: list[str], first: float):
    """The same as OwnTracks posts it to its Recorder."""
    for number in cycle(range(1 << 30)):
        for line in lines:
            yield request(int(line), first + number, 50.06 + (number % 40) * 1e-5)


def fleet(lines: list[str]):
    """Devices spread over a city that each move a little at every turn, as they are now."""
    rng = random.Random(lines[0] if lines else "")
    places = {line: [10.1 + rng.uniform(-0.07, 0.07), 50.06 + rng.uniform(-0.05, 0.05)] for line in lines}
    while True:
        for line, place in places.items():
            place[0] += rng.uniform(-2e-4, 2e-4)
            place[1] += rng.uniform(-1e-4, 1e-4)
            query = f"id=x&timestamp={time.time():.3f}&lat={place[1]:.6f}&lon={place[0]:.6f}&speed=9&accuracy=5&batt=80"
            yield f"POST {line}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n".encode()


async def load(port: int, connections: int, seconds: float, lines: list[str], how: list[str]) -> dict:
    """Send from every connection until the time is over."""
    loop, first = asyncio.get_running_loop(), time.time() - 3600
    kinds = {"api": lambda own: calls(own, how[1]), "recorder": lambda own: publications(own, first), "fleet": fleet}
    paced = bool(how) and how[0] == "fleet"  # each device once a second
    kind = kinds.get(how[0] if how else "", lambda own: forms(own, first))
    begun = time.perf_counter()
    devices = []
    for number in range(connections):
        own = lines[number::connections]
        requests = kind(own)
        _transport, device = await loop.create_connection(
            lambda requests=requests, own=own: Device(requests, begun + seconds, 1 / len(own) if paced else 0.0),
            "127.0.0.1",
            port,
        )
        devices.append(device)
    await asyncio.wait_for(asyncio.gather(*(device.done for device in devices)), seconds + 60)
    ms = np.array([each for device in devices for each in device.ms])
    p50, p99 = np.percentile(ms, [50, 99]) if len(ms) else (0.0, 0.0)
    other = sum(device.other for device in devices)
    return {"kept": len(ms), "p50": p50, "p99": p99, "seconds": time.perf_counter() - begun, "other": other}


if __name__ == "__main__":
    port, connections, seconds, file, *rest = sys.argv[1:]
    given = Path(file).read_text().split()
    print(json.dumps(uvloop.run(load(int(port), int(connections), float(seconds), given, rest))))
