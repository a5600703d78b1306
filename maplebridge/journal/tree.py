"""The Merkle tree of the journal: RFC 9162 section 2.1 (hashing of RFC 6962). Pure functions on bytes."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry: SHA-256(0x00 || entry). RFC 9162 section 2.1.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees: SHA-256(0x01 || left || right). RFC 9162 section 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: one root for each perfect subtree, largest first.

    Appending costs one hash on average and the state is at most 64 hashes, so it is kept in one row.
    The sizes of the subtrees are the set bits of `size`, high to low.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError("a frontier has one peak for each set bit of its size")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes) on the right."""
        carry, size = leaf, self.size
        while size & 1:
            carry = node_hash(self.peaks.pop(), carry)
            size >>= 1
        self.peaks.append(carry)
        self.size += 1

    def joined(self, peaks: Iterable[bytes], size: int) -> "Frontier":
        """Give the frontier of `size` leaves, this one's and then perfect subtrees with these peaks, largest first.

        None of them may be larger than the smallest of this one's own.
        """
        whole, added = Frontier(self.size, self.peaks), size - self.size
        for peak in peaks:
            leaves = 1 << added.bit_length() - 1
            carry, count = peak, whole.size // leaves
            while count & 1:
                carry = node_hash(whole.peaks.pop(), carry)
                count >>= 1
            whole.peaks.append(carry)
            whole.size += leaves
            added -= leaves
        return whole

    def root(self) -> bytes:
        """Root hash of the tree so far (32 bytes)."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """Pack the peaks for storage: 32 bytes each."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> "Frontier":
        """Unpack what `to_bytes` packed. Raises ValueError when it does not fit the size."""
        return cls(size, (packed[i : i + 32] for i in range(0, len(packed), 32)))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root hash over leaf hashes in order. RFC 9162 section 2.1.1."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


class ProofFault(Exception):
    """A proof that does not hold; its text says why."""


Span = tuple[int, int]  # the leaves from the first to before the second, whose subtree's hash a proof carries


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Name the subtrees that an inclusion proof of leaf `index` (from 0) carries, lowest first. RFC 9162, 2.1.3.1."""
    if not 0 <= index < size:
        raise ProofFault(f"a tree of {size} has no leaf {index}")
    spans, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Name the subtrees that a proof that `old` leaves are the first of `new` carries. RFC 9162, 2.1.4.1."""
    if not 0 < old <= new:
        raise ProofFault(f"no proof leads from a tree of {old} to one of {new}")
    spans, low, high = [], 0, new
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return ([(low, high)] if low else []) + spans[::-1]


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def verify_inclusion(index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that `leaf` (a leaf hash) is number `index` (from 0) of the tree. RFC 9162, 2.1.3.2. Raises ProofFault."""
    if not 0 <= index < size:
        raise ProofFault(f"a tree of {size} has no leaf {index}")
    _must_be_hashes(leaf, root, *proof)
    found = leaf
    for sibling, on_the_left in _climb(index, size - 1, proof):
        found = node_hash(sibling, found) if on_the_left else node_hash(found, sibling)
    if found != root:
        raise ProofFault("the proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `old` leaves is the beginning of that of `new`. RFC 9162, 2.1.4.2. Raises ProofFault."""
    if not 0 < old <= new:
        raise ProofFault(f"no proof leads from a tree of {old} to one of {new}")
    if old == new:
        if proof:
            raise ProofFault("the proof is too long")
        if old_root != new_root:
            raise ProofFault("two trees of one size have different roots")
        return
    _must_be_hashes(old_root, new_root, *proof)
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ProofFault("the proof is too short")
    level = ((old - 1) ^ old).bit_length() - 1  # how many of the lowest bits of old - 1 are set
    first = second = path[0]
    for sibling, on_the_left in _climb((old - 1) >> level, (new - 1) >> level, path[1:]):
        first = node_hash(sibling, first) if on_the_left else first
        second = node_hash(sibling, second) if on_the_left else node_hash(second, sibling)
    if first != old_root:
        raise ProofFault("the earlier tree is not the beginning of the later one")
    if second != new_root:
        raise ProofFault("the proof leads to another root")


def _must_be_hashes(*values: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in values):
        raise ProofFault("a hash has 32 bytes")


def _climb(number: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Give each hash on the way from node `number` up, and whether it is the left one of its pair.

    `last` is the number of the rightmost node of that level. Raises ProofFault when the way does not end at the root.
    """
    for sibling in path:
        if last == 0:
            raise ProofFault("the proof is too long")
        on_the_left = bool(number & 1) or number == last
        yield sibling, on_the_left
        while on_the_left and number and not number & 1:  # it stands alone at its level: it rises as it is
            number, last = number >> 1, last >> 1
        number, last = number >> 1, last >> 1
    if last != 0:
        raise ProofFault("the proof is too short")
