"""`GET /api/stream`: the journal as server-sent events, from a cursor, without a gap or a double.

A native ASGI application. It joins the hub first and then reads from the database what lies between the client's
cursor and the hub's position, so nothing falls between the two.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

import msgspec
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from maplebridge.journal.queries import last_position
from maplebridge.kernel import clock
from maplebridge.live.hub import RESET, Hub, Subscriber
from maplebridge.live.rules import Audience, chunk_for, event
from maplebridge.live.tail import paths_of, read_after
from maplebridge.people.actor import Actor, actor_of, actor_of_token
from maplebridge.people.models import User
from maplebridge.people.sessions import DEVICE, lacks_second_factor, phone_stands
from maplebridge.positions.queries import own_units

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_CATCH_UP = 20_000  # entries; a client further behind reloads the board
RECHECK_S = 60.0  # how long an ended account or session may go on listening

_threads = ThreadPoolExecutor(4, thread_name_prefix="stream")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def stream(hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one stream until the client leaves, the account ends, or the process stops."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    audience = await _in_thread(audience_of, headers)
    if audience is None:
        await _refuse(send, 401, _("Sign in first."), "sign_in_needed")
        return
    if not (audience.may("incidents.view") or audience.may("units.view")):
        await _refuse(
            send, 403, _("Your role has no live view. Ask a station chief if your work needs it."), "not_allowed"
        )
        return
    try:
        after = cursor_of(scope, headers)
    except ValueError:
        await _refuse(send, 422, _("`after` must be a position of the journal: a whole number."), "bad_input")
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await _say(send, b"retry: 2000\n\n")
    subscriber = hub.join(audience, hub.position if after is None else after)  # from here to `joined` nothing waits
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await _catch_up(hub, subscriber, send)
        await _follow(subscriber, send, gone, headers)
    finally:
        hub.leave(subscriber)
        gone.cancel()


def cursor_of(scope: Scope, headers: dict[str, str]) -> int | None:
    """Where the client wants to go on: `Last-Event-ID` (a reconnect) before `?after=`; None for "from now"."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    text = headers.get("last-event-id") or query.get("after", [""])[0]
    if not text:
        return None
    if not text.isdigit():
        raise ValueError(text)
    return int(text)


async def _catch_up(hub: Hub, subscriber: Subscriber, send: Send) -> None:
    """Send what lies between the client's cursor and the position at which it joined the hub."""
    joined, position = hub.position, subscriber.after
    if position > joined and position > await _in_thread(last_position) or joined - position > MAX_CATCH_UP:
        subscriber.after = joined
        await _say(send, RESET)
        return
    subscriber.after = max(position, joined)
    while position < joined:
        items = [item for item in await _in_thread(read_after, position) if item.position <= joined]
        if not items:
            break
        paths = await _in_thread(paths_of, items) if subscriber.audience.bound else {}
        await _say(send, b"".join(chunk_for(subscriber.audience, item, paths) for item in items))
        position = items[-1].position
    await _say(send, event("tick", {"at": clock.stamp(clock.now()), "position": max(position, joined)}))


async def _follow(subscriber: Subscriber, send: Send, gone: "asyncio.Future[None]", headers: dict[str, str]) -> None:
    loop = asyncio.get_running_loop()
    gone.add_done_callback(lambda _done: subscriber.close())
    recheck_at = loop.time() + RECHECK_S
    while not subscriber.closed:
        await subscriber.ready.wait()
        if chunk := subscriber.take():
            await _say(send, chunk)
        if loop.time() >= recheck_at:  # ticks wake every stream, so this is looked at every two seconds
            recheck_at = loop.time() + RECHECK_S
            if await _in_thread(audience_of, headers) != subscriber.audience:
                break
    with contextlib.suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def audience_of(headers: dict[str, str]) -> Audience | None:
    """As whom a request listens; None when nobody is signed in."""
    actor = actor_of_headers(headers)
    if actor is None:
        return None
    audience = Audience(actor.grants)
    return replace(audience, units=frozenset(own_units(actor, at=clock.now()))) if audience.bound else audience


def actor_of_headers(headers: dict[str, str]) -> Actor | None:
    """Whose bearer token or session cookie a request carries; None when nobody's."""
    scheme, _space, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return actor_of_token(token.strip(), at=clock.now())
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return _actor_of_session(cookie.value) if cookie else None


def _actor_of_session(key: str) -> Actor | None:
    """The signed-in person of a session, checked as `django.contrib.auth.get_user` does."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    now = clock.now()
    if (user.expires_at and user.expires_at <= now) or not phone_stands(session, at=now):
        return None
    actor = actor_of(user, at=now, session=key[:8])
    foreign = user.password_ends_at is not None and not session.get(DEVICE)
    return None if foreign or lacks_second_factor(actor, session) else actor


async def _in_thread(work: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, _connected, work, *args)


def _connected(work: Callable[..., Any], *args: Any) -> Any:
    close_old_connections()  # one that broke is opened anew
    return work(*args)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, chunk: bytes) -> None:
    if chunk:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _refuse(send: Send, status: int, sentence: str, code: str) -> None:
    body = msgspec.json.encode({"refused": sentence, "code": code})
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
