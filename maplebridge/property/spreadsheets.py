"""A shop's spreadsheet: its columns guessed, its rows made into registrations. Nothing here writes."""

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.spreadsheets import FILE_MOST, as_csv, bare, guess, read_table

__all__ = [
    "FIELDS", "FILE_MOST", "NUMBERS", "as_csv", "fields_of", "guessed", "kind_of", "read_table",
]  # fmt: skip

FIELDS = {
    "kind": gettext_lazy("Kind"),
    "maker": gettext_lazy("Maker"),
    "model": gettext_lazy("Model"),
    "colour": gettext_lazy("Colour"),
    "year": gettext_lazy("Year"),
    "frame": gettext_lazy("Frame number"),
    "motor": gettext_lazy("Motor number"),
    "battery": gettext_lazy("Battery code"),
    "plate": gettext_lazy("Number plate"),
    "name": gettext_lazy("Owner's name"),
    "phone": gettext_lazy("Owner's telephone"),
    "document": gettext_lazy("Last digits of the document"),
}
NUMBERS = ("frame", "motor", "battery", "plate")
_HEADS = {
    "kind": "kind type category 类型 种类 车型类别 类别",
    "maker": "maker make brand manufacturer 品牌 厂牌 厂家 制造商",
    "model": "model 型号 车型",
    "colour": "colour color 颜色 车身颜色",
    "year": "year modelyear 年份 年款",
    "frame": "frame framenumber frameno serial serialnumber vin 车架号 整车编码 车架",
    "motor": "motor motornumber motorno engine 电机号 电机编码",
    "battery": "battery batterycode batteryno batteryserial 电池编码 电池码 蓄电池编码 电池号 电池",
    "plate": "plate numberplate licenseplate licenceplate 号牌 车牌 车牌号 号牌号码",
    "name": "name owner ownername customer buyer 姓名 车主 车主姓名 所有人",
    "phone": "phone telephone tel mobile ownerphone 电话 手机 手机号 联系电话",
    "document": "document id idcard documentdigits 证件 证件号 身份证 身份证号 证件后四位",
}
_KINDS = {
    "e_bike": "e_bike ebike e-bike electricbicycle electricbike 电动自行车 电动车 电单车",
    "bicycle": "bicycle bike cycle 自行车 单车",
    "battery": "battery 电池 蓄电池",
    "scooter": "scooter escooter e-scooter 滑板车 电动滑板车",
    "other": "other 其他 其它",
}


def guessed(head: Sequence[str]) -> dict[str, int]:
    """Guess which column holds which field, by its name in English or Chinese; each column once."""
    return guess(head, _HEADS)


def kind_of(text: str, *, otherwise: str) -> str:
    """The kind that a cell names; `otherwise` where it is empty. Raises BadInput."""
    word = bare(text)
    if not word:
        return otherwise
    for kind, known in _KINDS.items():
        if word in {bare(each) for each in known.split()}:
            return kind
    raise BadInput("kind", _("“%(text)s” is no kind of item we know.") % {"text": text[:40]})


def fields_of(row: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The fields of a row. Raises BadInput for a formula, a number that lost digits, or a row without any number."""
    values = {field: row[column] for field, column in columns.items() if column < len(row) and row[column]}
    for field, text in values.items():
        if text.startswith("=") and field in NUMBERS and re.fullmatch(r"=[\d.e+]+", text):
            raise BadInput(field, _("The spreadsheet has lost digits of this number. Format the column as text first."))
        if text.startswith("="):
            raise BadInput(field, _("This cell is a formula. Write its value."))
    if not any(values.get(field) for field in NUMBERS):
        raise BadInput("frame", _("This row has no number at all."))
    return values
