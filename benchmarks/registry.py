"""A made-up registry of any size: code number i is always the same, and no two are equal."""

import os
import random

from maplebridge.property.schemes import GBT_ALPHABET

ITEMS, STOLEN_EVERY = int(os.environ.get("ITEMS", "2000000")), 100
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def code_of(number: int) -> str:
    """Three of ten are battery codes of GB/T 34014, three 15-digit frame numbers, four a maker's own serials."""
    mixed = number * 2_654_435_761 % 2**32
    kind = number % 10
    if kind < 3:
        maker, day = ("001", "04Q", "03H", "08B", "0AL")[mixed % 5], mixed // 7
        when = "ABCDEF"[day % 6] + GBT_ALPHABET[day // 6 % 12] + GBT_ALPHABET[day // 72 % 28]
        design = f"{maker}{'PMC'[mixed % 3]}{'BE'[mixed % 2]}{'24' if mixed % 4 else '76'}0000{mixed % 1000:03d}"
        return f"{design}{when}{number:07d}"
    if kind < 6:
        return f"{1700 + mixed % 60:04d}2{15 + mixed % 11:02d}{number:08d}"
    value, text = (number * 7_919 + 104_729) * 1_000_003 % 34**9, ""
    for _each in range(9):
        value, digit = divmod(value, 34)
        text += _LETTERS[digit]
    return ("WTU", "AC", "K", "")[mixed % 4] + text


def kind_of(number: int) -> str:
    """Kind of its identifier."""
    return "battery" if number % 10 < 3 else "frame"


def is_stolen(number: int) -> bool:
    """One in a hundred."""
    return number % STOLEN_EVERY == 7


def edited(code: str, edits: int, rng: random.Random) -> str:
    """A code misread: substituted, left out, put in, neighbours exchanged, at random."""
    letters = list(code)
    for _each in range(edits):
        at, kind = rng.randrange(len(letters) - 1), rng.randrange(4)
        if kind == 0:
            letters[at] = rng.choice(_LETTERS)
        elif kind == 1:
            letters.insert(at, rng.choice(_LETTERS))
        elif kind == 2:
            del letters[at]
        else:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def fill(items: int = ITEMS) -> None:
    """Write the registry into an empty installation, past the journal: items, their codes, and thefts of some."""
    from django.db import connection

    from maplebridge.incidents.actions import report_incident
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.people.models import User
    from maplebridge.places.queries import current_city
    from maplebridge.property.actions import accredit_dealer

    now, machine = clock.now(), system("benchmark")
    city = current_city()
    lon, lat = ((city.west + city.east) / 2, (city.south + city.north) / 2) if city else (0.0, 0.0)
    incident = report_incident(machine, type="theft", lon=lon, lat=lat, at=now).incident
    accredit_dealer(
        machine, name="Market", kind="second_hand", lon=lon, lat=lat, users=list(User.objects.all()), at=now
    )
    put = _copy if connection.vendor == "postgresql" else _insert
    put(
        "property_item", "id kind maker model colour state registered_at photo invented",
        ((n + 1, "e_bike", "", "", "", "stolen" if is_stolen(n) else "registered", now, "", True)
         for n in range(items)),
    )  # fmt: skip
    put(
        "property_identifier", "item_id kind issuer scheme written canonical lookalike decoded flags",
        ((n + 1, kind_of(n), "", "", code, code, code, "{}", "[]") for n in range(items) for code in (code_of(n),)),
    )  # fmt: skip
    put(
        "property_theftreport",
        "item_id incident_id state lost_from lost_to reported_at lon lat address area_code area_path",
        ((n + 1, incident.pk, "open", now, now, now, lon, lat, "", "", "") for n in range(items) if is_stolen(n)),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(table: str, columns: str, rows) -> None:
    from django.db import connection

    connection.ensure_connection()
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns.replace(' ', ', ')}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: str, columns: str, rows) -> None:
    from django.db import connection, transaction

    marks = ", ".join("?" * len(columns.split()))
    connection.ensure_connection()
    with transaction.atomic():
        connection.connection.executemany(
            f"INSERT INTO {table} ({columns.replace(' ', ', ')}) VALUES ({marks})",
            (tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in rows),
        )
