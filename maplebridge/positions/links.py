"""What opens a tracker's app with its address, to be shown as a QR code or typed. Pure.

Sources: https://owntracks.org/booklet/features/remoteconfig/ for OwnTracks; Traccar Client's configuration service,
which takes its server's address from a scanned https link and the rest from the link's parameters.
"""

import base64
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import msgspec

from maplebridge.positions.rules import Address

EVERY_S, EVERY_M = 10, 20  # a fix every so many seconds or metres while the unit moves
OSMAND = "lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}&bearing={6}"


@dataclass(frozen=True, slots=True)
class Links:
    """How each app is set up: links for a QR code (`owntracks_mqtt` empty without a broker), and OsmAnd's address."""

    address: str
    traccar: str
    owntracks: str
    osmand: str
    owntracks_mqtt: str = ""


def links_of(given: Address, *, origin: str, call_sign: str, broker: str = "") -> Links:
    """The links of a device. `origin` is where the service is reached, `broker` such as mqtts://host:8883."""
    address = f"{origin}/p/{given.token}"
    more = {"id": call_sign, "accuracy": "high", "interval": EVERY_S, "distance": EVERY_M, "service": "true"}
    mqtt = _owntracks(given, call_sign, _mqtt(given, broker)) if broker else ""
    http = {"mode": 3, "url": address, "auth": False}
    return Links(
        address, f"{address}?{urlencode(more)}", _owntracks(given, call_sign, http), f"{address}?{OSMAND}", mqtt
    )


def _mqtt(given: Address, broker: str) -> dict[str, object]:
    """The token is the user, and so the topic: the broker lets a user write below its own name alone."""
    parts = urlsplit(broker)
    tls = parts.scheme == "mqtts"
    return {
        "mode": 0, "host": parts.hostname, "port": parts.port or (8883 if tls else 1883), "tls": tls, "auth": True,
        "username": given.token, "password": given.token, "clientId": given.token[:20], "cleanSession": False,
        "pubTopicBase": f"owntracks/{given.token}/phone", "pubQos": 1, "pubRetain": False,
    }  # fmt: skip


def _owntracks(given: Address, call_sign: str, how: dict[str, object]) -> str:
    """OwnTracks' own link with its whole configuration; monitoring 2 is "move": fixes while the phone moves."""
    config = {
        "_type": "configuration", "username": call_sign, "deviceId": "phone", "tid": call_sign[-2:], "monitoring": 2,
        "locatorInterval": EVERY_S, "locatorDisplacement": EVERY_M, "cmd": False, **how,
    }  # fmt: skip
    if given.secret:
        config["encryptionKey"] = given.secret
    return f"owntracks:///config?inline={base64.b64encode(msgspec.json.encode(config)).decode()}"
