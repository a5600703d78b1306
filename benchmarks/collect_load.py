"""Phones with ODK Collect on a bad network, as one process: `python -m benchmarks.collect_load PORT KEYS OUT`.

KEYS is a file with one key a line, a phone each; OUT gets what was sent, as digests, and what was seen. The rules are
Collect's, as `tests/fieldwork/collect_for_tests.py` has them: a form is sent in one POST or in several, each with the
XML again; 201 and 202 count as arrived; after anything else the whole form is sent again later, in any order.
Cuts are real: the connection is dropped inside the body, or before the answer is read; a doubled sending goes out on
two connections at once.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import random
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

QUESTIONS = 250
PHOTOS = 3  # of these questions
FORM = "census250"
VERSION = "1"
LOST_THERE, LOST_BACK, DOUBLED, SEVERAL = 0.05, 0.05, 0.03, 0.2
AT_ONCE = 48  # connections
ROUNDS = 200
MOST_S = float(os.environ.get("MOST_S", "480"))  # then the phones stop, and say what is left
BOUNDARY = b"----maple"


def form_as_md() -> bytes:
    """The XLSForm of 250 questions, as a Markdown table."""
    rows = ["| survey |", "| | type | name | label |"]
    kinds = ("text", "integer", "decimal", "date")
    rows += [f"| | {kinds[n % 4]} | q{n} | Question {n} |" for n in range(QUESTIONS - PHOTOS)]
    rows += [f"| | image | photo{n} | Photo {n} |" for n in range(PHOTOS)]
    rows += ["| settings |", "| | form_title | form_id | version |", f"| | Census | {FORM} | {VERSION} |"]
    return ("\n".join(rows) + "\n").encode()


def filled(chance: random.Random) -> tuple[str, bytes, dict[str, bytes]]:
    """One filled-in form: its instance ID, its XML and its photos of some 20 kB."""
    instance = f"uuid:{uuid.UUID(int=chance.getrandbits(128), version=4)}"
    photos = {f"{n}-{chance.randrange(10**6)}.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + chance.randbytes(20_000)
              for n in range(1 + chance.randrange(PHOTOS))}  # fmt: skip
    values = ("some words", "17", "3.5", "2026-05-04")
    answers = "".join(f"<q{n}>{values[n % 4]}</q{n}>" for n in range(QUESTIONS - PHOTOS))
    answers += "".join(f"<photo{n}>{name}</photo{n}>" for n, name in enumerate(photos))
    xml = (f'<data xmlns:orx="http://openrosa.org/xforms" id="{FORM}" version="{VERSION}">{answers}'
           f"<orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>")  # fmt: skip
    return instance, xml.encode(), photos


@dataclass
class Seen:
    """What the phones saw."""

    answers: dict[str, int] = field(default_factory=dict)
    cuts: int = 0
    sendings: int = 0
    first_ms: list[float] = field(default_factory=list)


class Cut(Exception):
    """The network went away."""


def body_of(xml: bytes, files: dict[str, bytes], *, incomplete: bool) -> bytes:
    """The multipart body of a sending."""
    parts = [(b'name="xml_submission_file"; filename="submission.xml"', b"text/xml", xml)]
    parts += [(f'name="{name}"; filename="{name}"'.encode(), b"image/jpeg", each) for name, each in files.items()]
    if incomplete:
        parts.append((b'name="*isIncomplete*"', b"text/plain", b"yes"))
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\nContent-Type: %s\r\n\r\n%s\r\n" % (BOUNDARY, head, kind, each)
        for head, kind, each in parts
    )
    return body + b"--%s--\r\n" % BOUNDARY


async def post(port: int, key: str, body: bytes, *, cut_at: int = 0, deaf: bool = False) -> int:
    """Send a body on a connection of its own; drop it after `cut_at` bytes, or before the answer if `deaf`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (f"POST /key/{key}/submission HTTP/1.1\r\nHost: 127.0.0.1\r\nX-OpenRosa-Version: 1.0\r\n"
                f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n").encode()  # fmt: skip
        writer.write(head + (body[:cut_at] if cut_at else body))
        await writer.drain()
        if cut_at or deaf:
            raise Cut
        line = await reader.readline()
        await reader.read()
        return int(line.split()[1])
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


class Phone:
    """A phone with its outbox."""

    def __init__(self, port: int, key: str, forms: int, seed: int, seen: Seen, gate: asyncio.Semaphore) -> None:
        self.port, self.key, self.seen, self.gate = port, key, seen, gate
        self.until = time.perf_counter() + 1e9
        self.acknowledged: list[str] = []
        self.chance = random.Random(seed)
        self.outbox = [filled(self.chance) for _ in range(forms)]
        self.sent = {one: [digest(xml), {name: digest(each) for name, each in photos.items()}]
                     for one, xml, photos in self.outbox}  # fmt: skip

    async def work(self) -> None:
        """Send until nothing is left, or the time is over."""
        for _round in range(ROUNDS):
            self.chance.shuffle(self.outbox)
            left = []
            for form in self.outbox:
                if time.perf_counter() > self.until:
                    left.append(form)
                    continue
                async with self.gate:
                    begun = time.perf_counter()
                    arrived = await self._send(form)
                    self.seen.first_ms.append((time.perf_counter() - begun) * 1000)
                if arrived:
                    self.acknowledged.append(form[0])
                else:
                    left.append(form)
            self.outbox = left
            if not left or time.perf_counter() > self.until:
                return

    async def _send(self, form: tuple[str, bytes, dict[str, bytes]]) -> bool:
        _instance, xml, photos = form
        names = list(photos)
        several = self.chance.random() < SEVERAL and len(names) > 1
        batches = [names[:1], names[1:]] if several else [names]
        for number, batch in enumerate(batches, 1):
            body = body_of(xml, {name: photos[name] for name in batch}, incomplete=number < len(batches))
            try:
                status = await self._carry(body)
            except (Cut, OSError, IndexError, ValueError):
                self.seen.cuts += 1
                return False
            self.seen.answers[str(status)] = self.seen.answers.get(str(status), 0) + 1
            if status not in (201, 202):
                return False
        return True

    async def _carry(self, body: bytes) -> int:
        self.seen.sendings += 1
        chance = self.chance.random()
        if chance < LOST_THERE:
            return await post(self.port, self.key, body, cut_at=1 + self.chance.randrange(len(body) - 1))
        if chance < LOST_THERE + LOST_BACK:
            return await post(self.port, self.key, body, deaf=True)
        if chance < LOST_THERE + LOST_BACK + DOUBLED:
            self.seen.sendings += 1
            return (await asyncio.gather(post(self.port, self.key, body), post(self.port, self.key, body)))[0]
        return await post(self.port, self.key, body)


def digest(content: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(content).hexdigest()


async def main(port: int, keys: list[str], forms: int) -> dict:
    """Let every phone work; forms are made beforehand a phone at a time, as its turn comes."""
    seen, gate = Seen(), asyncio.Semaphore(AT_ONCE)
    sent: dict[str, list] = {}
    acknowledged: list[str] = []
    turns = asyncio.Semaphore(AT_ONCE)  # so many phones have their forms in memory

    async def one(number: int, key: str) -> int:
        async with turns:
            phone = Phone(port, key, forms, number, seen, gate)
            phone.until = begun + MOST_S
            sent.update(phone.sent)
            await phone.work()
            acknowledged.extend(phone.acknowledged)
            return len(phone.outbox)

    begun = time.perf_counter()
    left = sum(await asyncio.gather(*(one(number, key) for number, key in enumerate(keys))))
    seconds = time.perf_counter() - begun
    return {"sent": sent, "acknowledged": acknowledged, "left": left, "seconds": seconds,
            "answers": seen.answers, "cuts": seen.cuts, "own_cpu_s": time.process_time(),
            "sendings": seen.sendings, "ms": sorted(seen.first_ms)}  # fmt: skip


if __name__ == "__main__":
    keys = Path(sys.argv[2]).read_text(encoding="utf-8").split()
    said = asyncio.run(main(int(sys.argv[1]), keys, int(os.environ.get("FORMS_EACH", "40"))))
    Path(sys.argv[3]).write_text(json.dumps(said), encoding="utf-8")
