"""What the map's tags mean to us: names, kinds of streets, surfaces and places, and the limits of a premise note."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

Tags = Mapping[str, str]

NOTE_LONGEST = timedelta(days=366)  # a note about premises ends within a year; who still needs it writes it again
NOTE_LONGEST_RADIUS_M = 500
ATTRIBUTION = "© OpenStreetMap contributors"  # ODbL 1.0 asks for these words

_CJK = re.compile(r"[\u3400-\u9fff]")


class Names(NamedTuple):
    """What something is called: the name for most readers, the Chinese one, and all others it is known by."""

    name: str
    zh: str = ""
    others: tuple[str, ...] = ()


def has_cjk(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _CJK.search(text) is not None


def names_of(tags: Tags) -> Names | None:
    """Read the names in OpenStreetMap tags; None where there is none.

    Where the local name is Chinese, an English one (name:en) is shown to those who do not read Chinese.
    """
    local = tags.get("name", "").strip()
    english = tags.get("name:en", "").strip()
    zh = (tags.get("name:zh-Hans") or tags.get("name:zh") or (local if has_cjk(local) else "")).strip()
    name = (english or local) if has_cjk(local) else (local or english or tags.get("brand", "").strip() or zh)
    if not name:
        return None
    known = dict.fromkeys([local, english])
    for key, value in tags.items():
        if key.startswith(("name:", "alt_name", "short_name", "official_name", "loc_name")) and len(known) < 8:
            known.update(dict.fromkeys(part.strip() for part in value.split(";")))
    others = tuple(other[:80] for other in known if other and other not in (name, zh))
    return Names(name[:200], zh[:200], others)


STREET_CLASSES = {
    "motorway": "motorway", "trunk": "motorway", "primary": "major", "secondary": "major", "tertiary": "medium",
    "unclassified": "minor", "residential": "minor", "living_street": "minor", "road": "minor", "busway": "service",
    "service": "service", "track": "service", "pedestrian": "pedestrian", "footway": "path", "path": "path",
    "cycleway": "path", "bridleway": "path", "steps": "path", "corridor": "",
}  # fmt: skip


def street_class(highway: str) -> str:
    """Class under which a street is drawn: motorway, major, medium, minor, service, pedestrian or path; "" for none."""
    return STREET_CLASSES.get(highway.removesuffix("_link"), "")


_SURFACES: dict[str, dict[str, tuple[str, str]]] = {
    "natural": {
        "water": ("water", "lake"), "bay": ("", ""), "wood": ("green", "wood"), "scrub": ("green", "grass"),
        "grassland": ("green", "grass"), "heath": ("green", "grass"), "wetland": ("green", "grass"),
        "beach": ("ground", "sand"), "sand": ("ground", "sand"),
    },
    "waterway": {"riverbank": ("water", "river"), "dock": ("water", "basin")},
    "landuse": {
        "reservoir": ("water", "basin"), "basin": ("water", "basin"), "grass": ("green", "grass"),
        "meadow": ("green", "grass"), "forest": ("green", "wood"), "village_green": ("green", "park"),
        "recreation_ground": ("green", "park"), "cemetery": ("green", "cemetery"), "allotments": ("green", "grass"),
        "orchard": ("green", "grass"), "vineyard": ("green", "grass"), "railway": ("ground", "rail"),
    },
    "leisure": {
        "park": ("green", "park"), "garden": ("green", "park"), "golf_course": ("green", "park"),
        "nature_reserve": ("green", "wood"), "pitch": ("green", "pitch"), "playground": ("green", "pitch"),
        "dog_park": ("green", "park"), "swimming_pool": ("water", "basin"),
    },
    "amenity": {"grave_yard": ("green", "cemetery"), "parking": ("ground", "parking")},
    "place": {"square": ("ground", "square")},
    "highway": {"pedestrian": ("ground", "square"), "footway": ("ground", "square")},
}  # fmt: skip
SURFACE_KEYS = ("building", *_SURFACES)


def surface_of(tags: Tags) -> tuple[str, str] | None:
    """Layer and kind of a polygon on the base map: water, green, ground or building; None for what is not drawn."""
    if tags.get("location") == "underground" or tags.get("tunnel") == "yes":
        return None
    if tags.get("building", "no") != "no":
        return "building", "building"
    for key, kinds in _SURFACES.items():
        found = kinds.get(tags.get(key, ""))
        if found and found[0]:
            return found
    return None


_NOT_PLACES = frozenset(
    {
        "bench", "waste_basket", "waste_disposal", "bicycle_parking", "motorcycle_parking", "parking_space", "clock",
        "parking_entrance", "recycling", "vending_machine", "telephone", "post_box", "hunting_stand", "grit_bin",
        "shelter", "fountain", "drinking_water", "information", "artwork", "yes", "no", "vacant",
    }
)  # fmt: skip
_STATIONS = {"police": "police", "fire_station": "fire_station"}
_PLACE_KEYS = ("amenity", "shop", "tourism", "office", "healthcare", "leisure", "historic", "craft", "railway", "place")
_RAIL_PLACES = frozenset({"station", "halt", "tram_stop", "subway_entrance"})
_LOCALITIES = frozenset(
    {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "locality", "square", "island"}
)


def place_of(tags: Tags) -> tuple[str, str] | None:
    """Kind (poi or station) and category of a named place; None where the tags name no place to send someone to."""
    for key in _PLACE_KEYS:
        value = tags.get(key, "")
        if not value or value in _NOT_PLACES:
            continue
        if value in _STATIONS:
            return "station", value
        if (key == "railway" and value not in _RAIL_PLACES) or (key == "place" and value not in _LOCALITIES):
            continue
        return "poi", (f"{key}:{value}" if key in ("shop", "office", "craft", "place") else value)[:40]
    if tags.get("building", "no") != "no":
        return "poi", "building"
    return None


_RANKS = {
    "place:city": 0, "place:town": 0, "place:suburb": 1, "place:quarter": 1, "place:village": 1, "place:hamlet": 2,
    "place:neighbourhood": 2, "place:square": 3, "station": 2, "hospital": 2, "police": 2, "fire_station": 2,
    "university": 3, "townhall": 3, "museum": 3, "theatre": 3, "library": 3, "place_of_worship": 4, "school": 4,
    "park": 3, "marketplace": 3, "hotel": 4, "attraction": 4, "pharmacy": 5, "bank": 5, "tram_stop": 6,
    "subway_entrance": 6, "restaurant": 6, "cafe": 6, "bar": 6, "pub": 6, "fast_food": 7,
}  # fmt: skip


def rank_of(category: str) -> int:
    """How early a place is labelled and offered: 0 first, 7 last."""
    return _RANKS.get(category, 5 if category.startswith("shop:") else 6)


def numbers_of(text: str) -> list[str]:
    """House numbers in an addr:housenumber: `12;14` are two, `12-14` stays one, at most eight."""
    return [part.strip()[:16] for part in re.split(r"[;,]", text) if part.strip()][:8]


def number_key(number: str) -> tuple[int, str]:
    """Number and suffix of a house number, for order: `14 B` gives (14, "b"); (0, ...) where it has none."""
    found = re.match(r"\s*(\d{1,6})\s*(.*)", number)
    return (int(found[1]), re.sub(r"\W", "", found[2]).casefold()) if found else (0, number.strip().casefold())
