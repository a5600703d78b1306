"""Compile, or load from the cache on disk, every kernel a request can need, so that no request waits for a compiler.

Where the compiled code is kept: see `compiled`.
"""

import tempfile
from pathlib import Path

from maplebridge.places.roads.build import build
from maplebridge.places.roads.modes import MODES
from maplebridge.places.roads.network import RoadNetwork, Roads, StraightLine

_TINY = """<osm version="0.6">
<node id="1" lat="0.0" lon="0.0"/><node id="2" lat="0.0" lon="0.001"/><node id="3" lat="0.001" lon="0.001"/>
<node id="4" lat="0.001" lon="0.0"/><node id="5" lat="0.002" lon="0.001"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="residential"/></way>
<way id="2"><nd ref="3"/><nd ref="5"/><tag k="highway" v="residential"/></way>
</osm>"""


def warm(roads: Roads | None = None) -> None:
    """Make every kernel ready in this process: some 15 s on the first run of an installation, then under a second.

    With `roads`, its files are read into memory too, and each mode gets its first scratch arrays.
    """
    with tempfile.TemporaryDirectory(prefix="maplebridge-warm-") as folder:
        source = Path(folder) / "tiny.osm"
        source.write_text(_TINY, "ascii")
        build(source, Path(folder) / "roads")
        network = RoadNetwork.load(Path(folder) / "roads", "car")
        places = network.snap([0.0, 0.001, 0.001], [0.0, 0.0, 0.002])
        network.nearest(0.0005, 0.001, places, 2)
        network.seconds_to(0.0005, 0.001, places)
        network.table(places.take([0]), places)
        network.route(0.0, 0.0, 0.001, 0.002)
        network.reachable(0.0, 0.0, 30.0).outline()
    if roads:
        for mode in MODES:
            _touch(roads.mode(mode))


def _touch(network: RoadNetwork | StraightLine) -> None:
    if isinstance(network, RoadNetwork):
        for array in network.graph:
            array.max(initial=0)
        lon, lat = float(network.graph.pt_lon[0]), float(network.graph.pt_lat[0])
        network.nearest(lon, lat, network.snap([lon], [lat]), 1)


if __name__ == "__main__":
    warm()
