"""Hashes of the tree in tiles of 256, as c2sp.org/tlog-tiles lays them out, and a tree that is read from them.

The tile at level L and index N has the hashes of the nodes 256 N to 256 N + 255 at height 8 L of the tree. Only whole
nodes stand in tiles, so a tile never changes once it is full. Knows nothing of Django or a database.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maplebridge.journal.tree import (
    HASH_BYTES,
    Span,
    consistency_spans,
    inclusion_spans,
    node_hash,
    root_of,
    verify_consistency,
)

WIDTH = 256
HEIGHT = 8
DEEPEST = 63 // HEIGHT
_INDEX = re.compile(r"(?:x\d{3}/)*\d{3}")
Read = Callable[["Tile"], bytes]


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile, and how many of its hashes (1 to 256)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below `tile/`: `0/x001/234`, with `.p/W` where it is not full."""
        return f"{self.level}/{index_path(self.index)}{'' if self.width == WIDTH else f'.p/{self.width}'}"


def index_path(index: int) -> str:
    """Write an index in groups of three digits, all but the last with an x: 1234067 is `x001/x234/067`."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def read_index(path: str) -> int | None:
    """Read what `index_path` wrote; None for anything else."""
    if not _INDEX.fullmatch(path) or len(path) > 32:
        return None
    index = int(path.replace("x", "").replace("/", ""))
    return index if index_path(index) == path else None


def tile_of(level: int, index: int, *, size: int) -> Tile | None:
    """The tile as a tree of `size` entries has it, full or not; None where it has none of its nodes."""
    width = min(WIDTH, (size >> HEIGHT * level) - WIDTH * index)
    return Tile(level, index, width) if width > 0 and 0 <= level <= DEEPEST else None


class TiledTree:
    """A tree of `size` entries read from its tiles, each once."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[Tile, bytes] = {}

    def root(self) -> bytes:
        """Root over all entries."""
        return self.hash_of((0, self.size)) if self.size else root_of(())

    def hash_of(self, span: Span) -> bytes:
        """Root over the leaves of a span that begins at a multiple of the power of two at or above its length."""
        low, high = span
        count = high - low
        if count & (count - 1) == 0:
            return self._whole(low, count.bit_length() - 1)
        middle = low + (1 << (count - 1).bit_length() - 1)
        return node_hash(self.hash_of((low, middle)), self.hash_of((middle, high)))

    def hashes(self, spans: Sequence[Span]) -> list[bytes]:
        """Roots over several spans: a proof."""
        return [self.hash_of(span) for span in spans]

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that leaf `index` is in this tree. Raises ProofFault."""
        return self.hashes(inclusion_spans(index, self.size))

    def must_begin_with(self, size: int, root: bytes) -> None:
        """Check that an earlier tree is the beginning of this one. Raises ProofFault."""
        proof = self.hashes(consistency_spans(size, self.size))
        verify_consistency(size, self.size, root, self.root(), proof)

    def _whole(self, low: int, height: int) -> bytes:
        """The node at a height over the leaves from `low`."""
        level = height // HEIGHT
        first, count = low >> HEIGHT * level, 1 << height % HEIGHT
        packed = self._tile(level, first // WIDTH)
        start = first % WIDTH * HASH_BYTES
        nodes = [packed[at : at + HASH_BYTES] for at in range(start, start + count * HASH_BYTES, HASH_BYTES)]
        while len(nodes) > 1:
            nodes = [node_hash(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
        return nodes[0]

    def _tile(self, level: int, index: int) -> bytes:
        tile = tile_of(level, index, size=self.size)
        if tile is None:
            raise ValueError(f"a tree of {self.size} has no tile {level}/{index}")
        if tile not in self._tiles:
            self._tiles[tile] = self._read(tile)
        return self._tiles[tile]
