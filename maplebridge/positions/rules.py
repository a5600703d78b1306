"""Pure decisions about fixes: which are usable, how old is stale, how long they are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from maplebridge.kernel.geometry import valid_lonlat

AHEAD_TOLERANCE = timedelta(seconds=10)  # telephones' clocks run a little fast
KEPT_FOR = timedelta(hours=1)  # after the end of the shift the last fix is removed
STALE_AFTER = timedelta(minutes=5)
LOW_BATTERY = 0.2  # share of 1
POOR_M = 200.0  # a fix less exact than this is a poor one
SECRETS = "trackers"  # what the secrets of trackers are encrypted for


@dataclass(frozen=True, slots=True)
class Address:
    """What a device is set up with, shown once: the token of `/p/TOKEN`, and the secret by which it encrypts."""

    token: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """One sample: which unit, where in degrees (WGS 84), when it was fixed."""

    unit_id: int
    lon: float
    lat: float
    at: datetime

    @property
    def on_earth(self) -> bool:
        """Whether the point exists."""
        return valid_lonlat(self.lon, self.lat)

    def ahead_of(self, now: datetime) -> bool:
        """Whether the fix claims to be from the future, beyond what a telephone's clock may be off."""
        return self.at > now + AHEAD_TOLERANCE
