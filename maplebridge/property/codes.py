"""The two keys of a code: `canonical` decides what is equal, `lookalike` only suggests what may have been meant.

A code is what somebody reads off a frame, a battery, a plate or a tag, and types, scans or dictates. The same code
comes with dashes and without, in lower case, in full-width forms of a Chinese keyboard, with a scanner's prefix, behind
a label. All that goes. What stays is never guessed at: a nought is not the letter O, and leading zeros count.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

_LABEL = re.compile(
    r"^\s*(?:s/?n|serial(?:\s*(?:no\.?|number))?|frame(?:\s*(?:no\.?|number))?|no\.?|nr\.?|id|epc|code|"
    r"编号|编码|序列号|车架号|整车编码|电机号|电池编码|电池编号|电池码|号牌|车牌|标签)\s*[:#№]\s*",
    re.IGNORECASE,
)
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z](?=.)")  # ISO/IEC 15424, which a scanner may send ahead
_ADDRESS = re.compile(r"^\s*(?:[A-Z][A-Z0-9+.-]*://|URN:)", re.IGNORECASE)
_KEPT_IN_ADDRESS = frozenset(":/.?=&-_%~+#@;,()[]")

_ALIKE = str.maketrans(
    # what a tired eye takes for another; one of each kind stands for all
    "OILSZB|АВЕКМНОРСТХУІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ〇",
    "0115281A8EKMH0PCTXY15JA8E2H1KMN0PTYX0",
)


def canonical(text: str) -> str:
    """Give the key by which two codes are equal; empty where the text is no code ("0000", "n/a", "不详").

    NFKC, upper case, other scripts' digits as 0-9, without label, scanner's prefix, separators, and whatever is no
    letter or digit. A web address or URN (an EU battery passport) keeps its punctuation, for it tells its parts apart.
    Applying it twice changes nothing.
    """
    plain = text.isascii() and text.isalnum()  # as most are scanned: nothing to clean
    key = text.upper() if plain else _settled(text)
    return "" if is_placeholder(key) else key


def lookalike(text: str) -> str:
    """Give the key that codes share which the eye confuses (O0, I1L|, S5, Z2, B8, Cyrillic and Greek capitals).

    It suggests, and never decides: `001CB240000003B3C0221953` and `001CB24000000383C0221953` are two batteries.
    """
    return canonical(text.replace("|", "1").replace("¦", "1")).translate(_ALIKE)


def is_placeholder(key: str) -> bool:
    """Tell whether a settled key says that there is no code: nothing, a known word, one character over and over."""
    if not key or key in _no_codes():
        return True
    return key == key[0] * len(key) and not "\u4e00" < key[0] <= "\u9fff"


@cache
def _no_codes() -> frozenset[str]:
    lines = files("maplebridge.property").joinpath("no_codes.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _settled(text: str) -> str:
    """Clean until nothing changes any more: upper case, composition and a label may each lay bare another."""
    key = _cleaned(text)
    while (again := _cleaned(key)) != key:
        key = again
    return key


def _cleaned(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = unicodedata.normalize("NFKC", text.upper())
    text = _LABEL.sub("", _SYMBOLOGY.sub("", text.strip()))
    kept = _KEPT_IN_ADDRESS if _ADDRESS.match(text) else frozenset[str]()
    return "".join(_plain(each) for each in text if each.isalnum() or each in kept).rstrip("/")


def _plain(each: str) -> str:
    """A digit of any script as 0-9."""
    value = unicodedata.decimal(each, None)
    return each if value is None or "0" <= each <= "9" else str(value)
