"""`maplebridge demo`: a living city to try."""

import argparse
import os
import subprocess
import sys
import threading
import webbrowser

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "demo",
        """
        Open a living city: the centre of Helsinki with invented units and reports, on embedded SQLite.
        Everything invented is marked so. Data lie in MAPLEBRIDGE_HOME (./var); delete it to begin anew.
        """,
        examples="""
        maplebridge demo
        PORT=9000 NO_BROWSER=1 maplebridge demo
        """,
    )
    it.add_argument("--port", type=int, help="port to listen on (PORT, or 8000)")
    it.add_argument("--still", action="store_true", help="no invented events: nothing happens but what you do")
    it.set_defaults(run=run, environment={"MAPLEBRIDGE_DEMO": "true"})


def run(options: argparse.Namespace) -> int:
    """Prepare the city, then serve it until interrupted."""
    from maplebridge.site.commands.serve import port_is_free, serve_forever
    from maplebridge.site.config import BadConfiguration
    from maplebridge.site.prepare import bring_up_to_date

    port = options.port or _port_of_environment()
    if not port_is_free("127.0.0.1", port):
        raise BadConfiguration(
            f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1} make demo."
        )
    from django.conf import settings

    from maplebridge.site.demo.prepare import prepare

    bring_up_to_date(say)
    prepare(settings.HOME, say)
    address = f"http://127.0.0.1:{port}/"
    say(f"Maplebridge is at {address} (Ctrl+C ends it)")
    stopping = threading.Event()
    threading.Thread(target=_go_on, args=(address, stopping, not options.still), daemon=True).start()
    try:
        serve_forever(host="127.0.0.1", port=port)
    finally:
        stopping.set()
    return 0


def _port_of_environment() -> int:
    from django.conf import settings

    from maplebridge.site.config import BadConfiguration

    text = os.environ.get("PORT", "")
    if text and not (text.isdigit() and 0 < int(text) < 65536):
        raise BadConfiguration(f"PORT is {text!r}; write a whole number from 1 to 65535.")
    return int(text) if text else int(settings.CONFIG.port)


def _go_on(address: str, stopping: threading.Event, alive: bool) -> None:
    """Once the server answers, open the start page in the person's browser and let the city live until `stopping`."""
    from urllib.request import urlopen

    while not stopping.is_set():
        try:
            with urlopen(address, timeout=2):  # noqa: S310  # our own address
                break
        except OSError:
            stopping.wait(0.2)
    if not os.environ.get("NO_BROWSER"):
        webbrowser.open(address)
    if alive and not stopping.is_set():
        # it ends by itself when this process does
        env = {**os.environ, "MAPLEBRIDGE_DEMO_PARENT": str(os.getpid()), "MAPLEBRIDGE_DEMO_ADDRESS": address}
        life = subprocess.Popen([sys.executable, "-m", "maplebridge.site.demo"], env=env)
        stopping.wait()
        life.terminate()
