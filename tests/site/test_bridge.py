"""Django behind the ASGI front: bodies in, answers out, in one piece or in many."""

import asyncio
import os

import pytest

from maplebridge.site.bridge import IN_MEMORY, LARGEST, PIECE, Bridge

SCOPE = {"type": "http", "method": "POST", "path": "/x", "query_string": b"a=1", "headers": [], "http_version": "1.1"}


def ask(wsgi, chunks=(b"",), headers=()):
    """Send a request of these body chunks through the bridge; returns the messages it sent."""
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    sent = []

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(Bridge(wsgi, threads=2)({**SCOPE, "headers": list(headers)}, receive, send))
    return sent


def echo(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


@pytest.mark.parametrize("chunks", [(b"",), (b"one",), (b"one", b"two"), (os.urandom(IN_MEMORY + 5), b"end")])
def test_a_body_arrives_whole_however_it_comes(chunks):
    sent = ask(echo, chunks)
    assert sent[0]["status"] == 200
    assert b"".join(message["body"] for message in sent[1:]) == b"".join(chunks)


def test_a_small_answer_is_sent_at_once():
    assert [message["type"] for message in ask(echo, (b"small",))] == ["http.response.start", "http.response.body"]


class Long:
    """A long answer that notes when it was closed."""

    closed = 0

    def __init__(self, *_wsgi):
        self.left = 4
        _wsgi[1]("200 OK", [])

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return b"x" * PIECE

    def close(self):
        Long.closed += 1


def test_a_long_answer_goes_piece_by_piece_and_is_closed():
    sent = ask(Long)
    assert sum(len(message["body"]) for message in sent[1:]) == 4 * PIECE
    assert len(sent) > 4
    assert Long.closed == 1


def test_a_client_that_leaves_in_the_middle_leaves_a_short_body():
    sent = ask(lambda environ, start: (start("400 Bad Request", []), [environ["wsgi.input"].read()])[1], (b"half",))
    assert sent[0]["status"] == 400


def never(_environ, _start):
    raise AssertionError("Django was asked")


def test_a_body_too_large_is_refused_without_reading_on():
    seen = 0

    def chunks():
        nonlocal seen
        for _number in range(100):
            seen += 1
            yield bytes(1 << 20)

    sent = ask_endlessly(never, chunks())
    assert (sent[0]["status"], b'"code": "too_large"' in sent[1]["body"]) == (413, True)
    assert seen == (LARGEST >> 20) + 1


def ask_endlessly(wsgi, chunks):
    """Send chunks one by one, each made when it is asked for."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": next(chunks), "more_body": True}

    async def send(message):
        sent.append(message)

    asyncio.run(Bridge(wsgi, threads=1)(dict(SCOPE), receive, send))
    return sent


def test_a_body_announced_too_large_is_refused_before_it_comes():
    sent = ask(never, (b"x",), [(b"content-length", str(LARGEST + 1).encode())])
    assert sent[0]["status"] == 413
