"""Mosquitto and NATS to throw away: on free ports of this machine, gone at the end."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from postgresql import NotHere, free_port

ROOT = Path(__file__).parent.parent


def program(name: str) -> str:
    """Where a server's program lies, also where only root looks. Raises NotHere."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise NotHere(f"{name} is not installed (Debian, Ubuntu: apt-get install {name}).")
    return found


class Server:
    """One server process; `kill` ends it as a power cut would, `start` brings it back with what it had on disk."""

    def __init__(self, command: list[object], port: int, log: Path) -> None:
        self.command, self.port, self.log = [str(part) for part in command], port, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _listens(self.port, self.process, self.log)

    def kill(self) -> None:
        """End it at once."""
        if self.process:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def mosquitto(*, password: str = "edge") -> Iterator[tuple[str, Server]]:
    """Run Mosquitto with the configuration in ops/; gives the reader's address, and the server at its devices' port."""
    home, port, reader = Path(tempfile.mkdtemp(prefix="maplebridge-mosquitto-")), free_port(), free_port()
    passwords = home / "passwords"
    subprocess.run([program("mosquitto_passwd"), "-b", "-c", passwords, "maplebridge", password], check=True)
    changes = {
        "/etc/mosquitto/maplebridge.passwords": str(passwords),
        "/etc/mosquitto/": f"{ROOT}/ops/mosquitto/",
        "/var/lib/mosquitto/": f"{home}/",
        "listener 1883": f"listener {port}",
        "listener 1884": f"listener {reader}",
    }
    text = (ROOT / "ops/mosquitto/mosquitto.conf").read_text()
    for ours, here in changes.items():
        text = text.replace(ours, here)
    (home / "mosquitto.conf").write_text(text + ("user root\n" if os.geteuid() == 0 else ""))
    with _running(Server([program("mosquitto"), "-c", home / "mosquitto.conf"], port, home / "log"), home) as server:
        yield f"mqtt://maplebridge:{password}@127.0.0.1:{reader}", server


@contextlib.contextmanager
def nats(*, nodes: int = 1) -> Iterator[tuple[list[str], list[Server]]]:
    """Run NATS with JetStream, one server or a cluster of some; gives their addresses, and the servers."""
    home = Path(tempfile.mkdtemp(prefix="maplebridge-nats-"))
    ports, routes = [free_port() for _ in range(nodes)], [free_port() for _ in range(nodes)]
    known = ",".join(f"nats://127.0.0.1:{port}" for port in routes)
    servers = []
    with contextlib.ExitStack() as stack:
        for n in range(nodes):
            cluster = ["--cluster_name", "maplebridge", "--cluster", f"nats://127.0.0.1:{routes[n]}", "--routes", known]
            command = [program("nats-server"), "-a", "127.0.0.1", "-p", ports[n], "-n", f"node{n}", "-js",
                       "-sd", home / f"store{n}", *(cluster if nodes > 1 else [])]  # fmt: skip
            servers.append(Server(command, ports[n], home / f"log{n}"))
            stack.enter_context(_running(servers[n], home))
        yield [f"nats://127.0.0.1:{port}" for port in ports], servers


@contextlib.contextmanager
def _running(server: Server, home: Path) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(home, ignore_errors=True)


def _listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} does not listen: {log.read_text(errors='replace')[-2000:]}")
