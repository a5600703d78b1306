"""Many devices that hold a connection to an MQTT broker and publish with QoS 1, in a process of its own.

    python -m benchmarks.mqtt_load PORT HELD RATE SECONDS FILE

FILE has a token for each device; the first HELD of them connect, and RATE messages a second go out over all of them.
Prints one JSON object: connections that the broker took, messages that it acknowledged, seconds to connect them all.
"""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

import uvloop

CONNECT_AT_ONCE = 500


def packet(kind: int, body: bytes) -> bytes:
    """An MQTT packet: type and flags, length, body (OASIS MQTT 3.1.1, section 2)."""
    length, size = bytearray(), len(body)
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (128 if size else 0))
        if not size:
            return bytes([kind]) + bytes(length) + body


def text(value: str) -> bytes:
    """A string with its length."""
    raw = value.encode()
    return len(raw).to_bytes(2, "big") + raw


class Device(asyncio.Protocol):
    """One connection."""

    def __init__(self, token: str, done: "asyncio.Future[bool]") -> None:
        self.token, self.done = token, done
        self.acknowledged = self.sent = 0
        self.buffer = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        head = text("MQTT") + bytes([4, 0b11000010]) + (3600).to_bytes(2, "big")
        transport.write(packet(0x10, head + text(self.token[:20]) + text(self.token) + text(self.token)))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while len(self.buffer) >= 4:  # CONNACK and PUBACK have four bytes
            got, self.buffer = self.buffer[:4], self.buffer[4:]
            if got[0] == 0x20 and not self.done.done():
                self.done.set_result(got[3] == 0)
            elif got[0] == 0x40:
                self.acknowledged += 1

    def connection_lost(self, _error) -> None:
        if not self.done.done():
            self.done.set_result(False)

    def publish(self, at: int, lat: float) -> None:
        """Send one location."""
        self.sent += 1
        body = json.dumps({"_type": "location", "lat": lat, "lon": 24.94, "tst": at, "tid": "21", "acc": 5}).encode()
        topic = text(f"owntracks/{self.token}/phone")
        self.transport.write(packet(0x32, topic + (self.sent % 65535 + 1).to_bytes(2, "big") + body))


async def load(port: int, held: int, rate: int, seconds: float, tokens: list[str]) -> dict:
    """Connect, publish at an even pace, wait for what is not acknowledged yet."""
    loop, begun, devices = asyncio.get_running_loop(), time.perf_counter(), []
    for first in range(0, held, CONNECT_AT_ONCE):
        group = []
        for token in tokens[first : min(first + CONNECT_AT_ONCE, held)]:
            device = Device(token, loop.create_future())
            await loop.create_connection(lambda device=device: device, "127.0.0.1", port)
            group.append(device)
        await asyncio.gather(*(device.done for device in group))
        devices += group
    taken = [device for device in devices if device.done.result()]
    connected, base, sent = time.perf_counter() - begun, int(time.time()) - 7200, 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        due = int((time.perf_counter() - start) * rate)
        while sent < due:
            turn, number = divmod(sent, len(taken))
            taken[number].publish(base + turn, 60.15 + turn * 1e-5)
            sent += 1
        await asyncio.sleep(0.01)
    for _wait in range(600):
        if sum(device.acknowledged for device in taken) >= sent:
            break
        await asyncio.sleep(0.05)
    acknowledged = sum(device.acknowledged for device in taken)
    return {"held": len(taken), "sent": sent, "acknowledged": acknowledged, "connect_s": round(connected, 1)}


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    port, held, rate, seconds, file = sys.argv[1:]
    given = Path(file).read_text().split()
    print(json.dumps(uvloop.run(load(int(port), int(held), int(rate), float(seconds), given))))
