"""`maplebridge register FILE.csv`: tried, imported, sent again, errors beside the file."""

import csv

import pytest

from maplebridge.places.register.models import Address
from maplebridge.site.cli import parser
from maplebridge.site.commands.register import run


@pytest.fixture
def listed(village, tmp_path):
    file = tmp_path / "list.csv"
    rows = [f"建设路,{n},1,{100 + n},120.305,29.705" for n in range(1, 8)]
    file.write_text("\n".join(["街路巷,门牌号,单元,房号,经度,纬度", *rows, "建设路,9,,,east,29"]), encoding="utf-8")
    return file


def test_a_list_is_tried_imported_and_sent_again(listed, capsys):
    assert run(parser().parse_args(["register", str(listed), "--try"])) == 1
    assert Address.objects.count() == 0
    for _again in range(2):
        assert run(parser().parse_args(["register", str(listed)])) == 1
        assert Address.objects.count() == 21
    rows = list(csv.reader(listed.with_suffix(".errors.csv").open(encoding="utf-8-sig")))
    assert rows[1][4] == "east" and "120.3051" in rows[1][-1]
    assert "0 new records, 1 not taken" in capsys.readouterr().out
