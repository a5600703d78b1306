"""The arrays that kernels take."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Seconds = NDArray[np.float32]  # tables of travel time; infinite where there is no way


class Cover(NamedTuple):
    """n needs and m sites. The sites that reach need i are `by_need[need_at[i]:need_at[i + 1]]`, ascending.

    The needs that site j reaches are `by_site[site_at[j]:site_at[j + 1]]`. `alone` is the weight that nobody reaches.
    """

    weights: Floats
    need_at: Ints
    by_need: Ints
    site_at: Ints
    by_site: Ints
    alone: float = 0.0

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.site_at) - 1

    def sites_of(self, need: int | np.integer) -> Ints:
        """The sites that reach a need."""
        return self.by_need[self.need_at[need] : self.need_at[need + 1]]

    def needs_of(self, site: int | np.integer) -> Ints:
        """The needs that a site reaches."""
        return self.by_site[self.site_at[site] : self.site_at[site + 1]]
