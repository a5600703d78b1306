"""One real server and one real browser for all journeys."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from journey_faults import Faults
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

expect.set_options(timeout=20_000)  # the machine may be busy; what is waited for comes within a second else
REPOSITORY = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # a page is less work without a card played by the processor; maps have it
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey and may take a while."""
    for item in items:
        if Path(str(item.fspath)).parent == Path(__file__).parent:
            item.add_marker("journey")
            item.add_marker(pytest.mark.timeout(240))


@dataclass
class Server:
    """A running service: its address, and how to take it away and bring it back."""

    url: str
    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    beside: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "MAPLEBRIDGE_HOME": str(self.home),
            "MAPLEBRIDGE_DEMO": "true",
            "MAPLEBRIDGE_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "maplebridge.site.settings",
            "PYTHONPATH": str(REPOSITORY),
        }
        return {k: v for k, v in os.environ.items() if not k.startswith("MAPLEBRIDGE_")} | ours

    def python(self, code: str) -> str:
        """Run code in a process beside the server, which sets Django up once; returns what it printed."""
        if self.beside is None:
            self.beside = subprocess.Popen(
                [sys.executable, "-c", BESIDE],
                env=self.environment, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self.beside.stdin and self.beside.stdout
        print(json.dumps(code), file=self.beside.stdin, flush=True)
        answer = self.beside.stdout.readline()
        assert answer, "the process beside the server is gone"
        printed, fault = json.loads(answer)
        assert not fault, fault
        return str(printed)

    def start(self) -> None:
        """Serve, and return when it answers."""
        log = (self.home / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "maplebridge.site.cli", "serve", "--port", str(self.port)],
            env=self.environment, cwd=REPOSITORY, stdout=log, stderr=log,
        )  # fmt: skip
        for _try in range(900):
            try:
                with urllib.request.urlopen(self.url + "/", timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                assert self.process.poll() is None, (self.home / "server.log").read_text()[-3000:]
                time.sleep(0.2)
        raise AssertionError("the server did not answer within three minutes")

    def stop(self) -> None:
        """Take it away."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
            self.process = None

    def end(self) -> None:
        """Take it away for good, with what runs beside it."""
        self.stop()
        if self.beside:
            self.beside.communicate(timeout=10)


BESIDE = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connections
for line in sys.stdin:
    printed, fault = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(json.loads(line), "<journey>", "exec"), {"__name__": "journey"})
    except Exception:
        fault = traceback.format_exc()
    connections.close_all()
    print(json.dumps([printed.getvalue(), fault]), flush=True)
"""
PREPARE = """
from pathlib import Path
from django.conf import settings
from maplebridge.site.demo.prepare import prepare
from maplebridge.site.prepare import bring_up_to_date
bring_up_to_date(print)
prepare(Path(settings.HOME), print, history={history})
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo city without its day before and without its simulator: nothing happens but what a journey does."""
    port = free_port()
    it = Server(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("home"), port)
    it.python(PREPARE.format(history=False))
    it.start()
    yield it
    it.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("MAPLEBRIDGE_CHROMIUM") or next(
        (path for name in names if (path := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail("No Chromium found: run “make test”, which installs it, or put chromium on the PATH.")
        it = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield it
        it.close()


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Fails the journey when a page complained."""
    it = Faults([])
    yield it
    assert not it.found, "\n".join(it.found)


@pytest.fixture
def open_context(browser: Browser, server: Server, faults: Faults) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts (a person at a device each) that are watched and closed."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        chosen = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "base_url": server.url} | options
        context = browser.new_context(**chosen)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.on("page", faults.watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
