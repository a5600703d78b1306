"""Checks sent to a server by many clients at once, in a process of its own: raw HTTP/1.1 on asyncio streams.

    python -m benchmarks.check_load PORT TOKEN MODE CLIENTS SECONDS RATE STOLEN_IN_100

MODE is public or accredited; RATE 0: each sends again as soon as it is answered. Prints one JSON object.
"""

import asyncio
import json
import random
import sys
import time

from benchmarks.registry import ITEMS, STOLEN_EVERY, code_of


class Client:
    """One connection that checks codes."""

    def __init__(self, port: int, token: str, mode: str, stolen: int, rng: random.Random) -> None:
        self.port, self.token, self.mode, self.stolen, self.rng = port, token, mode, stolen, rng
        self.took: list[float] = []
        self.answers: dict[str, int] = {}

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def check(self, since: float) -> None:
        """Send one and wait for the answer; latency counts from `since`."""
        number = self.rng.randrange(ITEMS // STOLEN_EVERY) * STOLEN_EVERY + 7
        if self.rng.randrange(100) >= self.stolen:
            number += self.rng.choice((1, 2, 3, 4, 5, 6, 8, 9))
        code = code_of(number)
        if self.mode == "public":
            request = f"GET /api/property/check?code={code} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        else:
            body = json.dumps({"code": code})
            request = (
                f"POST /api/property/checks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            )
        self.writer.write(request.encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        size = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
        said = json.loads(await self.reader.readexactly(size))
        answer = said.get("answer", lines[0])
        self.answers[answer] = self.answers.get(answer, 0) + 1
        self.took.append((time.perf_counter() - since) * 1000)


async def closed(client: Client, end: float) -> None:
    """Check again as soon as answered."""
    while time.perf_counter() < end:
        await client.check(time.perf_counter())


async def paced(client: Client, ticks: "asyncio.Queue[float]") -> None:
    """Check once for each tick; the wait for a free client counts as latency."""
    while (since := await ticks.get()) >= 0:
        await client.check(since)


async def main(port: int, token: str, mode: str, clients: int, seconds: float, rate: float, stolen: int) -> None:
    """Run and print."""
    crew = [Client(port, token, mode, stolen, random.Random(n + int(time.time()))) for n in range(clients)]
    await asyncio.gather(*(client.open() for client in crew))
    await asyncio.gather(*(client.check(time.perf_counter()) for client in crew))
    for client in crew:
        client.took.clear()
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
    answers: dict[str, int] = {}
    for client in crew:
        for name, count in client.answers.items():
            answers[name] = answers.get(name, 0) + count
    took = [ms for client in crew for ms in client.took]
    print(json.dumps({"ms": took, "seconds": time.perf_counter() - begun, "answers": answers}))


if __name__ == "__main__":
    _, port, token, mode, clients, seconds, rate, stolen = sys.argv
    asyncio.run(main(int(port), token, mode, int(clients), float(seconds), float(rate), int(stolen)))
