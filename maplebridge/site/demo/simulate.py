"""The process that keeps the demo alive: one tick a second until it is told to stop."""

import logging
import os
import random
import signal
import threading
import time
from types import FrameType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, close_old_connections

from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.places.models import City
from maplebridge.places.queries import road_network
from maplebridge.site.demo.driver import Drivers
from maplebridge.site.demo.ground import beats, teller
from maplebridge.site.demo.hands import Hands
from maplebridge.site.demo.life import Life, Tell
from maplebridge.site.demo.phones import Phones, set_up
from maplebridge.site.demo.shifts import roll_shifts

TICK_S = 1.0
SHIFTS_EVERY_S = 600.0
PAUSE_S = 2.0  # after a fault

log = logging.getLogger(__name__)


def simulate(*, stop: threading.Event, address: str, pace: float = 1.0, seed: int | None = None) -> None:
    """Keep the prepared city alive until `stop` is set. `pace` 2 is twice as busy; travel stays as fast as it is.

    Its units send their positions to the server at `address`, as any phone does.

    With a `seed` chance is the same each time. A database that is busy or away is waited for, and a
    fault is logged and passed over.
    """
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    phones = Phones(address, set_up(system("demo"), settings.HOME, at=clock.now()))
    life = live(pace=pace, seed=seed, tell=phones.tell)
    rolled = 0.0
    while not stop.is_set():
        began = time.monotonic()
        try:
            if began - rolled > SHIFTS_EVERY_S:
                roll_shifts(life.hands.actor, at=clock.now())
                rolled = began
            life.tick(clock.now())
        except OperationalError as error:
            log.warning("The demo waits for the database: %s", error)
            close_old_connections()
        except Exception:  # one bad incident must not end the life of all others
            log.exception("The demo could not take a step; it goes on.")
            close_old_connections()
            stop.wait(PAUSE_S)
        stop.wait(max(0.05, TICK_S - (time.monotonic() - began)))


def live(*, pace: float, seed: int, tell: Tell) -> Life:
    """Set up the life of the city that is in the database."""
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    zone = ZoneInfo(City.objects.get().time_zone)
    drivers = Drivers(road_network(), beats(), rng, seed)
    return Life(Hands(rng), teller(rng), drivers, zone, seed, tell, pace)


def main() -> None:
    """Run until SIGTERM, SIGINT, or until the process that started this one is gone.

    MAPLEBRIDGE_DEMO_ADDRESS, MAPLEBRIDGE_DEMO_PACE and MAPLEBRIDGE_DEMO_SEED are honoured.
    """
    stop = threading.Event()
    parent = int(os.environ.get("MAPLEBRIDGE_DEMO_PARENT", os.getppid()))  # it may be gone before we are ready

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    threading.Thread(target=_end_with, args=(parent, stop), daemon=True).start()
    seed = os.environ.get("MAPLEBRIDGE_DEMO_SEED", "")
    address = os.environ.get("MAPLEBRIDGE_DEMO_ADDRESS", "http://127.0.0.1:8000/")
    simulate(stop=stop, address=address, pace=_pace(), seed=int(seed) if seed.isdigit() else None)


def _pace() -> float:
    """The pace asked for, from 0.1 to 20; 1 where it is no number."""
    try:
        return min(20.0, max(0.1, float(os.environ.get("MAPLEBRIDGE_DEMO_PACE", "1"))))
    except ValueError:
        return 1.0


def _end_with(parent: int, stop: threading.Event) -> None:
    while not stop.wait(2):
        if os.getppid() != parent:
            stop.set()
