"""How the columns of somebody else's table become reports: the mapping file and one row read by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from maplebridge.incidents.rules.states import DISPOSITIONS
from maplebridge.incidents.rules.text import clean

COLUMNS = ("key", "type", "at", "lon", "lat", "address", "narrative", "closed_at", "disposition")
REQUIRED = ("key", "type", "at", "lon", "lat")
_SECTIONS = {
    "name",
    "about",
    "columns",
    "time",
    "types",
    "dispositions",
    "blank",
    "state",
    "disposition",
    "default_type",
}


class BadMapping(ValueError):
    """The mapping file is unusable; the message is a sentence."""


class RowUnusable(ValueError):
    """A row cannot become an incident; the message says why."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What a mapping file says. `state` is Active or Closed; `types` goes from the table's words to our codes."""

    name: str
    columns: dict[str, str]
    time_format: str
    zone: ZoneInfo
    types: dict[str, str]
    default_type: str = ""
    dispositions: dict[str, str] = field(default_factory=dict)
    disposition: str = "01"
    blank: frozenset[str] = frozenset()
    state: str = "Closed"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, read: ready to be checked against the city."""

    key: str
    type: str
    at: datetime
    lon: float
    lat: float
    address: str
    narrative: str
    closed_at: datetime | None
    disposition: str


def mapping_from(content: Mapping[str, Any]) -> TableMapping:
    """Read a mapping from parsed TOML. Raises BadMapping with a sentence for whatever is missing or unknown."""
    if unknown := set(content) - _SECTIONS:
        raise BadMapping(
            _("The mapping has %(unknown)s, which it cannot have. It can have %(known)s.")
            % {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(sorted(_SECTIONS))}
        )
    columns = _table(content, "columns")
    if missing := [name for name in REQUIRED if not columns.get(name)]:
        raise BadMapping(_("[columns] must name a column for: %(missing)s.") % {"missing": ", ".join(missing)})
    if unknown := set(columns) - set(COLUMNS):
        raise BadMapping(
            _("[columns] has %(unknown)s. It can have %(known)s.")
            % {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(COLUMNS)}
        )
    name = str(content.get("name", ""))
    if not name or len(name) > 30 or not name.isprintable() or ":" in name:
        raise BadMapping(_("Give the mapping a name of at most 30 characters: it becomes part of every row's key."))
    time = _table(content, "time")
    return TableMapping(
        name=name,
        columns=columns,
        time_format=time.get("format", "iso"),
        zone=_zone(time.get("zone", "UTC")),
        types=_table(content, "types"),
        default_type=str(content.get("default_type", "")),
        dispositions=_known_dispositions(_table(content, "dispositions")),
        disposition=_one_of(str(content.get("disposition", "01")), dict(DISPOSITIONS), "disposition"),
        blank=frozenset(str(each) for each in content.get("blank", [])),
        state=_one_of(str(content.get("state", "Closed")), ("Active", "Closed"), "state"),
    )


def _table(content: Mapping[str, Any], name: str) -> dict[str, str]:
    table = content.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise BadMapping(_("[%(name)s] must be a table of texts.") % {"name": name})
    return table


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = _("There is no time zone “%(name)s”. Write one such as Europe/Helsinki or Asia/Shanghai.")
        raise BadMapping(sentence % {"name": name}) from error


def _one_of(value: str, known: Any, name: str) -> str:
    if value not in known:
        sentence = _("%(name)s is “%(value)s”; it can be %(known)s.")
        raise BadMapping(sentence % {"name": name, "value": value, "known": ", ".join(known)})
    return value


def _known_dispositions(table: dict[str, str]) -> dict[str, str]:
    for code in table.values():
        _one_of(code, dict(DISPOSITIONS), "dispositions")
    return table


def row_from(record: Mapping[str | None, Any], mapping: TableMapping) -> TableRow:
    """Read one row of the table. Raises RowUnusable with the reason."""

    def cell(name: str) -> str:
        value = record.get(mapping.columns.get(name, "\0")) or ""
        text = clean(value) if isinstance(value, str) else ""
        return "" if text in mapping.blank else text

    if not cell("key") or len(cell("key")) > 90:
        raise RowUnusable(_("it has no key"))
    kind = mapping.types.get(cell("type"), mapping.default_type)
    if not kind:
        raise RowUnusable(_("its type “%(type)s” is not in the mapping") % {"type": cell("type")[:60]})
    ended = mapping.dispositions.get(cell("disposition"), mapping.disposition)
    return TableRow(
        key=f"{mapping.name}:{cell('key')}",
        type=kind,
        at=_moment(cell("at"), mapping),
        lon=_degrees(cell("lon")),
        lat=_degrees(cell("lat")),
        address=cell("address")[:200],
        narrative=cell("narrative")[:20_000],
        closed_at=_moment(cell("closed_at"), mapping) if cell("closed_at") else None,
        disposition=ended,
    )


def _moment(text: str, mapping: TableMapping) -> datetime:
    try:
        iso = mapping.time_format == "iso"
        moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, mapping.time_format)  # noqa: DTZ007  # zone next
        local = moment if moment.tzinfo else moment.replace(tzinfo=mapping.zone)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowUnusable(_("its time “%(time)s” cannot be read") % {"time": text[:40]}) from None


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise RowUnusable(_("it has no place")) from None
