"""Positions taken in by a process of their own: `/p/TOKEN` and nothing else."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")


from maplebridge.kernel.bus import Bus, LocalBus
from maplebridge.positions.ingest import Ingest
from maplebridge.positions.intake import Intake
from maplebridge.site.duties import leave_loaded_alone, open_bus

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_bus: Bus = LocalBus()  # opened with the process's life span
intake = Intake(lambda: _bus)
ingest = Ingest(intake)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or live through the process's life span."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/p/"):
        await ingest(scope, receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    else:
        await send({"type": "websocket.close", "code": 1000})


async def _live(receive: Receive, send: Send) -> None:
    global _bus
    await receive()
    _bus = await open_bus()
    await intake.ready()
    leave_loaded_alone()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await intake.settled()
    await _bus.close()
    await send({"type": "lifespan.shutdown.complete"})
