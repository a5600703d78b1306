"""The Merkle tree of the journal: RFC 9162 section 2.1 (hashing of RFC 6962). Pure functions on bytes."""

from collections.abc import Iterable
from hashlib import sha256

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
