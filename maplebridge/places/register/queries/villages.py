"""In which division a point lies where no borders are drawn: the registered house next to it says so."""

from maplebridge.places.models import Area
from maplebridge.places.register.queries.around import addresses_around

NEXT_TO_M = 150.0


def area_by_houses(lon: float, lat: float) -> Area | None:
    """Give the area of the registered building nearest to a point, None where none is within 150 m.

    Divisions that come as a table have no borders, so that the register alone can say in which village a point lies.
    """
    near = addresses_around(lon, lat, limit=1, widths_m=(NEXT_TO_M,))
    return near[0].address.area if near and near[0].distance_m <= NEXT_TO_M else None
