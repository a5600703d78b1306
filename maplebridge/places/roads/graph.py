"""The road graph of one mode: junctions and links as flat arrays that every process maps from the same files.

A *link* is one direction of a chain of street between junctions (link 2c along chain c, 2c + 1 against it). A *state*
is a junction, or a copy of it for those who came in by a link from which some turn is forbidden.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.contract import Floats, Ints


class Graph(NamedTuple):
    """Arrays of one mode. Times are integer milliseconds, lengths metres, coordinates degrees (WGS 84)."""

    out_first: Ints  # by state: its arcs outward
    out_head: Ints
    out_ms: Ints
    out_m: npt.NDArray[np.float32]
    out_link: Ints
    in_first: Ints  # by state: its arcs inward
    in_tail: Ints
    in_ms: Ints
    in_m: npt.NDArray[np.float32]
    in_link: Ints
    link_head: Ints  # by link: the state it ends in, -1 where closed
    link_ms: Ints  # by link: its whole time, -1 where closed
    link_first: Ints  # by link: the states it can be entered from
    link_tail: Ints
    link_wait: Ints  # ms lost in turning from there, already in the arcs' own ms
    chain_first: Ints  # by chain: its points
    chain_m: npt.NDArray[np.float32]
    pt_chain: Ints
    pt_lon: Floats
    pt_lat: Floats
    pt_m: npt.NDArray[np.float32]
    pt_along: Ints
    pt_against: Ints
    grid_first: Ints
    grid_point: Ints
    grid_box: Floats  # west, south, cell width, cell height (degrees), columns, rows

    def save(self, directory: Path) -> None:
        """Write one .npy file per array into an existing directory."""
        for name, array in self._asdict().items():
            np.save(directory / f"{name}.npy", array)

    @classmethod
    def load(cls, directory: Path) -> "Graph":
        """Map the arrays read-only from `directory`; every process shares the same pages."""
        return cls(*(np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r")) for name in cls._fields))
