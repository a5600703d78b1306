"""The search index: names by the beginnings of their words, with typing errors; built once per process and edition."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from maplebridge.places.fold import SHORT_FORMS, fold, pinyin_of, tokens_of
from maplebridge.places.rules import has_cjk, rank_of

Ids = npt.NDArray[np.int32]
MOST_WEIGHED = 400  # candidates looked at one by one; they lie in order of rank and length of name
_KIND_RANK = {"area": 0, "street": 0, "station": 2}


class Named(NamedTuple):
    """A street, named place, station or area; `search` as `fold.search_text` makes it."""

    kind: str
    category: str
    name: str
    name_zh: str
    search: str
    lon: float
    lat: float

    @property
    def rank(self) -> int:
        """How early it is offered, 0 first."""
        return _KIND_RANK.get(self.kind, rank_of(self.category))


class Match(NamedTuple):
    """A name that fits, and how well: 1 exactly, 0.5 hardly."""

    named: Named
    quality: float


class NameIndex:
    """Finds names by what is typed so far."""

    def __init__(self, rows: Iterable[Named]) -> None:
        self.rows = sorted(rows, key=lambda row: (row.rank, len(row.name), row.name))
        postings: dict[str, list[int]] = defaultdict(list)
        for i, row in enumerate(self.rows):
            for token in tokens_of(row.search):
                postings[token].append(i)
        self._tokens = sorted(postings)
        sizes = [len(postings[token]) for token in self._tokens]
        self._ends = [0, *np.cumsum(sizes, dtype=np.int64).tolist()]
        flat = [i for token in self._tokens for i in postings[token]]
        self._flat = np.array(flat, np.int32)  # the rows of every token, one token after the other
        self._letters = np.array([_letters(token) for token in self._tokens], np.uint64)

    def __len__(self) -> int:
        return len(self.rows)

    def match(self, typed: str, kinds: Sequence[str] = (), limit: int = 40) -> list[Match]:
        """Give what fits the text, best first. The last word may be unfinished; words may hold typing errors."""
        query = fold(typed)
        if not query:
            return []
        words = query.split()
        found = self._with_all(words)
        weight = 1.0
        if not len(found) and len(words) > 1:
            found, weight = self._with_all(["".join(words)]), 0.95
        if not len(found) and len(words) > 1:
            found, weight = self._but_one(words), 0.7
        if not len(found) and has_cjk(query):  # 參議院 is found by 参议院: both are can yi yuan
            query, weight = pinyin_of(query), 0.9
            found = self._with_all([query.replace(" ", "")])
        rows = [self.rows[i] for i in found.tolist() if not kinds or self.rows[i].kind in kinds][:MOST_WEIGHED]
        matches = [Match(row, round(weight * _quality(query, row.search) - 0.008 * row.rank, 3)) for row in rows]
        return sorted(matches, key=lambda match: (-match.quality, match.named.rank))[:limit]

    def _with_all(self, words: Sequence[str]) -> Ids:
        sets = sorted((self._with(word) for word in words), key=len)
        found = sets[0]
        for other in sets[1:]:
            found = np.intersect1d(found, other, assume_unique=True)
        return found

    def _but_one(self, words: Sequence[str]) -> Ids:
        """Give what has all words but one: `Kalevankatu Helsinki`."""
        parts = [self._with_all([*words[:i], *words[i + 1 :]]) for i in range(len(words))]
        return np.unique(np.concatenate(parts))

    def _with(self, word: str) -> Ids:
        """Give the rows with a word that begins so, is written short so, or nearly so."""
        parts = [self._beginning(full) for full in (word, *SHORT_FORMS.get(word, ()))]
        if not any(len(part) for part in parts):
            parts = [self._flat[self._ends[i] : self._ends[i + 1]] for i in self._nearly(word)]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int32)

    def _beginning(self, word: str) -> Ids:
        low = bisect_left(self._tokens, word)
        return self._flat[self._ends[low] : self._ends[bisect_left(self._tokens, word + "\uffff", low)]]

    def _nearly(self, word: str) -> list[int]:
        """Give the tokens, or those that begin so, that are one typing error away (two from eight letters on).

        An error brings at most one letter that the token lacks: what lacks more is not compared.
        """
        if len(word) < 4 or not word.isalpha():
            return []
        most = 1 if len(word) < 8 else 2
        missing = np.zeros(len(self._letters), np.int8)
        for letter in set(word):
            missing += (self._letters & np.uint64(_letters(letter))) == 0
        likely = np.flatnonzero(missing <= most).tolist()
        found: set[int] = set()
        for length in (99, len(word) - 1, len(word), len(word) + 1):
            choices = [self._tokens[i][:length] for i in likely]
            fits = process.extract(word, choices, scorer=OSA.distance, score_cutoff=most, limit=40)
            found.update(likely[i] for _text, _distance, i in fits)
        return sorted(found)


def _letters(text: str) -> int:
    """Give the set of a text's letters as bits of a 64-bit number (several letters share a bit)."""
    bits = 0
    for char in text:
        bits |= 1 << (ord(char) & 63)
    return bits


def _quality(query: str, search: str) -> float:
    """Weigh how well a query fits a search text: the whole name, its beginning, a word's beginning, or by likeness."""
    best = 0.0
    joined = query.replace(" ", "")
    for place, variant in enumerate(search.split("|")):
        if variant.startswith("~"):
            syllables = variant[1:].split()
            full, initials = "".join(syllables), "".join(s[0] for s in syllables)
            fit = 0.98 if joined == full else 0.9 if full.startswith(joined) else 0.88 if initials == joined else 0.78
        elif variant == query:
            fit = 1.0
        elif variant.startswith(query):
            fit = 0.9 + 0.05 * len(query) / len(variant)
        elif f" {query}" in variant or (query in variant and not query.isascii()):
            fit = 0.84
        else:
            fit = max(_word_by_word(query.split(), variant.split()), 0.5 + 0.34 * _likeness(query, variant))
        best = max(best, fit - (0.02 if place else 0.0))  # its proper name comes first
    return best


def _likeness(query: str, variant: str) -> float:
    return max(ratio(query, variant), ratio(query, variant[: len(query)])) / 100


def _word_by_word(words: Sequence[str], name: Sequence[str]) -> float:
    """Weigh a query whose words are those of the name in order, whole, begun or written short: `k st nw`; else 0."""
    if len(words) > len(name):
        return 0.0
    parts = 0.0
    for word, full in zip(words, name, strict=False):
        if word == full or full in SHORT_FORMS.get(word, ()):
            parts += 1
        elif full.startswith(word):
            parts += len(word) / len(full)
        else:
            return 0.0
    return 0.8 + 0.16 * parts / len(name)
