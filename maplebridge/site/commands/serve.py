"""`maplebridge serve`: the service on one port."""

import argparse
import os

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "serve",
        """
        Serve pages, API and live stream on one port.
        Reactions and timers run inside, unless MAPLEBRIDGE_WORKER=false and `maplebridge worker` runs apart.
        """,
        examples="""
        maplebridge serve
        maplebridge serve --port 8080
        maplebridge serve --host 0.0.0.0            behind a TLS proxy on another machine
        maplebridge serve --ingest --port 8001      positions alone, beside a server of the rest
        maplebridge serve --reload                  while you change the code
        """,
    )
    it.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    it.add_argument("--port", type=int, help="port to listen on (MAPLEBRIDGE_PORT, or 8000)")
    it.add_argument("--processes", type=int, default=1, help="server processes; more than one needs PostgreSQL")
    it.add_argument("--ingest", action="store_true", help="take positions in at /p/ and serve nothing else")
    it.add_argument("--reload", action="store_true", help="start again whenever a source file changes")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check the database, then serve until interrupted."""
    from django.conf import settings

    from maplebridge.site.config import BadConfiguration
    from maplebridge.site.fitting import must_fit
    from maplebridge.site.prepare import bring_up_to_date

    if not settings.CONFIG.database:
        bring_up_to_date(say)
    else:
        must_fit()
    if options.processes > 1 and not settings.CONFIG.database:
        raise BadConfiguration(
            "Several server processes need PostgreSQL: set MAPLEBRIDGE_DATABASE, or use one process."
        )
    port = options.port or settings.CONFIG.port
    say(f"Maplebridge serves at http://{options.host}:{port} (Ctrl+C ends it)")
    application = "maplebridge.site.ingest_asgi" if options.ingest else "maplebridge.site.asgi"
    serve_forever(host=options.host, port=port, processes=options.processes, reload=options.reload, of=application)
    return 0


def serve_forever(
    *, host: str, port: int, processes: int = 1, reload: bool = False, of: str = "maplebridge.site.asgi"
) -> None:
    """Run the server until SIGINT or SIGTERM. Raises BadConfiguration when the port is taken."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    from maplebridge.site.config import BadConfiguration

    if not port_is_free(host, port):
        raise BadConfiguration(f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")
    connections.close_all()  # the server's processes are forked from this one and open their own
    Granian(
        f"{of}:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.auto,  # uvloop where there is one
        workers=processes,
        websockets=False,
        backlog=2048,
        backpressure=16_384,  # an open stream counts as a request
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        reload=reload,
    ).serve()


def port_is_free(host: str, port: int) -> bool:
    """Whether nothing listens there."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
