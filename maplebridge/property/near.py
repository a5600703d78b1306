"""Codes within two edits of one: substitution, insertion, deletion, transposition of neighbours.

Offered to an investigator, never alarmed on. Two million codes take some 10 ms, each takes its letters and 32 bytes:
a signature of 16 bytes rules out nearly all (`kernels.near`), the distance itself decides about the rest, and nothing
within reach is ever missed.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from maplebridge.property.kernels import near as kernels

Array = np.ndarray[Any, np.dtype[Any]]

MOST_EDITS = 2
_BLOCKS = 8  # beyond it all are made one
_OTHER = 63  # of the letters: every character that codes seldom have
_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Near(NamedTuple):
    """A code that is near: its number in the index, and how many edits away (at least, where characters are rare)."""

    number: int
    edits: int


class _Block(NamedTuple):
    """Codes by length, shortest first."""

    numbers: Array
    letters: Array
    begins: Array
    signs: Array
    shorter: Array  # how many codes are shorter than 0, 1, 2 ... characters

    def between(self, shortest: int, longest: int) -> tuple[int, int]:
        """First, and one past the last, of the codes of these lengths."""
        top = self.shorter.size - 1
        return int(self.shorter[min(max(shortest, 0), top)]), int(self.shorter[min(longest + 1, top)])


def _alphabet() -> tuple[Array, Array, Array]:
    """A byte for each of the first 65,536 characters; where its count stands in a signature, and how wide."""
    letter_of = np.full(65_536, _OTHER, np.uint8)
    places, widths = np.zeros(256, np.int64), np.zeros(256, np.int64)
    bit = 0
    for number, each in enumerate(_DIGITS + _LETTERS):
        letter_of[ord(each)] = number
        places[number], widths[number] = bit, 6 if each in _DIGITS else 2
        bit += int(widths[number])
    chinese = np.arange(0x3400, 0xA000)  # plates: 31 provinces
    letter_of[chinese] = 64 + chinese % 64
    places[_OTHER:], widths[_OTHER:] = bit, 16
    return letter_of, places, widths


_LETTER_OF, _PLACES, _WIDTHS = _alphabet()


class NearIndex:
    """Codes to search for near ones. Not safe for two threads that add; searching is, beside one that adds."""

    def __init__(self) -> None:
        self._blocks: tuple[_Block, ...] = ()

    def __len__(self) -> int:
        return sum(block.numbers.size for block in self._blocks)

    @property
    def size(self) -> int:
        """Bytes of memory that it takes."""
        return sum(array.nbytes for block in self._blocks for array in block)

    def add(self, numbers: Sequence[int], codes: Sequence[str]) -> None:
        """Add canonical codes under numbers (keys of a table), each a positive int."""
        if not codes:
            return
        blocks = (*self._blocks, _sorted(np.asarray(numbers, np.int64), *_spelt(codes)))
        self._blocks = (_joined(blocks),) if len(blocks) > _BLOCKS else blocks

    def find(self, code: str, *, edits: int = MOST_EDITS) -> list[Near]:
        """All codes within so many edits of a canonical one, nearest first; itself included. Some 10 ms for 2,000,000.

        Two characters outside 0-9 and A-Z may count as one here: what the numbers stand for says whether they are.
        """
        sought, begins = _spelt([code])
        sign = kernels.signatures(sought, begins, _PLACES, _WIDTHS)[0]
        found = [near for block in self._blocks for near in _near(block, sought, sign, edits)]
        return sorted(found, key=lambda near: (near.edits, near.number))


def warm() -> None:
    """Compile or load the kernels, so that no question waits for it: for the start of a server."""
    index = NearIndex()
    index.add([1], ["WARM1"])
    index.find("WARM2")


def edits_between(one: str, other: str) -> int:
    """The Damerau-Levenshtein distance of two codes."""
    return int(DamerauLevenshtein.distance(one, other))


def _near(block: _Block, sought: Array, sign: Array, edits: int) -> Iterable[Near]:
    first, last = block.between(sought.size - edits, sought.size + edits)
    room = np.empty(last - first + 1, np.int64)
    count = kernels.candidates(block.signs, first, last, sign, 2 * edits, room)
    left = room[:count]
    distances = kernels.distances(block.letters, block.begins, left, sought, edits)
    within = distances <= edits
    return map(Near, block.numbers[left[within]].tolist(), distances[within].tolist())


def _spelt(codes: Sequence[str]) -> tuple[Array, Array]:
    """Codes as bytes, and where each begins; characters beyond the first 65,536 are one."""
    joined = "".join(codes).encode("utf-32-le", "surrogatepass")
    points = np.minimum(np.frombuffer(joined, np.uint32), 65_535)
    begins = np.zeros(len(codes) + 1, np.int64)
    np.cumsum([len(code) for code in codes], out=begins[1:])
    return _LETTER_OF[points], begins


def _sorted(numbers: Array, letters: Array, begins: Array) -> _Block:
    lengths = np.diff(begins)
    order = np.argsort(lengths, kind="stable")
    ends = np.cumsum(lengths[order])
    ordered = np.concatenate((np.zeros(1, np.int64), ends))
    # each letter's source: its code's old begin, plus how far it is from its code's new begin
    source = np.arange(letters.size) + np.repeat(begins[order] - ordered[:-1], lengths[order])
    letters = letters[source]
    signs = kernels.signatures(letters, ordered, _PLACES, _WIDTHS)
    shorter = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(lengths))))
    return _Block(numbers[order], letters, ordered, signs, shorter)


def _joined(blocks: Sequence[_Block]) -> _Block:
    letters = np.concatenate([block.letters for block in blocks])
    lengths = np.concatenate([np.diff(block.begins) for block in blocks])
    begins = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    return _sorted(np.concatenate([block.numbers for block in blocks]), letters, begins)
