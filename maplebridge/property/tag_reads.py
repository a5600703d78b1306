"""What fixed readers send: tag reads of LLRP and of the gateways in front of it, as JSON.

Accepted are a list or one object, bare or under the names that gateways give it; a read is an object with an EPC in
hexadecimal. Field names are those of LLRP's TagReportData as sllurp writes it, of Impinj's and of Zebra's gateways, and
plain ones. Everything else in a message is passed over.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

_LISTS = ("tagReads", "reads", "tags", "TagReportData", "tagInventoryEvents", "events", "data")
_INNER = ("tagInventoryEvent", "tag")
_EPC = ("epcHex", "idHex", "EPC", "EPC-96", "epc", "EPCHex")
_FIRST = ("firstSeenTimestampUTC", "FirstSeenTimestampUTC", "firstSeenTimestamp", "firstSeenTime", "first_seen")
_LAST = ("LastSeenTimestampUTC", "lastSeenTimestampUTC", "lastSeenTimestamp", "lastSeenTime", "last_seen", "timestamp")
_ANTENNA = ("AntennaID", "antennaPort", "antenna", "antenna_id")
_SIGNAL = ("PeakRSSI", "peakRssi", "peakRssiCdbm", "rssi")
_DEEP = 4
MOST_READS = 10_000


class Unreadable(Exception):
    """The message is no report of tag reads. It says nothing of what was in it."""


class TagRead(NamedTuple):
    """One tag, as an antenna saw it. `epc` is upper-case hexadecimal, times in s since 1970, signal in dBm."""

    epc: str
    first_seen: float
    last_seen: float
    antenna: int
    rssi: float


def read_tags(body: bytes, *, now: float) -> list[TagRead]:
    """Read a message. Times that lie ahead, or that there are not, are `now`. Raises Unreadable."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable from None
    reads = []
    for row in _rows(said, _DEEP):
        epc = _hexadecimal(_first(row, _EPC))
        if epc:
            last = _moment(_first(row, _LAST), now)
            first = min(_moment(_first(row, _FIRST), last), last)
            antenna, signal = _number(_first(row, _ANTENNA)), _number(_first(row, _SIGNAL))
            reads.append(TagRead(epc, first, last, int(antenna), signal / 100 if signal < -200 else signal))
        if len(reads) >= MOST_READS:
            break
    return reads


def _rows(said: Any, deep: int) -> Iterator[dict[str, Any]]:
    """Objects that may be reads, from whatever they are wrapped in."""
    if isinstance(said, list):
        for each in said:
            yield from _rows(each, deep - 1) if deep else ()
    elif isinstance(said, dict):
        if _first(said, _EPC) is not None:
            yield said
            return
        for name in (*_LISTS, *_INNER):
            if isinstance(inner := said.get(name), list | dict) and deep:
                outer = {key: value for key, value in said.items() if key in _LAST}
                inner = outer | inner if isinstance(inner, dict) else inner
                yield from _rows(inner, deep - 1)


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _hexadecimal(said: Any) -> str:
    if not isinstance(said, str):
        return ""
    text = said.strip().removeprefix("urn:epc:raw:").rpartition(".x")[2].removeprefix("0x")
    text = "".join(text.split()).replace("-", "").upper()
    return text if 8 <= len(text) <= 124 and set(text) <= set("0123456789ABCDEF") else ""


def _number(said: Any) -> float:
    return float(said) if isinstance(said, int | float) and abs(said) < 1e6 else 0.0


def _moment(said: Any, otherwise: float) -> float:
    """Seconds since 1970: of micro-, milli- or seconds, or of ISO 8601 with its offset."""
    at = 0.0
    if isinstance(said, int | float):
        at = float(said)
        at /= 1e6 if at > 1e14 else 1e3 if at > 1e11 else 1.0
    elif isinstance(said, str):
        try:
            read = datetime.fromisoformat(said)
            at = read.replace(tzinfo=read.tzinfo or UTC).timestamp()
        except ValueError:
            return otherwise
    return min(at, otherwise) if at > 1e9 else otherwise
