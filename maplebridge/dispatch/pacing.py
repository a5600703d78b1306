"""The pace of a replay: waits so that simulated time passes at a chosen speed, and tells how far it is."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

TELL_EVERY_S = 5.0  # of the terminal's time
WAIT_AT_MOST_S = 0.2  # so that Ctrl-C is heard at once


class Pace:
    """`speed` in simulated minutes per second of waiting; 0 does not wait."""

    def __init__(self, speed: float, progress: Callable[[str], None], begin: datetime, whole_s: float) -> None:
        self._speed, self._progress, self._begin, self._whole_s = speed, progress, begin, whole_s
        self._started = time.monotonic()
        self._told = self._started

    def reach(self, now_s: float, *, waiting: int, done: int, busy: int) -> None:
        """Wait until it is time for a simulated second, then tell about it now and then."""
        while self._speed and (left := self._due(now_s) - time.monotonic()) > 0:
            time.sleep(min(left, WAIT_AT_MOST_S))
        if time.monotonic() - self._told >= TELL_EVERY_S:
            self._told = time.monotonic()
            self._progress(
                _("%(when)s · %(share)d %% · dispatched %(done)d · units busy %(busy)d · waiting %(waiting)d")
                % {
                    "when": f"{self._begin + timedelta(seconds=now_s):%a %d %b %H:%M}",
                    "share": min(100, int(100 * now_s / self._whole_s)),
                    "done": done,
                    "busy": busy,
                    "waiting": waiting,
                }
            )

    def _due(self, now_s: float) -> float:
        return self._started + now_s / 60 / self._speed
