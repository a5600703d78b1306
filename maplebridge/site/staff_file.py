"""A city's staff as one TOML file: read, and checked row by row before anything is written."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.people.rules import NOT_GIVEN, SHIPPED, UNIT_KINDS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS = 92
LONGEST_SHIFT = timedelta(hours=36)
_ROLES = [code for code in SHIPPED if code not in NOT_GIVEN]
_TABLES = {
    "user": {"username", "name", "role", "password", "area", "language", "ends"},
    "unit": {"call_sign", "kind", "home", "skills", "area"},
    "shift": {"unit", "crew", "starts", "ends", "from", "to", "days", "weekdays"},
    "target": {"measure", "type", "area", "seconds", "share"},
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are checked against: the city, what is in the database already, and rules from elsewhere."""

    today: date
    zone: ZoneInfo
    box: tuple[float, float, float, float] | None = None
    areas: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    usernames: frozenset[str] = frozenset()
    call_signs: frozenset[str] = frozenset()
    roles: tuple[str, ...] = tuple(_ROLES)
    measures: tuple[str, ...] = ("answer", "process", "response")
    password_faults: Callable[[str], list[str]] = lambda _password: []


@dataclass(frozen=True, slots=True)
class UserRow:
    """An account; `password` None: keep the one there is, or make one."""

    username: str
    name: str
    role: str
    password: str | None
    area: str
    language: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit; `home` is (lon, lat)."""

    call_sign: str
    kind: str
    home: tuple[float, float]
    skills: tuple[str, ...]
    area: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A unit on duty once, with the user names of its crew."""

    unit: str
    crew: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target of a measure, for a type and an area ("" and None for all)."""

    measure: str
    type: str | None
    area: str
    seconds: int
    share: float


@dataclass(slots=True)
class Staff:
    """Everything the file asks for, and one sentence for each row that is wrong."""

    users: list[UserRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    shifts: list[ShiftRow] = field(default_factory=list)
    targets: list[TargetRow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _WrongRow(Exception):
    """One row is unusable."""


def read_staff(file: Path, known: Known) -> Staff:
    """Read and check the file. Wrong rows end up as sentences in `faults`; OSError where it cannot be read."""
    staff = Staff()
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        staff.faults.append(f"{file} is not valid TOML: {error}.")
        return staff
    for name in sorted(set(tables) - set(_TABLES)):
        staff.faults.append(f"There is no table “{name}”. Write [[user]], [[unit]], [[shift]] or [[target]].")
    for row in _rows(tables, "user", staff.faults):
        _take(row, staff, lambda it: staff.users.append(_user(it, staff, known)))
    for row in _rows(tables, "unit", staff.faults):
        _take(row, staff, lambda it: staff.units.append(_unit(it, staff, known)))
    for row in _rows(tables, "shift", staff.faults):
        _take(row, staff, lambda it: staff.shifts.extend(_shifts(it, staff, known)))
    for row in _rows(tables, "target", staff.faults):
        _take(row, staff, lambda it: staff.targets.append(_target(it, known)))
    return staff


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table, and how its faults are said."""

    label: str
    values: dict[str, Any]

    def text(self, name: str, *, longest: int, needed: bool = True) -> str:
        """A line of text, without what no database keeps."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise _WrongRow(f"{name} is {value!r}; write it in quotation marks.")
        value = value.strip()
        if needed and not value:
            raise _WrongRow(f"{name} is missing.")
        if len(value) > longest or not value.isprintable():
            raise _WrongRow(f"{name} must be one line of at most {longest} characters.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of words."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise _WrongRow(f'{name} is {value!r}; write a list such as ["one", "two"].')
        return tuple(dict.fromkeys(word.strip() for word in value))

    def one_of(self, name: str, choices: "list[str] | tuple[str, ...]") -> str:
        """A word out of some."""
        value = self.text(name, longest=200)
        if value not in choices:
            raise _WrongRow(f"{name} is “{value}”; write one of {', '.join(choices)}.")
        return value


def _rows(tables: dict[str, Any], name: str, faults: list[str]) -> Iterator[_Row]:
    rows = tables.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.append(f"“{name}” is no table of rows. Begin each row with [[{name}]].")
        return
    for number, values in enumerate(rows, 1):
        called = values.get("username") or values.get("call_sign") or values.get("unit") or values.get("measure") or ""
        yield _Row(f"{name} {number} ({str(called)[:40]})" if called else f"{name} {number}", values)


def _take(row: _Row, staff: Staff, read: Callable[[_Row], None]) -> None:
    try:
        known = _TABLES[row.label.split()[0]]
        if unknown := sorted(set(row.values) - known):
            raise _WrongRow(f"there is no “{unknown[0]}” here; write {', '.join(sorted(known))}.")
        read(row)
    except _WrongRow as fault:
        staff.faults.append(f"{row.label}: {fault}")


def _area(row: _Row, known: Known) -> str:
    code = row.text("area", longest=40, needed=False)
    if code and code not in known.areas:
        there = ", ".join(sorted(known.areas)[:12]) or "none yet; see `maplebridge city import --areas`"
        raise _WrongRow(f"there is no area “{code}”. Codes: {there}.")
    return code


def _user(row: _Row, staff: Staff, known: Known) -> UserRow:
    username = row.text("username", longest=150)
    if not re.fullmatch(r"[\w.@+-]+", username):
        raise _WrongRow("username may have letters, digits and . @ + - _ only.")
    if username in {user.username for user in staff.users}:
        raise _WrongRow("this username stands in the file twice.")
    password = row.text("password", longest=200, needed=False) or None
    if password and (faults := known.password_faults(password)):
        raise _WrongRow(f"password: {' '.join(faults)}")
    language = row.text("language", longest=12, needed=False)
    if language not in ("", "en", "zh-hans"):
        raise _WrongRow(f"language is “{language}”; write en or zh-hans.")
    ends = _moment(row, "ends", known) if "ends" in row.values else None
    role = row.one_of("role", known.roles)
    return UserRow(username, row.text("name", longest=80), role, password, _area(row, known), language, ends)


def _unit(row: _Row, staff: Staff, known: Known) -> UnitRow:
    call_sign = row.text("call_sign", longest=12).upper()
    if call_sign in {unit.call_sign for unit in staff.units}:
        raise _WrongRow("this call sign stands in the file twice.")
    home = row.values.get("home")
    if not isinstance(home, list) or len(home) != 2 or not all(type(x) in (int, float) for x in home):
        raise _WrongRow("home must be [longitude, latitude] in degrees, for example [24.94, 60.17].")
    lon, lat = float(home[0]), float(home[1])
    if not valid_lonlat(lon, lat):
        raise _WrongRow("home is not a place on Earth: write [longitude, latitude] in degrees.")
    if known.box and not (known.box[0] <= lon <= known.box[2] and known.box[1] <= lat <= known.box[3]):
        raise _WrongRow("home lies outside the city's map. Longitude comes first.")
    return UnitRow(call_sign, row.one_of("kind", list(UNIT_KINDS)), (lon, lat), row.texts("skills"), _area(row, known))


def _shifts(row: _Row, staff: Staff, known: Known) -> list[ShiftRow]:
    unit, crew = row.text("unit", longest=12).upper(), row.texts("crew")
    if unit not in known.call_signs | {it.call_sign for it in staff.units}:
        raise _WrongRow(f"there is no unit “{unit}”: add it as [[unit]], or correct the call sign.")
    people = known.usernames | {user.username for user in staff.users}
    if strangers := [name for name in crew if name not in people]:
        raise _WrongRow(f"there is no account “{strangers[0]}”: add it as [[user]], or correct the crew.")
    spans = list(_spans(row, known))
    for starts_at, ends_at in spans:
        if not timedelta() < ends_at - starts_at <= LONGEST_SHIFT:
            raise _WrongRow("a shift ends after it starts, and within 36 hours.")
        if any(it.unit == unit and it.starts_at < ends_at and starts_at < it.ends_at for it in staff.shifts):
            raise _WrongRow(f"this unit has another shift on {starts_at.astimezone(known.zone):%Y-%m-%d} in this file.")
    return [ShiftRow(unit, crew, starts_at, ends_at) for starts_at, ends_at in spans]


def _spans(row: _Row, known: Known) -> Iterator[tuple[datetime, datetime]]:
    if "starts" in row.values:
        yield _moment(row, "starts", known), _moment(row, "ends", known)
        return
    begin, end = _clock(row, "from"), _clock(row, "to")
    days, wanted = row.values.get("days", 14), row.texts("weekdays") or WEEKDAYS
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        raise _WrongRow(f"days is {days!r}; write how many days from today on, 1 to {MOST_DAYS}.")
    if unknown := [name for name in wanted if name not in WEEKDAYS]:
        raise _WrongRow(f"“{unknown[0]}” is no weekday; write {', '.join(WEEKDAYS)}.")
    for number in range(days):
        day = known.today + timedelta(days=number)
        if WEEKDAYS[day.weekday()] in wanted:
            last = day if end > begin else day + timedelta(days=1)
            yield _at(datetime.combine(day, begin), known), _at(datetime.combine(last, end), known)


def _clock(row: _Row, name: str) -> time:
    value = row.values.get(name)
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise _WrongRow(f'{name} must be a time of day such as "08:00" (or give starts and ends).')


def _moment(row: _Row, name: str, known: Known) -> datetime:
    """A moment of the city's time, or of its own offset; a day alone is its first moment."""
    value = row.values.get(name)
    if isinstance(value, datetime):
        return _at(value, known)
    if isinstance(value, date):
        return _at(datetime.combine(value, time()), known)
    raise _WrongRow(f"{name} must be a moment such as 2026-12-01T08:00:00, without quotation marks.")


def _at(moment: datetime, known: Known) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=known.zone)).astimezone(UTC)
    except OverflowError:
        raise _WrongRow("a moment lies outside the calendar.") from None


def _target(row: _Row, known: Known) -> TargetRow:
    type_ = row.text("type", longest=40, needed=False) or None
    if type_ and type_ not in known.types:
        raise _WrongRow(f"there is no type “{type_}”. Types: {', '.join(sorted(known.types))}.")
    seconds, share = row.values.get("seconds"), row.values.get("share", 0.9)
    if type(seconds) is not int or not 0 < seconds <= 864_000:
        raise _WrongRow("seconds must be a whole number from 1 to 864000.")
    if type(share) not in (int, float) or not 0 < share <= 1:
        raise _WrongRow("share must be above 0 and at most 1: 0.9 means nine of ten.")
    return TargetRow(row.one_of("measure", known.measures), type_, _area(row, known), seconds, float(share))
