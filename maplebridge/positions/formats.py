"""What trackers send, as they send it: Traccar Client 8, 9 and 10, OsmAnd, OwnTracks, and our own batches. Pure.

Every form gives `Sample`s. Keys that nobody here knows are left out and never an error; what carries no position (a
heartbeat, a status, a token for notifications) is an empty list; what cannot be read raises `Unreadable`, whose words
are for the log alone: a known device is answered 200 all the same.

What OwnTracks sends `encrypted` is opened with the device's secret (libsodium secretbox, nonce first).

Sources: the Traccar documentation of the OsmAnd protocol and its client's source for the forms of versions 8 to 10;
https://owntracks.org/booklet/tech/json/ for OwnTracks.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

KNOT = 0.514444  # m/s (exactly 1852 m an hour)
KMH = 1 / 3.6
SPEED_UNITS = {"knots": KNOT, "mps": 1.0, "kmh": KMH}
MOST_SAMPLES = 2_000  # of one request
MILLISECONDS = 100_000_000_000  # a time beyond it (the year 5138 in seconds) is in milliseconds


class Unreadable(ValueError):
    """The body is in no form that is known here."""


@dataclass(slots=True)
class Sample:
    """One fix as a device tells it: degrees (WGS 84), seconds since 1970 UTC, metres, m/s, degrees, share of 1.

    A call for help that knows no place comes with 0, 0, as does a receiver without a fix.
    """

    lon: float
    lat: float
    at: float
    speed: float | None = None
    bearing: float | None = None
    accuracy: float | None = None
    battery: float | None = None
    alarm: str = ""
    mock: bool = False  # the device says that the place was made up


def read(
    query: bytes, content_type: str, body: bytes, *, speed_unit: str = "knots", secret: str = "", now: float
) -> list[Sample]:
    """Read a request of any known form; `now` (s) stands in for a time that is missing. Raises Unreadable.

    `speed_unit` is the device profile's, for the forms that do not say theirs: "knots", "mps" or "kmh". `secret` opens
    what is encrypted.
    """
    if body.lstrip()[:1] in (b"{", b"["):
        return _json(body, secret, SPEED_UNITS.get(speed_unit, KNOT), now)
    pairs = _pairs(query)
    if body and "json" not in content_type:
        pairs |= _pairs(body)
    elif body.strip():
        raise Unreadable("a body that is neither a form nor JSON")
    return _form(pairs, SPEED_UNITS.get(speed_unit, KNOT), now)


def _pairs(text: bytes) -> dict[str, str]:
    """Names and values of a query or form; the usual, without an escape, at once."""
    told = text.decode("latin-1")
    if "%" in told or "+" in told:
        return dict(parse_qsl(told, keep_blank_values=True))
    found = {}
    for pair in told.split("&"):
        name, sign, value = pair.partition("=")
        if sign:
            found[name] = value
    return found


def _form(pairs: Mapping[str, Any], unit: float, now: float) -> list[Sample]:
    """Traccar Client 8 (query), 10 (form, JSON), OsmAnd: `lat lon timestamp|time speed bearing accuracy batt alarm`."""
    alarm = str(pairs.get("alarm") or "")[:20]
    placed = "lat" in pairs or "lon" in pairs
    if not placed and not alarm:
        return []  # version 10 announces its token for notifications without a position
    speed = _number(pairs.get("speed"))
    battery = _number(pairs.get("batt"))
    return [
        Sample(
            lon=_needed(pairs.get("lon"), "lon") if placed else 0.0,
            lat=_needed(pairs.get("lat"), "lat") if placed else 0.0,
            at=_moment(pairs.get("timestamp") or pairs.get("time"), now),
            speed=speed * unit if speed is not None and speed >= 0 else None,
            bearing=_number(pairs.get("bearing") or pairs.get("heading")),
            accuracy=_number(pairs.get("accuracy") or pairs.get("hdop")),
            battery=battery / 100 if battery is not None else None,
            alarm=alarm,
            mock=str(pairs.get("mock", "")).lower() in ("true", "1"),
        )
    ]


def _json(body: bytes, secret: str, unit: float, now: float) -> list[Sample]:
    told = _decoded(body)
    if isinstance(told, dict) and told.get("_type") == "encrypted":
        told = _decoded(_opened(told.get("data"), secret))
    rows = told if isinstance(told, list) else [told]
    if len(rows) > MOST_SAMPLES:
        raise Unreadable("more samples at once than are taken")
    samples: list[Sample] = []
    wrong = None
    for row in rows:
        try:
            samples += _row(row, unit, now) if isinstance(row, dict) else []
        except Unreadable as reason:  # the rest of a batch is good all the same
            wrong = reason
    if wrong and not samples:
        raise wrong
    return samples


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("JSON that ends early or is none") from error


def _opened(data: object, secret: str) -> bytes:
    """What OwnTracks encrypted: base64 of nonce and box; the key is the secret, filled up with zeros to 32 bytes."""
    if not secret:
        raise Unreadable("an encrypted message, and no secret was given to this device")
    try:
        return SecretBox(secret.encode()[:32].ljust(32, b"\0")).decrypt(base64.b64decode(str(data), validate=True))
    except (CryptoError, ValueError, binascii.Error) as error:
        raise Unreadable("an encrypted message that its secret does not open") from error


def _row(row: dict[str, Any], unit: float, now: float) -> list[Sample]:
    if isinstance(row.get("location"), dict):
        return [_traccar(row["location"], now)]
    if "_type" in row:
        return [_owntracks(row, now)] if row["_type"] == "location" else []
    if "timestamp" in row:
        return _form(row, unit, now)
    return [_own(row, now)] if "lat" in row else []


def _traccar(location: dict[str, Any], now: float) -> Sample:
    """Traccar Client 9: ISO time, m/s with -1 for unknown, battery as a share of 1."""
    coords = location.get("coords")
    if not isinstance(coords, dict):
        raise Unreadable("a location without coordinates")
    battery, extras = location.get("battery"), location.get("extras")
    told = location | (extras if isinstance(extras, dict) else {})
    speed = _number(coords.get("speed"))
    heading = _number(coords.get("heading"))
    return Sample(
        lon=_needed(coords.get("longitude"), "longitude"),
        lat=_needed(coords.get("latitude"), "latitude"),
        at=_moment(location.get("timestamp"), now),
        speed=speed if speed is not None and speed >= 0 else None,
        bearing=heading if heading is not None and heading >= 0 else None,
        accuracy=_number(coords.get("accuracy")),
        battery=_number(battery.get("level")) if isinstance(battery, dict) else None,
        alarm=str(told.get("alarm") or "")[:20],
        mock=told.get("mock") is True,
    )


def _owntracks(row: dict[str, Any], now: float) -> Sample:
    """OwnTracks `location`: `lat lon tst`, and `vel` in km/h, `cog`, `acc` in metres, `batt` in percent."""
    speed, battery = _number(row.get("vel")), _number(row.get("batt"))
    return Sample(
        lon=_needed(row.get("lon"), "lon"),
        lat=_needed(row.get("lat"), "lat"),
        at=_moment(row.get("tst"), now),
        speed=speed * KMH if speed is not None and speed >= 0 else None,
        bearing=_number(row.get("cog")),
        accuracy=_number(row.get("acc")),
        battery=battery / 100 if battery is not None else None,
    )


def _own(row: dict[str, Any], now: float) -> Sample:
    """Our own phone page, also what it kept while it was offline: SI units, RFC 3339 or seconds."""
    return Sample(
        lon=_needed(row.get("lon"), "lon"),
        lat=_needed(row.get("lat"), "lat"),
        at=_moment(row.get("at"), now),
        speed=_number(row.get("speed")),
        bearing=_number(row.get("bearing")),
        accuracy=_number(row.get("accuracy")),
        battery=_number(row.get("battery")),
    )


def _number(value: object) -> float | None:
    """A finite number, given as one or as text; None for anything else."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _needed(value: object, name: str) -> float:
    number = _number(value)
    if number is None:
        raise Unreadable(f"no number for {name}")
    return number


def _moment(value: object, now: float) -> float:
    """A time in s, ms or ISO 8601; `now` where none is given. Raises Unreadable."""
    if value is None or value == "":
        return now
    number = _number(value)
    if number is not None:
        return number / 1000 if abs(number) >= MILLISECONDS else number
    try:
        found = datetime.fromisoformat(str(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise Unreadable("a time that is none") from error
