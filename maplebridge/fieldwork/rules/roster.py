"""Pure: the roster of posts as a spreadsheet, checked row by row: who holds which role in which area, until when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.spreadsheets import Fault, Table, cell_at, guess

HEADS = {
    "area": "area areacode code 区划代码 地区代码 辖区代码 代码",
    "role": "role post 角色 岗位 职务",
    "name": "name personsname fullname 姓名",
    "username": "signinname username login 登录名 用户名 账号",
    "ends": "ends until termends termuntil end enddate lastday "
    "任期至 任期结束 任期届满 结束日期 终止日期 到期 截止 截止日期",
}
MUST = ("area", "role", "name", "username")
_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)  # a day as people type it


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person in a post; `ends_on` is the last day of the term."""

    area: str
    role: str
    name: str
    username: str
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows that hold, the faults of the others, and the heads of columns that were not read."""

    appointments: list[Appointment]
    faults: list[Fault]
    ignored: list[str]


def roster_of(table: Table, *, areas: Mapping[str, object], roles: Mapping[str, str], today: date) -> Roster:
    """Read a roster; `areas` are the codes in use, `roles` the code of a role for each word that means it.

    Raises BadInput where a column is missing. Telephone numbers and other columns are not kept: their heads are told.
    """
    columns = guess(table.head, HEADS)
    missing = [field for field in MUST if field not in columns]
    if missing:
        sentence = _("There is no column for “%(name)s” in the first row. It needs: area, role, name, sign-in name.")
        raise BadInput("file", sentence % {"name": missing[0]})
    rows: list[Appointment] = []
    faults: list[Fault] = []
    names: dict[str, str] = {}
    for number, row in zip(table.numbers, table.rows, strict=True):
        try:
            each = _appointment({field: row[at] for field, at in columns.items()}, areas, roles, today)
            if names.setdefault(each.username, each.name) != each.name:
                raise BadInput("name", _("This sign-in name stands in another row with another name."))
            rows.append(each)
        except BadInput as bad:
            faults.append(Fault(cell_at(columns[bad.field], number), bad.sentence))
    ignored = [head for at, head in enumerate(table.head) if head and at not in columns.values()]
    return Roster(list(dict.fromkeys(rows)), faults, ignored)


def _appointment(
    cells: Mapping[str, str], areas: Mapping[str, object], roles: Mapping[str, str], today: date
) -> Appointment:
    area, role = cells["area"].lstrip("'"), roles.get(cells["role"].casefold(), "")
    if not area:
        raise BadInput("area", _("Write the code of the area in each row: merged cells have it in the first only."))
    if area not in areas:
        raise BadInput("area", _("There is no area with this code. Import the table of divisions first."))
    if not role:
        raise BadInput("role", _("There is no such role. Write it as on the page of roles, such as auxiliary."))
    if not 0 < len(cells["name"]) <= 80:
        raise BadInput("name", _("Write the person's name, in at most 80 characters."))
    if not _USERNAME.fullmatch(cells["username"]):
        raise BadInput("username", _("A sign-in name has letters, digits and @ . + - _ only, without spaces."))
    return Appointment(area, role, cells["name"], cells["username"], _ends(cells.get("ends", ""), today))


def _ends(text: str, today: date) -> date | None:
    if not text:
        return None
    typed = _DAY.fullmatch(text.replace(" ", ""))
    try:
        day = date(*map(int, typed.groups())) if typed else date.fromisoformat(text)
    except ValueError:
        raise BadInput("ends", _("Write the last day of the term as 2027-06-30.")) from None
    if day <= today:
        raise BadInput("ends", _("This term is over already. Give a later day, or leave the row out."))
    return day
