"""A small town by hand, as an OpenStreetMap file: two streets and their corner, houses, a shop, a park, a coast."""

from pathlib import Path

LON, LAT = 24.94, 60.17
STEP = 0.001  # degrees between grid lines

# id: (column, row); rows go north
NODES = {
    1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1), 6: (3, 0),
    20: (0.2, 0.1), 21: (0.4, 0.1), 22: (0.4, 0.25), 23: (0.2, 0.25),
    30: (1.2, 0.2), 31: (1.8, 0.2), 32: (1.8, 0.8), 33: (1.2, 0.8),
    40: (-1, -1.4), 41: (4, -1.4),
}  # fmt: skip

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="hand">\n'
    '<bounds minlat="60.168" minlon="24.939" maxlat="60.172" maxlon="24.944"/>\n'
)


def point(column: float, row: float) -> tuple[float, float]:
    """Lon, lat of a grid position."""
    return LON + column * STEP, LAT + row * STEP


def node(id_: int, column: float, row: float, **tags: str) -> str:
    lon, lat = point(column, row)
    return f'<node id="{id_}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>\n'


def way(id_: int, refs: list[int], **tags: str) -> str:
    return (
        f'<way id="{id_}" version="1">{"".join(f"<nd ref={chr(34)}{r}{chr(34)}/>" for r in refs)}{_tags(tags)}</way>\n'
    )


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items())


def write_town(file: Path, *, shop: str = "Fruit & Veg".replace("&", "&amp;"), second: str = "Ångström Street") -> Path:
    """Write the town; `shop` names its shop (none for ""), `second` its cross street."""
    extra = [node(50, 2.5, 0.1, addr__street="Maple Street", addr__housenumber="8")]
    extra.append(node(51, 1.5, 0.1, addr__street="Maple Street", addr__housenumber="4;4A"))
    extra.append(node(52, 1.5, -0.1, addr__street="Maple Street", addr__housenumber="5"))
    extra.append(node(54, 0.5, -0.3, name="赫尔辛基站", name__en="Helsinki Station", railway="station"))
    if shop:
        extra.append(node(53, 0.3, -0.1, name=shop, shop="greengrocer"))
    ways = [
        way(101, [1, 2, 3, 6], highway="residential", name="Maple Street", name__zh="枫树街"),
        way(102, [5, 2, 4], highway="tertiary", name=second),
        way(103, [20, 21, 22, 23, 20], building="yes", addr__street="Maple Street", addr__housenumber="2"),
        way(104, [30, 31, 32, 33, 30], leisure="park", name="Old Park"),
        way(105, [40, 41], natural="coastline"),
    ]
    body = "".join(node(i, *where) for i, where in NODES.items()) + "".join(extra) + "".join(ways)
    file.write_text(HEAD + body + "</osm>\n", "utf-8")
    return file


def areas_json(**extra: object) -> dict[str, object]:
    """Two beats in a district, as GeoJSON with an unusual schema."""

    def square(west: float, east: float) -> dict[str, object]:
        ring = [[west, 60.16], [east, 60.16], [east, 60.18], [west, 60.18], [west, 60.16]]
        return {"type": "Polygon", "coordinates": [ring]}

    rows = [("D", "District", 24.93, 24.95), ("W", "西区", 24.93, 24.941), ("E", "East beat", 24.941, 24.95)]
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"BEAT": code, "Name": name} | extra, "geometry": square(west, east)}
            for code, name, west, east in rows
        ],
    }
