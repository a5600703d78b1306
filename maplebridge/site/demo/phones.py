"""The phones of the demo's units: each sends its fixes to the real ingest, as Traccar Client 8 does."""

import http.client
import json
import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from math import atan2, cos, degrees, radians
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import Unit
from maplebridge.positions.actions import issue_tracker
from maplebridge.positions.formats import KNOT
from maplebridge.positions.ground import metres_between
from maplebridge.positions.known import known_trackers
from maplebridge.positions.rules import Fix

FILE = "demo-phones.json"  # token of each unit's phone, as a phone keeps its own
AT_ONCE = 8
TIMEOUT_S = 5.0
EMPTY_IN_S = 14 * 3600  # so long a charge lasts

log = logging.getLogger(__name__)


class Phones:
    """Sends what the units tell. A server that is away is left alone: the next fix comes in a second."""

    def __init__(self, address: str, tokens: dict[int, str]) -> None:
        self._host, self._tokens = urlsplit(address).netloc, tokens
        self._last: dict[int, Fix] = {}
        self._senders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="phones")
        self._own = threading.local()

    def tell(self, fixes: Iterable[Fix], at: datetime) -> int:
        """Send fixes, each from its own unit's phone; returns how many were taken."""
        done = [self._senders.submit(self._send, fix) for fix in fixes if fix.unit_id in self._tokens]
        return sum(each.result() for each in done)

    def _send(self, fix: Fix) -> bool:
        query = urlencode(self._form(fix))
        connection = getattr(self._own, "connection", None) or http.client.HTTPConnection(self._host, timeout=TIMEOUT_S)
        self._own.connection = connection
        try:
            connection.request("POST", f"/p/{self._tokens[fix.unit_id]}?{query}")
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        self._last[fix.unit_id] = fix
        return answer.status == 200

    def _form(self, fix: Fix) -> dict[str, str]:
        last = self._last.get(fix.unit_id)
        passed = (fix.at - last.at).total_seconds() if last else 0.0
        way = metres_between(last.lon, last.lat, fix.lon, fix.lat) if last else 0.0
        east, north = (fix.lon - last.lon, fix.lat - last.lat) if last else (0.0, 0.0)
        bearing = degrees(atan2(east * cos(radians(fix.lat)), north)) % 360
        charge = 100 - (fix.at.timestamp() + fix.unit_id * 3571) % EMPTY_IN_S / EMPTY_IN_S * 88
        return {
            "id": str(fix.unit_id), "timestamp": f"{fix.at.timestamp():.0f}", "lat": f"{fix.lat:.6f}",
            "lon": f"{fix.lon:.6f}", "speed": f"{way / passed / KNOT if passed > 0 else 0:.2f}",
            "bearing": f"{bearing:.0f}", "altitude": "0", "accuracy": f"{4 + fix.unit_id % 9}", "batt": f"{charge:.0f}",
        }  # fmt: skip


def set_up(actor: Actor, home: Path, *, at: datetime) -> dict[int, str]:
    """Give each invented unit a phone, unless it has one; its token by unit."""
    file = home / FILE
    kept = {int(unit): token for unit, token in json.loads(file.read_text()).items()} if file.exists() else {}
    known = known_trackers(at=at)
    tokens = {unit: token for unit, token in kept.items() if token_digest(token) in known}
    for unit in Unit.objects.active().filter(invented=True).exclude(pk__in=tokens):
        tokens[unit.pk] = issue_tracker(actor, unit=unit, name="Traccar Client", at=at).token
    if tokens != kept:
        file.touch(mode=0o600)
        file.write_text(json.dumps(tokens))
    return tokens
