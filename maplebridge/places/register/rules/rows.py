"""One row of a list of addresses: its columns, and what in it cannot be."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput

COLUMNS = {
    "area": gettext_lazy("Area code"),
    "street": gettext_lazy("Street or village"),
    "site": gettext_lazy("Compound"),
    "number": gettext_lazy("Number"),
    "unit": gettext_lazy("Unit"),
    "room": gettext_lazy("Room"),
    "lon": gettext_lazy("Longitude"),
    "lat": gettext_lazy("Latitude"),
    "use": gettext_lazy("Use"),
    "residents": gettext_lazy("Number of residents"),
    "rooms": gettext_lazy("Number of rooms"),
    "organisation": gettext_lazy("Organisation"),
}
HEADS = {
    "area": "area areacode villagecode division 区划代码 行政区划代码 社区代码 村代码",
    "street": "street road village streetname 街路巷 街道 道路 路名 村组",
    "site": "site compound community estate building 小区 小区名称 楼宇",
    "number": "number housenumber no doornumber 门牌号 门牌 楼号 楼栋",
    "unit": "unit 单元 单元号",
    "room": "room flat apartment 房间号 室号 房号 户室",
    "lon": "lon lng longitude x 经度",
    "lat": "lat latitude y 纬度",
    "use": "use usage 用途 房屋用途",
    "residents": "residents occupants persons 居住人数 人数",
    "rooms": "rooms numberofrooms 房间数",
    "organisation": "organisation organization company business 单位 单位名称 企业名称",
}
_LIMITS = {"area": 40, "street": 120, "site": 120, "number": 20, "unit": 20, "room": 20, "use": 20, "organisation": 120}
_COUNT = re.compile(r"\d{1,5}")


@dataclass(frozen=True, slots=True)
class Row:
    """An address of a list, down to the room where one is given, with what is said of it."""

    area: str
    street: str
    site: str
    number: str
    unit: str
    room: str
    lon: float
    lat: float
    use: str = ""
    residents: int | None = None
    rooms: int | None = None
    organisation: str = ""


def row_of(fields: Mapping[str, str], *, uses: Mapping[str, str]) -> Row:
    """Read a row; `uses` gives the code of a use by its name. Raises BadInput with the column."""
    for name, most in _LIMITS.items():
        text = fields.get(name, "")
        if len(text) > most:
            raise BadInput(name, _("At most %(most)d characters fit here.") % {"most": most})
        if text.startswith("="):
            raise BadInput(name, _("This cell is a formula. Write its value."))
    if not fields.get("street") and not fields.get("site"):
        raise BadInput("street", _("Give the street or village, or the compound."))
    use = fields.get("use", "").casefold()
    if use and use not in uses:
        raise BadInput("use", _("“%(text)s” is no use we know.") % {"text": use})
    lon, lat = _degrees(fields, "lon"), _degrees(fields, "lat")
    if not valid_lonlat(lon, lat):
        raise BadInput("lon", _("This is not a place on Earth: give longitude, latitude in degrees."))
    texts = {name: fields.get(name, "") for name in ("area", "street", "site", "number", "unit", "room")}
    return Row(
        **texts, lon=lon, lat=lat, use=uses[use] if use else "", residents=_count(fields, "residents"),
        rooms=_count(fields, "rooms"), organisation=fields.get("organisation", ""),
    )  # fmt: skip


def must_have_columns(found: Collection[str]) -> None:
    """Raise BadInput where a list lacks what every address needs: street or compound, and the place."""
    missing = [name for name in ("lon", "lat") if name not in found]
    missing = missing if "street" in found or "site" in found else ["street", *missing]
    if missing:
        names = ", ".join(str(COLUMNS[name]) for name in missing)
        raise BadInput("file", _("This list lacks columns: %(names)s. The first row names them.") % {"names": names})


def _degrees(fields: Mapping[str, str], name: str) -> float:
    try:
        return round(float(fields.get(name, "")), 6)
    except ValueError:
        raise BadInput(name, _("Give the place of the building in degrees, as 120.3051.")) from None


def _count(fields: Mapping[str, str], name: str) -> int | None:
    text = fields.get(name, "")
    if not text:
        return None
    if not _COUNT.fullmatch(text):
        raise BadInput(name, _("Give a whole number, or nothing."))
    return int(text)
