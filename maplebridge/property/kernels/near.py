"""Kernels of the near search: signatures that rule out, and the distance itself for what is left.

A code is a row of bytes, each standing for a character. Its signature counts characters in unary, so that the number of
bits in which two signatures differ is at most twice the number of edits between the codes: an insertion or deletion
changes one count, a substitution two, a transposition none.
"""

from typing import Any

import numpy as np

from maplebridge.property.kernels.compiled import compiled

Array = np.ndarray[Any, np.dtype[Any]]

FAR = 99  # a distance beyond what was asked for


@compiled
def signatures(letters: Array, begins: Array, places: Array, widths: Array) -> Array:
    """Count the characters of each code in unary: (n, 2) uint64.

    `places` (256) is the first bit of a character in its signature of 128 bits, `widths` (256) how many bits it has:
    what occurs more often than that is not counted further. Code i is `letters[begins[i]:begins[i + 1]]`.
    """
    signs = np.zeros((begins.size - 1, 2), np.uint64)
    seen = np.zeros(128, np.int64)
    for code in range(begins.size - 1):
        for at in range(begins[code], begins[code + 1]):
            place = places[letters[at]]
            if seen[place] < widths[letters[at]]:
                bit = place + seen[place]
                signs[code, bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)
                seen[place] += 1
        for at in range(begins[code], begins[code + 1]):
            seen[places[letters[at]]] = 0
    return signs


@compiled
def candidates(signs: Array, first: int, last: int, sought: Array, most_bits: int, found: Array) -> int:
    """Write the numbers of the codes in `first:last` whose signature differs by at most so many bits; gives how many.

    `sought` (2,) is the signature that is searched for. `found` has room for all.
    """
    low, high, count = sought[0], sought[1], 0
    for code in range(first, last):
        found[count] = code
        count += _bits(signs[code, 0] ^ low) + _bits(signs[code, 1] ^ high) <= most_bits
    return count


@compiled
def distances(letters: Array, begins: Array, codes: Array, sought: Array, most: int) -> Array:
    """Measure the Damerau-Levenshtein distance of codes from one; `FAR` beyond `most` edits, at most 2. (n,) uint8.

    Substitution, insertion, deletion, and transposition of neighbours, also with one insertion or deletion between
    them afterwards (Lowrance and Wagner, JACM 22, 1975): what two slips of a hand can do. Only the band of
    `2 * most + 1` diagonals is computed, and left when all of it is beyond `most`.
    """
    result = np.empty(codes.size, np.uint8)
    width = 2 * most + 1
    rows = np.empty((4, width + 2), np.int64)
    for number in range(codes.size):
        begin, end = begins[codes[number]], begins[codes[number] + 1]
        result[number] = _distance(letters[begin:end], sought, most, rows)
    return result


@compiled
def _distance(one: Array, other: Array, most: int, rows: Array) -> int:
    """The distance of two codes. Row r of the table is kept as its band: cell c is column r - most + c - 1."""
    n, m = one.size, other.size
    if abs(n - m) > most:
        return FAR
    width = 2 * most + 1
    rows[:] = FAR
    for cell in range(1, width + 1):
        column = cell - 1 - most
        if column >= 0:
            rows[0, cell] = column
    for r in range(1, n + 1):
        now, before, earlier, earliest = rows[r % 4], rows[(r - 1) % 4], rows[(r - 2) % 4], rows[(r - 3) % 4]
        least = FAR
        now[0] = now[width + 1] = FAR
        for cell in range(1, width + 1):
            column = r - most + cell - 1
            value = FAR
            if column == 0:
                value = r
            elif 0 < column <= m:
                same = one[r - 1] == other[column - 1]
                value = min(before[cell] + (not same), before[cell + 1] + 1, now[cell - 1] + 1)
                value = min(value, _exchanged(one, other, r, column, earlier, earliest, cell))
            now[cell] = value
            least = min(least, value)
        if least > most:
            return FAR
    value = rows[n % 4, m - n + most + 1]
    return value if value <= most else FAR


@compiled
def _exchanged(one: Array, other: Array, r: int, column: int, earlier: Array, earliest: Array, cell: int) -> int:
    """The distance where the last step exchanged two characters, at most one put in or left out between them."""
    value = FAR
    if r > 1 and column > 1 and one[r - 1] == other[column - 2] and one[r - 2] == other[column - 1]:
        value = earlier[cell] + 1
    if r > 1 and column > 2 and one[r - 1] == other[column - 3] and one[r - 2] == other[column - 1]:
        value = min(value, earlier[cell - 1] + 2)
    if r > 2 and column > 1 and one[r - 1] == other[column - 2] and one[r - 3] == other[column - 1]:
        value = min(value, earliest[cell + 1] + 2)
    return value


@compiled
def _bits(word: Any) -> int:
    """How many bits are set (Warren, Hacker's Delight, section 5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))
