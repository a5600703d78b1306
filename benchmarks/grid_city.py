"""A city for benchmarks: a grid of named streets, 14 km by 14 km, nine quarters. Invented, made in a second."""

from pathlib import Path

WEST, SOUTH, STEP_LON, STEP_LAT, SIDE = 10.0, 50.0, 0.005, 0.0032, 40


def write(folder: Path) -> tuple[Path, Path]:
    """Write the streets as OpenStreetMap XML and the quarters as GeoJSON; returns both files."""
    streets, quarters = folder / "grid.osm", folder / "quarters.geojson"
    each = range(SIDE)
    nodes = [_node(row, column) for row in each for column in each]
    ways = [_way(n + 1, f"{n + 1}. Street", [n * SIDE + m + 1 for m in each]) for n in each]
    ways += [_way(SIDE + n + 1, f"{n + 1}. Avenue", [m * SIDE + n + 1 for m in each]) for n in each]
    streets.write_text(f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>', encoding="utf-8")
    quarters.write_text(_quarters(), encoding="utf-8")
    return streets, quarters


def _node(row: int, column: int) -> str:
    lon, lat = WEST + column * STEP_LON, SOUTH + row * STEP_LAT
    return f'<node id="{row * SIDE + column + 1}" lat="{lat:.6f}" lon="{lon:.6f}"/>'


def _way(key: int, name: str, nodes: list[int]) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'<way id="{key}">{refs}<tag k="highway" v="residential"/><tag k="name" v="{name}"/></way>'


def _quarters() -> str:
    import json

    width, height = SIDE * STEP_LON / 3, SIDE * STEP_LAT / 3
    features = []
    for row in range(3):
        for column in range(3):
            west, south = WEST + column * width, SOUTH + row * height
            ring = [[west, south], [west + width, south], [west + width, south + height], [west, south + height]]
            shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            names = {"code": f"q{row}{column}", "name": f"Quarter {row * 3 + column + 1}"}
            features.append({"type": "Feature", "properties": names, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})
