"""Reports sent to a server by many clients at once, in a process of its own: raw HTTP/1.1 on asyncio streams.

    python -m benchmarks.load PORT TOKEN CLIENTS SECONDS RATE TYPES BOX

RATE 0: each sends again as soon as it is answered.

Prints one JSON object: the latency of every acknowledged report in ms and its number, and what was refused.
"""

import asyncio
import json
import random
import sys
import time

WORDS = (
    "loud",
    "music",
    "since",
    "an",
    "hour",
    "ago",
    "neighbours",
    "cannot",
    "sleep",
    "please",
    "send",
    "somebody",
    "second",
    "floor",
    "left",
    "door",
    "red",
    "bicycle",
    "stolen",
    "glass",
    "broken",
    "street",
    "corner",
    "loud",
)


class Client:
    """One connection that sends reports."""

    def __init__(self, port: int, token: str, rng: random.Random, types: list[str], box: list[float]) -> None:
        self.port, self.token, self.rng, self.types, self.box = port, token, rng, types, box
        self.taken: list[tuple[float, str]] = []
        self.refused: list[str] = []

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def report(self, since: float) -> None:
        """Send one and wait for its acknowledgement; latency counts from `since`."""
        body = json.dumps(
            {
                "type": self.rng.choice(self.types),
                "lon": self.rng.uniform(self.box[0], self.box[2]),
                "lat": self.rng.uniform(self.box[1], self.box[3]),
                "narrative": " ".join(self.rng.choices(WORDS, k=12)),
                "caller": "Invented Caller",
            }
        ).encode()
        head = (
            f"POST /api/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {self.rng.getrandbits(64):x}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        status, answer = await self._answer()
        if status == 201:
            self.taken.append(((time.perf_counter() - since) * 1000, json.loads(answer)["number"]))
        else:
            self.refused.append(f"{status} {answer[:200]!r}")

    async def _answer(self) -> tuple[int, bytes]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        sizes = [int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")]
        return int(lines[0].split()[1]), await self.reader.readexactly(sizes[0])


async def closed(client: Client, end: float) -> None:
    """Send again as soon as answered."""
    while time.perf_counter() < end:
        await client.report(time.perf_counter())


async def paced(client: Client, ticks: "asyncio.Queue[float]") -> None:
    """Send one for each tick; the wait for a free client counts as latency."""
    while (since := await ticks.get()) >= 0:
        await client.report(since)


async def main(
    port: int, token: str, clients: int, seconds: float, rate: float, types: list[str], box: list[float]
) -> None:
    """Run and print."""
    crew = [Client(port, token, random.Random(time.time_ns() + n), types, box) for n in range(clients)]
    await asyncio.gather(*(client.open() for client in crew))
    await asyncio.gather(*(client.report(time.perf_counter()) for client in crew))  # connections and caches are warm
    for client in crew:
        client.warm = [number for _ms, number in client.taken]
        client.taken.clear()
    begun = time.perf_counter()
    if rate:
        ticks: asyncio.Queue[float] = asyncio.Queue()
        tasks = [asyncio.create_task(paced(client, ticks)) for client in crew]
        for n in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + n / rate - time.perf_counter()))
            ticks.put_nowait(begun + n / rate)
        for _client in crew:
            ticks.put_nowait(-1.0)
        await asyncio.gather(*tasks)
    else:
        await asyncio.gather(*(closed(client, begun + seconds) for client in crew))
    took = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "seconds": took,
                "ms": [ms for client in crew for ms, _number in client.taken],
                "numbers": [n for c in crew for n in c.warm + [number for _ms, number in c.taken]],
                "refused": [text for client in crew for text in client.refused],
            }
        )
    )


if __name__ == "__main__":
    port, token, clients, seconds, rate, types, box = sys.argv[1:8]
    corners = [float(side) for side in box.split(",")]
    asyncio.run(main(int(port), token, int(clients), float(seconds), float(rate), types.split(","), corners))
