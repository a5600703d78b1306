"""Text as people type it: without case, accents and punctuation; Chinese also by pinyin and by initials."""

import re
import unicodedata
from functools import lru_cache

from maplebridge.places.rules import Names, has_cjk

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})
_NOT_WORD = re.compile(r"[\W_]+")
_CJK_RUN = re.compile(r"[\u3400-\u9fff]+")
SEARCH_LONGEST = 500

# What is often written short, by the full word it stands for (already folded).
SHORT_FORMS: dict[str, tuple[str, ...]] = {
    "st": ("street", "saint", "sankt"), "str": ("street", "strasse"),
    "ave": ("avenue", "avenida"), "av": ("avenue", "avenida"),
    "rd": ("road",), "blvd": ("boulevard",), "dr": ("drive",), "ln": ("lane",), "ct": ("court",), "pl": ("place",),
    "sq": ("square",), "hwy": ("highway",), "pkwy": ("parkway",), "ter": ("terrace",), "cir": ("circle",),
    "r": ("rua", "rue"),
    "sta": ("santa",), "sto": ("santo",),
    "n": ("north",), "s": ("south", "sao", "santo", "santa"), "e": ("east",), "w": ("west",), "nw": ("northwest",),
    "ne": ("northeast",), "sw": ("southwest",), "se": ("southeast",), "mt": ("mount",), "k": ("katu",),
    "pr": ("praca",),
}  # fmt: skip


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Fold to lower case words of letters and digits without accents, one space between them.

    Unicode NFKD, case folded and NFKD again (the toNFKC_Casefold idea: 𝓐 has no lower case before it is A), then
    combining marks dropped; letters that do not decompose (ø, ł, ß ...) by table.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = folded.translate(_LETTERS)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare).strip()


def pinyin_of(text: str) -> str:
    """Give the syllables of a Chinese text, a space between them: 建设路 gives `jian she lu`."""
    from pypinyin import lazy_pinyin  # its dictionary takes a third of a second to load: only where Chinese is read

    return " ".join(fold(part) for part in lazy_pinyin(text) if fold(part))


def search_text(names: Names) -> str:
    """Give all that something is called, folded, between bars; a Chinese name also as `~` and its pinyin."""
    folded = dict.fromkeys(fold(name) for name in (names.name, names.zh, *names.others) if name)
    variants = [name for name in folded if name]
    for name in dict.fromkeys((names.zh, names.name, *names.others)):
        if has_cjk(name):
            variants.append("~" + pinyin_of(name))
    out = ""
    for variant in dict.fromkeys(variants):
        longer = f"{out}|{variant}" if out else variant
        if len(longer) > SEARCH_LONGEST:
            break
        out = longer
    return out


def tokens_of(search: str) -> set[str]:
    """Give the beginnings by which a search text is found: words, Chinese text and pinyin from every syllable on."""
    tokens: set[str] = set()
    for variant in search.split("|"):
        if variant.startswith("~"):
            syllables = variant[1:].split()
            for i in range(len(syllables)):
                tokens.add("".join(syllables[i:]))
                tokens.add("".join(syllable[0] for syllable in syllables[i:]))
            continue
        for word in variant.split():
            tokens.add(word)
            for run in _CJK_RUN.finditer(word):
                tokens.update(word[i:] for i in range(run.start(), run.end()))
    return tokens
