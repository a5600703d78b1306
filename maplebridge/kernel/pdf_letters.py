"""The letters of paper: which font, what it can show, and where a line may break."""

import os
import re
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from django.utils.translation import gettext as _

from maplebridge.kernel.refused import Refused

_CLOSING = "，。、；：？！）】》」』”’％,.;:?!)]}%…—·"  # begins no line
_OPENING = "（【《「『“‘([{¥$#"  # ends no line
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_NARROW = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_PIECES = re.compile(r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]|[^\s\u2e80-\uffef]+")


class CannotPrint(Refused):
    """No font for the paper."""


def font_path() -> Path:
    """Give the font of all paper. Raises CannotPrint where the one that was asked for cannot be used."""
    given = os.environ.get("MAPLEBRIDGE_PDF_FONT", "")
    path = Path(given) if given else Path(pylopdf_fonts_zh_cn.sans_path())
    if not path.is_file():
        raise CannotPrint(
            _("The font for printing is not there: %(path)s. Correct MAPLEBRIDGE_PDF_FONT.") % {"path": path}
        )
    return path


@cache
def letters(path: Path) -> frozenset[int]:
    """The code points that a font can show."""
    from fontTools.ttLib import TTFont  # only who prints waits for it

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except Exception as error:
        sentence = _("The font for printing cannot be read: %(path)s. A TrueType or OpenType font is needed.")
        raise CannotPrint(sentence % {"path": path}) from error


def pieces(text: str) -> list[str]:
    """Split text where a line may break: at spaces, and between Chinese letters but not before closing punctuation."""
    found: list[str] = []
    for piece in _PIECES.findall(text):
        glued = found and not found[-1].isspace() and (piece[0] in _CLOSING or found[-1][-1] in _OPENING)
        if glued:
            found[-1] += piece
        else:
            found.append(" " if piece.isspace() else piece)
    return found


def plain(text: str) -> str:
    """Make curly quotes straight where no Chinese letter stands: a Chinese font sets them as wide as a letter."""
    return text if _CHINESE.search(text) else text.translate(_NARROW)
