"""The server's one application: event stream, positions and tag reads natively, the rest through Django in threads."""

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")

from maplebridge.site.wsgi import application as django_wsgi  # isort: skip  # sets Django up for what follows

from django.conf import settings

from maplebridge.kernel.bus import Bus, LocalBus
from maplebridge.kernel.moment import hold_for
from maplebridge.live.hub import Hub
from maplebridge.live.stream import stream
from maplebridge.live.tail import Tail
from maplebridge.positions.ingest import Ingest
from maplebridge.positions.intake import Intake
from maplebridge.property.tag_ingest import TagIngest
from maplebridge.property.tag_intake import TagIntake
from maplebridge.site.bridge import Bridge
from maplebridge.site.duties import duties, leave_loaded_alone, open_bus
from maplebridge.site.reactions import Worker

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
sys.setswitchinterval(0.0005)  # a thread that comes back from the database waits so long at most for its turn
hub = Hub()
intake = Intake(lambda: _bus)
ingest = Ingest(intake)
tags = TagIntake()
tag_ingest = TagIngest(tags)
pages = Bridge(django_wsgi, threads=settings.CONFIG.threads)
_bus: Bus = LocalBus()  # opened with the process's life span


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or live through the process's life span."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1000})
    elif scope["path"] == "/api/stream" and scope["method"] == "GET":
        await stream(hub, scope, receive, send)
    elif scope["path"].startswith("/p/"):
        await ingest(scope, receive, send)
    elif scope["path"].startswith("/r/") and scope["method"] == "POST":
        await tag_ingest(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    global _bus
    await receive()
    loop = asyncio.get_running_loop()
    _bus = await open_bus()
    tail, worker = Tail(hub, _bus if settings.CONFIG.bus_servers else None), Worker()
    await loop.run_in_executor(None, warm)
    await intake.ready()
    leave_loaded_alone()
    await tail.start()
    beside = loop.create_task(duties(_bus)) if settings.CONFIG.worker and settings.CONFIG.bus_servers else None
    if settings.CONFIG.worker:
        threading.Thread(target=worker.run, name="worker", daemon=True).start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    worker.stop()
    if beside:
        beside.cancel()
    with contextlib.suppress(Exception):
        await intake.settled()
        await tags.close()
        await tail.stop()
        await _bus.close()
    await send({"type": "lifespan.shutdown.complete"})


def warm() -> None:
    """Load what the first request would otherwise wait for: addresses, templates, compiled road search."""
    from django.urls import get_resolver

    from maplebridge.places import queries as places
    from maplebridge.places.roads.warm import warm as warm_roads
    from maplebridge.property.near import warm as warm_near

    hold_for(seconds=1.0)
    try:
        _ = get_resolver().url_patterns
        warm_roads()
        places.warm()
        warm_near()
    except Exception:
        log.exception("Something could not be made ready before the first request; it will be made then.")
