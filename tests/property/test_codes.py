"""What a code is: two keys, schemes, plausibility. No database."""

import json
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.property.codes import canonical, lookalike
from maplebridge.property.schemes import GBT_ALPHABET, identify, meant

TODAY = date(2026, 11, 27)

WRITTEN = {  # thirty ways in which codes are written
    "wtu 123-456": "WTU123456",
    "  WTU123456\r\n": "WTU123456",
    "wtu_123.456": "WTU123456",
    "WTU/123\\456": "WTU123456",
    "WTU–123—456": "WTU123456",  # dashes of word processors
    "ＷＴＵ１２３４５６": "WTU123456",  # full-width
    "ｗｔｕ－１２３　４５６": "WTU123456",
    "wtu\u200b123\u00a0456": "WTU123456",  # what cannot be seen
    "٠٠١٢٣٤": "001234",  # Arabic digits
    "००१२३४": "001234",  # Devanagari digits
    "000123": "000123",  # leading zeros are part of it
    "00-0123": "000123",
    "S/N: 00123": "00123",
    "Serial No. : ab12cd": "AB12CD",
    "车架号：175721508069087": "175721508069087",
    "电池编码: 001cb240000003b3c0221953": "001CB240000003B3C0221953",
    "]C1001CB240000003B3C0221953": "001CB240000003B3C0221953",  # a scanner tells the symbology first
    "桂C·12345": "桂C12345",
    "渝ａ １２３４５": "渝A12345",
    "missing link 12": "MISSINGLINK12",  # a maker's name, not a missing code
    "CUSTOM123": "CUSTOM123",
    "Unknown Pleasures 1979": "UNKNOWNPLEASURES1979",
    "straße7": "STRASSE7",
    "Ⅻ-7": "XII7",
    "①②③４": "1234",
    "n/a": "",
    "0000": "",
    "ｎ／ａ": "",
    "不详": "",
    "看不清。": "",
    "ＵＮＫＮＯＷＮ": "",
    "- - -": "",
    "xxxx": "",
    "（无）": "",
    "HTTPS://ID.example.com/01/09520123456788/21/ab-1/": "HTTPS://ID.EXAMPLE.COM/01/09520123456788/21/AB-1",
}


@pytest.mark.parametrize(("written", "key"), WRITTEN.items())
def test_what_is_written_in_many_ways_has_one_key(written: str, key: str) -> None:
    assert canonical(written) == key
    assert ("no_code" in identify(written).flags) == (key == "")


@given(st.text() | st.from_regex(r"\A(s/n|编号)[:：] ?[a-zA-Z0-9ａ-ｚ０-９ß\- ]{1,20}\Z"))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = canonical(text)
    assert canonical(key) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [("O0IL5SZ28B", "00115S22BB"), ("I1L|", "l111"), ("АВС123", "ABC123"), ("ΑΒΕ12", "ABE12"), ("o-0-7", "OO7")],
)
def test_lookalikes_share_a_suggestion(one: str, other: str) -> None:
    assert lookalike(one) == lookalike(other)


def test_two_real_batteries_that_look_alike_stay_two() -> None:
    one, other = "001CB24000000" + "3B" + "3C0221953", "001CB24000000" + "38" + "3C0221953"
    assert lookalike(one) == lookalike(other)
    assert canonical(one) != canonical(other)
    dates = [identify(each, today=TODAY).decoded["made_on"] for each in (one, other)]
    assert dates == ["2021-03-12", "2018-03-12"]


PARTS = st.tuples(
    st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=3, max_size=3),
    st.sampled_from("PMC"),
    st.sampled_from("ABCDEFGZ"),
    st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=9, max_size=9),
    st.dates(date(2011, 1, 1), TODAY),
    st.from_regex(r"\A[0-9]{7}\Z"),
)


def gbt(maker: str, product: str, chemistry: str, rest: str, made: date, serial: str) -> str:
    when = GBT_ALPHABET[made.year - 2011] + GBT_ALPHABET[made.month - 1] + GBT_ALPHABET[made.day - 1]
    return maker + product + chemistry + rest + when + serial


@given(PARTS, PARTS)
def test_two_battery_codes_never_share_a_key(one: tuple, other: tuple) -> None:  # type: ignore[type-arg]
    codes = gbt(*one), gbt(*other)
    assert (canonical(codes[0]) == canonical(codes[1])) == (codes[0] == codes[1])


@given(PARTS)
def test_a_battery_code_gives_back_what_was_put_in(parts: tuple) -> None:  # type: ignore[type-arg]
    read = identify(gbt(*parts), "battery", TODAY)
    assert (read.scheme, read.flags) == ("gbt-34014", ())
    assert read.decoded["made_on"] == parts[4].isoformat()
    assert (read.decoded["maker"], read.decoded["serial"]) == (parts[0], parts[5])


DECODED = [
    ("001CB240000003B3C0221953", "gbt-34014", {"made_on": "2021-03-12", "product": "cell", "maker": "001"}, []),
    ("04QCB76836300JBC40000903", "gbt-34014", {"made_on": "2021-12-04", "maker": "04Q"}, []),
    ("X12MCPM27KLPCLX2M2382320", "gbt-34014", {"product": "module", "made_on": "2040-02-21"}, ["future_date"]),
    ("001CB240000003B3C02219530", "", {}, ["unclassified"]),  # one too long
    ("001CB240000003B300221953", "gbt-34014", {"maker": "001"}, ["impossible_date"]),  # day 0
    ("001CB240000003B2Y0221953", "gbt-34014", {"maker": "001"}, ["impossible_date"]),  # 31 February
    ("001CB240000003BD10221953", "gbt-34014", {"maker": "001"}, ["impossible_date"]),  # a thirteenth month
    ("001PB24B3C0221953RE", "gbt-34014-second", {"second_life": True, "made_on": "2021-03-12"}, []),
    ("A765101015", "", {}, ["unclassified"]),
    ("JBC4000090304QCB76836300", "", {}, ["unclassified"]),  # its halves exchanged
    ("BT106002512NNTB211118182", "", {}, ["unclassified"]),
    ("XCB1191023030243", "", {}, ["unclassified"]),
    ("175721508069087", "frame-15", {"maker": "1757", "vehicle": "e-bike", "made_in": 2015, "serial": "08069087"}, []),
    ("175729908069087", "frame-15", {"made_in": 2099}, ["future_date"]),
    ("175741508069087", "", {}, ["unclassified"]),  # no such kind of vehicle
    ("https://id.example.eu/01/09520123456788/21/AB-12", "eu-passport-gs1", {"serial": "AB-12"}, []),
    ("https://id.example.eu/8004/952012345AB", "eu-passport-asset", {"serial": "952012345AB"}, []),
    ("urn:epc:id:giai:952012.345678", "eu-passport-urn", {"serial": "952012.345678"}, []),
    ("12345678", "", {}, ["sequence", "unclassified"]),
    ("7B", "", {}, ["short", "unclassified"]),
]


@pytest.mark.parametrize(("code", "scheme", "decoded", "flags"), DECODED)
def test_a_scheme_decodes_its_codes_and_tells_what_does_not_add_up(
    code: str, scheme: str, decoded: dict[str, object], flags: list[str]
) -> None:
    read = identify(code, today=TODAY)
    assert (read.scheme, list(read.flags)) == (scheme, flags)
    assert decoded.items() <= read.decoded.items()


def test_the_kind_of_identifier_decides_which_schemes_are_tried() -> None:
    assert identify("3034257BF7194E4000001A85", "rfid").scheme == "epc-sgtin-96"
    assert identify("3034257BF7194E4000001A85").scheme == ""  # twenty-four hexadecimal digits could be anything
    assert identify("175721508069087", "battery").flags == ("unclassified",)


@pytest.mark.parametrize(
    ("read", "proposed"),
    [
        ("001CB240000003B3CO22I953", "001CB240000003B3C0221953"),  # O and I in a serial that is digits
        ("I7572I5O8O69O87", None),  # five characters: too far from what was read
        ("I75721508O69087", "175721508069087"),
        ("001CB240000003B3C0221953", None),  # adds up as it is
        ("A765101015", None),
    ],
)
def test_what_was_meant_is_proposed_where_it_alone_adds_up(read: str, proposed: str | None) -> None:
    assert meant(read, today=TODAY) == proposed


def test_the_command_prints_what_a_code_is() -> None:
    command = [
        sys.executable,
        "-m",
        "maplebridge.site.cli",
        "property",
        "identify",
        "００１ｃｂ２４００００００３Ｂ３Ｃ０２２１９５３",
    ]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert list(said) == ["canonical", "suggestion", "scheme", "decoded", "flags"]
    assert said["canonical"] == "001CB240000003B3C0221953"
    assert said["decoded"]["made_on"] == "2021-03-12"
