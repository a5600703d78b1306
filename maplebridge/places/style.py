"""The base map's two styles (MapLibre style specification v8): muted, so that what is laid over it stands out.

No `glyphs`: from 5.11 on, MapLibre GL JS draws all letters itself in the fonts named in `text-font`, Chinese ones too,
so that nothing has to be downloaded and labels look like the rest of the console.
"""

from typing import Any, NamedTuple

from maplebridge.places.tiles import MAX_ZOOM, MIN_ZOOM

Expression = Any
_SMALL = ["minor", "pedestrian"]
Style = dict[str, Any]
FAMILIES = ["system-ui", "Noto Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"]
REGULAR = ["Noto Sans Regular", *FAMILIES]  # MapLibre takes the weight from the first name
MEDIUM = ["Noto Sans Medium", *FAMILIES]


class Palette(NamedTuple):
    """Colours of one theme, from the design's tokens."""

    ground: str
    square: str
    green: str
    wood: str
    water: str
    shore: str
    building: str
    outline: str
    road: str
    major: str
    casing: str
    path: str
    rail: str
    label: str
    faint: str
    water_label: str
    green_label: str
    halo: str
    area: str


PALETTES = {
    "light": Palette(
        "#f3f1ed", "#edeae4", "#e2ead9", "#dae5d0", "#d4e3ea", "#bfd3dd", "#e9e5de", "#dcd7ce", "#ffffff", "#ffffff",
        "#ddd8cf", "#d9d3c8", "#cfc9be", "#4a463f", "#6f6a61", "#4f7385", "#557049", "#f8f6f3", "#a3685a",
    ),
    "dark": Palette(
        "#1b1e22", "#1e2226", "#1b2621", "#1a2820", "#152530", "#1d3340", "#212529", "#2a2f35", "#343a41", "#3f464e",
        "#16181b", "#2b3036", "#30353b", "#b4bbc3", "#8d959d", "#6d9bb4", "#7a9c84", "#16181b", "#a66a58",
    ),
}  # fmt: skip


def style_of(theme: str, *, tiles: str, areas: str, attribution: str, chinese: bool) -> Style:
    """Make the style `light` or `dark`; `tiles` is the URL template of our tiles, `areas` that of the boundaries."""
    palette = PALETTES[theme]
    name: Expression = ["coalesce", ["get", "name_zh"], ["get", "name"]] if chinese else ["get", "name"]
    return {
        "version": 8,
        "name": f"Maplebridge {theme}",
        "sources": {
            "base": {
                "type": "vector", "tiles": [tiles], "minzoom": MIN_ZOOM, "maxzoom": MAX_ZOOM,
                "attribution": attribution,
            },
            "areas": {"type": "geojson", "data": areas},
        },
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": palette.ground}},
            *_surfaces(palette),
            *_streets(palette),
            *_boundaries(palette),
            *_labels(palette, name),
        ],
    }  # fmt: skip


def _layer(id_: str, kind: str, source: str, *, paint: Style, layout: Style | None = None, **rest: Any) -> Style:
    layer: Style = {"id": id_, "type": kind, "source": "base", "source-layer": source, "paint": paint}
    return layer | ({"layout": layout} if layout else {}) | rest


def _by_zoom(*stops: float, base: float = 1.5) -> Expression:
    return ["interpolate", ["exponential", base], ["zoom"], *stops]


def _surfaces(p: Palette) -> list[Style]:
    green = ["match", ["get", "kind"], "wood", p.wood, p.green]
    rising = _by_zoom(13.5, 0, 14.5, 1, base=1)
    return [
        _layer("square", "fill", "ground", paint={"fill-color": p.square}),
        _layer("green", "fill", "green", paint={"fill-color": green, "fill-antialias": False}),
        _layer("water", "fill", "water", paint={"fill-color": p.water}),
        _layer("shore", "line", "water", paint={"line-color": p.shore, "line-width": 0.8}, minzoom=13),
        _layer(
            "stream", "line", "waterway", layout={"line-cap": "round", "line-join": "round"},
            paint={"line-color": p.water, "line-width": ["match", ["get", "kind"], "river", 3, 1.2]},
        ),
        _layer("building", "fill", "building", minzoom=13.5, paint={"fill-color": p.building, "fill-opacity": rising}),
        _layer(
            "building-edge", "line", "building", minzoom=15,
            paint={"line-color": p.outline, "line-width": _by_zoom(15, 0.4, 18, 1), "line-opacity": 0.9},
        ),
    ]  # fmt: skip


def _widths(scale: float, more: float = 0.0) -> Expression:
    """Width of a street in pixels by zoom and class, a casing being `more` pixels wider."""
    wide = {"motorway": 1.3, "major": 1.15, "medium": 0.9, "pedestrian": 0.6, "service": 0.4}

    def at(pixels: float) -> Expression:
        rows: list[Any] = []
        for cls, factor in wide.items():
            rows += [cls, round(pixels * factor * scale + more, 2)]
        return ["match", ["get", "class"], *rows, round(pixels * 0.72 * scale + more, 2)]

    return _by_zoom(9, at(0.9), 12, at(1.9), 14, at(4.2), 16, at(10.5), 18, at(24), 20, at(60))


def _streets(p: Palette) -> list[Style]:
    path = ["==", ["get", "class"], "path"]
    road = ["!", path]
    tunnel, open_air = ["==", ["get", "level"], "tunnel"], ["!=", ["get", "level"], "tunnel"]
    round_ends = {"line-cap": "round", "line-join": "round"}
    order = ["match", ["get", "class"], "motorway", 6, "major", 5, "medium", 4, "minor", 3, "pedestrian", 2, 1]
    colour = ["match", ["get", "class"], ["motorway", "major"], p.major, p.road]
    sorted_ends = round_ends | {"line-sort-key": order}
    return [
        _layer(
            "tunnel", "line", "street", filter=["all", road, tunnel], minzoom=12, layout=round_ends,
            paint={"line-color": p.road, "line-width": _widths(0.8), "line-opacity": 0.28},
        ),
        _layer(
            "path", "line", "street", filter=["all", path, open_air], minzoom=14.5, layout={"line-join": "round"},
            paint={"line-color": p.path, "line-width": _by_zoom(14.5, 0.6, 17, 1.4, 19, 3),
                   "line-dasharray": [2.5, 1.5]},
        ),
        _layer(
            "rail", "line", "rail", minzoom=12, layout={"line-join": "round"},
            paint={"line-color": p.rail, "line-width": _by_zoom(12, 0.6, 16, 1.2, 19, 2)},
            filter=["!=", ["get", "kind"], "tram"],
        ),
        _layer(
            "street-edge", "line", "street", filter=["all", road, open_air], minzoom=11.5, layout=sorted_ends,
            paint={"line-color": p.casing, "line-width": _widths(1.0, 1.6)},
        ),
        _layer(
            "street", "line", "street", filter=["all", road, open_air], layout=sorted_ends,
            paint={"line-color": colour, "line-width": _widths(1.0)},
        ),
        _layer(
            "tram", "line", "rail", filter=["==", ["get", "kind"], "tram"], minzoom=15,
            paint={"line-color": p.casing, "line-width": _by_zoom(15, 0.5, 18, 1.2), "line-opacity": 0.8},
        ),
    ]  # fmt: skip


def _boundaries(p: Palette) -> list[Style]:
    line: Style = {
        "id": "area", "type": "line", "source": "areas", "filter": ["==", ["geometry-type"], "LineString"],
        "layout": {"line-join": "round"},
        "paint": {
            "line-color": p.area, "line-dasharray": [4, 2.5],
            "line-width": ["match", ["get", "level"], 0, 1.6, 1], "line-opacity": _by_zoom(8, 0.75, 15, 0.6, 18, 0.35),
        },
    }  # fmt: skip
    return [line | {"filter": ["in", ["geometry-type"], ["literal", ["LineString", "MultiLineString"]]]}]


def _labels(p: Palette, name: Expression) -> list[Style]:
    halo = {"text-halo-color": p.halo, "text-halo-width": 1.6, "text-halo-blur": 0.4}
    along = {"text-field": name, "text-font": MEDIUM, "symbol-placement": "line", "text-rotation-alignment": "map"}
    wide = ["in", ["get", "class"], ["literal", ["motorway", "major", "medium"]]]
    minor, every = (
        ["in", ["get", "class"], ["literal", classes]] for classes in (_SMALL, [*_SMALL, "service", "path"])
    )
    small = ["step", ["zoom"], minor, 16, every]
    return [
        _layer(
            "street-name-small", "symbol", "street_name", filter=small, minzoom=14.5,
            paint={"text-color": p.label, **halo},
            layout=along | {"text-size": _by_zoom(14.5, 10.5, 17, 12.5, 20, 16), "symbol-spacing": 230,
                            "text-padding": 4, "text-max-angle": 34, "text-letter-spacing": 0.015},
        ),
        _layer(
            "street-name", "symbol", "street_name", filter=wide, minzoom=12, paint={"text-color": p.label, **halo},
            layout=along | {"text-size": _by_zoom(12, 10.5, 15, 11.5, 17, 13.5, 20, 17), "symbol-spacing": 210,
                            "text-max-angle": 34, "text-padding": 6, "text-letter-spacing": 0.015},
        ),
        _layer(
            "number", "symbol", "address", minzoom=17, paint={"text-color": p.faint, **halo},
            layout={"text-field": ["get", "number"], "text-font": REGULAR, "text-size": _by_zoom(17, 10, 20, 13),
                    "text-padding": 3},
        ),
        _poi(p, halo, name),
        _district(p, halo, name),
        _area_name(p, halo, name),
    ]  # fmt: skip


def _poi(p: Palette, halo: Style, name: Expression) -> Style:
    """Name places, few before zoom 17 and never over one another."""
    rank = ["coalesce", ["get", "rank"], 9]
    shown = ["step", ["zoom"], ["<=", rank, 4], 17, ["<=", rank, 5], 18, ["<=", rank, 7]]
    park = ["match", ["get", "kind"], ["park", "garden", "square"], p.green_label, p.faint]
    no_district = ["!=", ["get", "group"], "place"]
    return _layer(
        "poi", "symbol", "place", filter=["all", [">", rank, 1], ["any", [">", rank, 2], no_district], shown],
        minzoom=15.5,
        paint={"text-color": park, **halo},
        layout={"text-field": name, "text-font": REGULAR, "text-size": _by_zoom(16, 10.5, 19, 12), "text-max-width": 8,
                "text-padding": 14, "symbol-sort-key": rank},
    )  # fmt: skip


def _district(p: Palette, halo: Style, name: Expression) -> Style:
    """Name the parts of the city while streets are small, the city itself only from afar."""
    rank = ["coalesce", ["get", "rank"], 9]
    far = ["step", ["zoom"], ["<=", rank, 1], 12.5, ["in", rank, ["literal", [1, 2]]]]
    return _layer(
        "district", "symbol", "place", filter=["all", ["==", ["get", "group"], "place"], far], minzoom=8, maxzoom=16.5,
        paint={"text-color": p.faint, **halo},
        layout={"text-field": name, "text-font": MEDIUM, "text-size": _by_zoom(9, 11, 15, 13.5), "text-max-width": 8,
                "text-padding": 14, "symbol-sort-key": rank, "text-letter-spacing": 0.05},
    )  # fmt: skip


def _area_name(p: Palette, halo: Style, name: Expression) -> Style:
    return {
        "id": "area-name", "type": "symbol", "source": "areas", "filter": ["==", ["geometry-type"], "Point"],
        "maxzoom": 15.5, "paint": {"text-color": p.area, **halo},
        "layout": {
            "text-field": name, "text-font": MEDIUM, "text-size": 12, "text-letter-spacing": 0.04, "text-padding": 20,
        },
    }  # fmt: skip
