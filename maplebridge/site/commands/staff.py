"""`maplebridge staff import`: accounts, units, shifts and targets from one file."""

import argparse
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from maplebridge.site.commands import Subparsers, declare, say

if TYPE_CHECKING:
    from maplebridge.people.models import User
    from maplebridge.site.staff_file import Known, Staff, UserRow

_GUIDE = """
The file, in TOML (a whole one: docs/howto/staff.example.toml):
  [[user]]                                    [[shift]]
  username = "an.li"                          unit = "M21"
  name = "An Li"                              crew = ["an.li"]
  role = "post_officer"                       from = "08:00"           # local time
  password = "..."      # or one is made      to = "20:00"
                                              days = 14                # from today on
  [[unit]]                                    weekdays = ["mon", "tue"]   # or every day
  call_sign = "M21"
  kind = "motorbike"                          [[target]]
  home = [24.941, 60.171]   # lon, lat        measure = "response"
  skills = ["first_aid"]                      type = "burglary"        # or every type
  area = "north"                              seconds = 600
Every row is checked first; each wrong one gets a sentence, and then nothing is written.
"""


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "staff",
        "Bring in the people, the units, their shifts and the targets.",
        examples="maplebridge staff import staff.toml --check",
    )
    parts = it.add_subparsers(metavar="PART", required=True)
    bring = declare(
        parts,
        "import",
        "Import accounts, units, shifts and targets from a file.\n"
        "Can be repeated: what is there already stays, what differs is changed, nothing is removed.\n" + _GUIDE,
        examples="""
        maplebridge staff import staff.toml --check     look only, write nothing
        maplebridge staff import staff.toml
        """,
    )
    bring.add_argument("file", type=Path, metavar="FILE.toml", help="the staff of the city")
    bring.add_argument("--check", action="store_true", help="say what is wrong or would change; write nothing")
    bring.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check every row, then write what is new or different; 2 where a row is wrong."""
    from maplebridge.kernel import clock
    from maplebridge.site.prepare import bring_up_to_date
    from maplebridge.site.staff_file import read_staff

    bring_up_to_date(say)
    at = clock.now()
    staff = read_staff(options.file, _known(at))
    for sentence in staff.faults:
        print(sentence, file=sys.stderr)
    if staff.faults:
        print(f"{len(staff.faults)} rows to correct; nothing was written.", file=sys.stderr)
        return 2
    counts = _import(staff, at=at, write=not options.check)
    what = ", ".join(f"{count} {name}" for name, count in counts.items())
    say(f"Would change: {what}." if options.check else f"New or changed: {what}.")
    return 0


def _known(at: datetime) -> "Known":

    from maplebridge.incidents.models import IncidentType
    from maplebridge.incidents.rules.intervals import MEASURES
    from maplebridge.people.models import Unit, User
    from maplebridge.people.queries import roles_to_give
    from maplebridge.places.models import Area, City
    from maplebridge.places.queries import city_zone
    from maplebridge.site.staff_file import Known

    city = City.objects.order_by("pk").first()
    zone = city_zone()
    return Known(
        today=at.astimezone(zone).date(),
        zone=zone,
        box=(city.west, city.south, city.east, city.north) if city else None,
        areas=frozenset(Area.objects.filter(gone=False).values_list("code", flat=True)),
        types=frozenset(IncidentType.objects.values_list("code", flat=True)),
        usernames=frozenset(User.objects.values_list("username", flat=True)),
        call_signs=frozenset(Unit.objects.values_list("call_sign", flat=True)),
        roles=tuple(roles_to_give()),
        measures=MEASURES,
        password_faults=_password_faults,
    )


def _password_faults(password: str) -> list[str]:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password)
    except ValidationError as error:
        return list(error.messages)
    return []


def _import(staff: "Staff", *, at: datetime, write: bool) -> dict[str, int]:
    """Write what is new or different, in the order in which one needs the other; how many of each."""
    return {
        "accounts": _users(staff, at, write),
        "units": _units(staff, at, write),
        "shifts": _shifts(staff, at, write),
        "targets": _targets(staff, at, write),
    }


def _users(staff: "Staff", at: datetime, write: bool) -> int:
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import system
    from maplebridge.people.models import User

    there, changed = {user.username: user for user in User.objects.all()}, 0
    for row in staff.users:
        user = there.get(row.username)
        if user is not None and _same_user(user, row, at):
            continue
        changed += 1
        if not write:
            continue
        made = None if row.password or user is not None else secrets.token_urlsafe(12)
        enrol_user(
            system("import"),
            username=row.username,
            display_name=row.name,
            role=row.role,
            password=row.password or made,
            area_code=row.area,
            language=row.language,
            expires_at=row.expires_at,
            first_password=True,
            at=at,
        )
        if made:
            say(f"Password of {row.username}, shown this once: {made}")
    return changed


def _same_user(user: "User", row: "UserRow", at: datetime) -> bool:
    roles = list(user.grants.in_force(at).filter(ends_at=None).values_list("role", "area_code"))
    kept = (user.display_name, roles, user.language) == (row.name, [(row.role, row.area)], row.language)
    ends = row.expires_at in (None, user.expires_at)
    return kept and ends and (row.password is None or user.check_password(row.password))


def _units(staff: "Staff", at: datetime, write: bool) -> int:
    from maplebridge.people.actions import enlist_unit
    from maplebridge.people.actor import system
    from maplebridge.people.models import Unit

    names = ("kind", "home_lon", "home_lat", "skills", "area_code", "active")
    there, changed = {row[0]: row[1:] for row in Unit.objects.values_list("call_sign", *names)}, 0
    for row in staff.units:
        if there.get(row.call_sign) == (row.kind, *row.home, sorted(row.skills), row.area, True):
            continue
        changed += 1
        if write:
            enlist_unit(
                system("import"),
                call_sign=row.call_sign,
                kind=row.kind,
                home=row.home,
                skills=list(row.skills),
                area_code=row.area,
                at=at,
            )
    return changed


def _shifts(staff: "Staff", at: datetime, write: bool) -> int:
    """Open what has not ended and is not there: a shift of the same unit and start stays as it is."""
    from maplebridge.people.actions import open_shift
    from maplebridge.people.actor import system
    from maplebridge.people.models import Shift, Unit, User

    there, changed = set(Shift.objects.values_list("unit__call_sign", "starts_at")), 0
    for row in staff.shifts:
        if (row.unit, row.starts_at) in there or row.ends_at <= at:
            continue
        changed += 1
        if write:
            open_shift(
                system("import"),
                unit=Unit.objects.get(call_sign=row.unit),
                crew=list(User.objects.filter(username__in=row.crew)),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                at=at,
            )
    return changed


def _targets(staff: "Staff", at: datetime, write: bool) -> int:
    from maplebridge.incidents.actions.types import set_target
    from maplebridge.incidents.models import Target
    from maplebridge.people.actor import system

    there, changed = set(Target.objects.values_list("measure", "type_id", "area_code", "seconds", "share")), 0
    for row in staff.targets:
        if (row.measure, row.type, row.area, row.seconds, row.share) in there:
            continue
        changed += 1
        if write:
            set_target(
                system("import"),
                measure=row.measure,
                seconds=row.seconds,
                share=row.share,
                type=row.type,
                area_code=row.area,
                at=at,
            )
    return changed
