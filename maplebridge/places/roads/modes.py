"""Ways of getting about: who may use a street, in which direction, and how fast.

Sources: access keys and their order, OSM wiki "Key:access" (transport mode restrictions); one-way rules, OSM wiki
"Key:oneway"; car speeds by class, the factor 0.8 on signed limits and the caps by surface, the car profile of OSRM
5.27; cycling and walking speeds, its bicycle and foot profiles. An urgent run is a car at 1.25 x these speeds (the
signed limit itself where one is signed): a planning value, to be replaced by observed runs through `speeds`.
A motorbike is the electric light motorcycle of a street post: 45 km/h at most (class L1e/L3e-A1), no motorways.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

Mode = NewType("Mode", str)
MODES: tuple[str, ...] = ("foot", "bicycle", "motorbike", "car", "urgent")

Speeds = Mapping[str, "float | Mapping[str, float]"]
Tags = Mapping[str, str]

_CAR = {
    "motorway": 90.0, "motorway_link": 45.0, "trunk": 85.0, "trunk_link": 40.0, "primary": 65.0, "primary_link": 30.0,
    "secondary": 55.0, "secondary_link": 25.0, "tertiary": 40.0, "tertiary_link": 20.0, "unclassified": 25.0,
    "residential": 25.0, "living_street": 10.0, "service": 15.0, "road": 20.0, "track": 12.0,
}  # fmt: skip
_RIDE = {
    "trunk": 15.0, "trunk_link": 15.0, "primary": 15.0, "primary_link": 15.0, "secondary": 15.0, "secondary_link": 15.0,
    "tertiary": 15.0, "tertiary_link": 15.0, "unclassified": 15.0, "residential": 15.0, "living_street": 15.0,
    "service": 15.0, "road": 15.0, "track": 12.0, "cycleway": 15.0, "path": 13.0, "pedestrian": 6.0, "footway": 5.0,
    "bridleway": 8.0,
}  # fmt: skip
_WALK = dict.fromkeys([*_RIDE, "corridor", "platform", "trail", "crossing"], 5.0) | {
    "steps": 3.0,
    "elevator": 1.0,
}
_URGENT = {name: speed * 1.25 for name, speed in _CAR.items()} | {"pedestrian": 12.5}
_MOTORBIKE = {name: min(speed, 45.0) for name, speed in _CAR.items() if not name.startswith("motorway")}

DEFAULT_SPEEDS: dict[str, dict[str, float]] = {
    "foot": _WALK, "bicycle": _RIDE, "motorbike": _MOTORBIKE, "car": _CAR, "urgent": _URGENT,
}  # fmt: skip
ROAD_CLASSES: frozenset[str] = frozenset().union(*DEFAULT_SPEEDS.values())

# Most specific key first; the first that is tagged decides.
ACCESS_KEYS: dict[str, tuple[str, ...]] = {
    "foot": ("foot", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
    "motorbike": ("motorcycle", "motor_vehicle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "urgent": ("emergency", "psv", "bus", "motorcar", "motor_vehicle", "vehicle", "access"),
}
# Names under which a turn restriction or its `except` names a mode (OSM wiki "Relation:restriction").
TURN_KEYS: dict[str, frozenset[str]] = {
    "foot": frozenset({"foot"}),
    "bicycle": frozenset({"bicycle", "vehicle"}),
    "motorbike": frozenset({"motorcycle", "motor_vehicle", "vehicle"}),
    "car": frozenset({"motorcar", "motor_vehicle", "vehicle"}),
    "urgent": frozenset(),
}
_OPEN = {"yes", "designated", "permissive", "official", "public", "destination", "1", "true"}
_LIMITED = {"private", "customers", "delivery", "permit", "residents", "employees"}
_CLOSED = {"no", "agricultural", "forestry", "military", "use_sidepath", "unknown_no"}
_LIMITED_KMH = 10.0  # a yard is reached by it, but it is no short cut
_SURFACE_KMH = {
    "cobblestone": 30.0, "unhewn_cobblestone": 20.0, "sett": 40.0, "unpaved": 40.0, "gravel": 40.0, "fine_gravel": 40.0,
    "pebblestone": 40.0, "compacted": 50.0, "ground": 30.0, "earth": 30.0, "dirt": 20.0, "grass": 20.0, "mud": 10.0,
    "sand": 20.0,
}  # fmt: skip
_ZONES = {"living_street": 10.0, "urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0}
_MOTOR_WALLS = frozenset(
    [
        "bollard",
        "block",
        "chain",
        "jersey_barrier",
        "planter",
        "log",
        "debris",
        "cycle_barrier",
        "motorcycle_barrier",
        "stile",
        "turnstile",
        "kissing_gate",
        "full-height_turnstile",
        "wall",
        "fence",
        "bus_trap",
        "sump_buster",
    ]
)
_BIKE_WALLS = frozenset(["stile", "turnstile", "kissing_gate", "full-height_turnstile", "wall", "fence"])
WALLS: dict[str, frozenset[str]] = {
    "foot": frozenset({"wall", "fence"}), "bicycle": _BIKE_WALLS,
    "motorbike": _MOTOR_WALLS, "car": _MOTOR_WALLS, "urgent": _MOTOR_WALLS,
}  # fmt: skip

WAY_KEYS: tuple[str, ...] = (
    "highway", "oneway", "junction", "maxspeed", "maxspeed:forward", "maxspeed:backward", "access", "vehicle",
    "motor_vehicle", "motorcar", "motorcycle", "bicycle", "foot", "emergency", "psv", "bus", "oneway:bicycle",
    "oneway:foot", "cycleway", "cycleway:left", "cycleway:right", "cycleway:both", "cycleway:left:oneway",
    "cycleway:right:oneway", "service", "surface", "tracktype", "motorroad", "conveying", "area",
    "motor_vehicle:forward", "motor_vehicle:backward", "vehicle:forward", "vehicle:backward", "motorcar:forward",
    "motorcar:backward", "motorcycle:forward", "motorcycle:backward", "bicycle:forward", "bicycle:backward",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpeedTable:
    """Speeds in km/h by mode and class, and which of them were given by hand.

    `given` classes are taken as they are (observed runs know better than a sign); `fixed` km/h, where not None,
    is the speed of every street of every mode: for comparisons between routers.
    """

    by_mode: Mapping[str, Mapping[str, float]]
    given: Mapping[str, frozenset[str]]
    fixed: float | None = None

    @classmethod
    def of(cls, speeds: Speeds | None) -> "SpeedTable":
        """Merge a table over the defaults.

        Keys are modes (`{"foot": {"steps": 2}}`) or classes (`{"residential": 22}`, meant for motorbike and car; an
        urgent run gets 1.25 x of it), or `fixed`. Raises ValueError in plain English for anything else.
        """
        by_mode = {mode: dict(table) for mode, table in DEFAULT_SPEEDS.items()}
        given: dict[str, set[str]] = {mode: set() for mode in MODES}
        fixed: float | None = None
        for key, value in (speeds or {}).items():
            if isinstance(value, Mapping):
                if key not in by_mode:
                    raise ValueError(f"“{key}” is not a mode; the modes are {', '.join(MODES)}.")
                rows = [(key, name, kmh) for name, kmh in value.items()]
            elif key == "fixed":
                fixed = _checked(key, value)
                continue
            else:
                rows = [
                    ("motorbike", key, min(value, 45.0)),
                    ("car", key, value),
                    ("urgent", key, value * 1.25),
                ]
            for mode, name, kmh in rows:
                if name not in ROAD_CLASSES:
                    raise ValueError(f"“{name}” is not a class of street known here.")
                by_mode[mode][name] = _checked(name, kmh)
                given[mode].add(name)
        return cls(by_mode, {mode: frozenset(names) for mode, names in given.items()}, fixed)


def _checked(name: str, kmh: float) -> float:
    if not 0.5 <= kmh <= 300:
        raise ValueError(f"{kmh} km/h for “{name}” is no speed of a street; give a number from 0.5 to 300.")
    return float(kmh)


def maxspeed_kmh(value: str | None) -> float | None:
    """Read a `maxspeed` value as km/h; None where it says nothing usable (OSM wiki "Key:maxspeed")."""
    if not value:
        return None
    text = value.split(";")[0].strip().lower()
    if text == "none":
        return 130.0
    if text == "walk":
        return 7.0
    if ":" in text:
        zone = text.rsplit(":", 1)[1].removeprefix("zone")
        return _ZONES.get(zone) or (float(zone) if zone.isdigit() else None)
    number, _, unit = text.replace("km/h", "").partition(" ")
    if number.endswith("mph"):
        number, unit = number[:-3], "mph"
    try:
        kmh = float(number) * {"mph": 1.609344, "knots": 1.852}.get(unit.strip(), 1.0)
    except ValueError:
        return None
    return kmh if 1 <= kmh <= 200 else None


def access(tags: Tags, mode: str) -> str | None:
    """Say what tags grant a mode: "open", "limited", "dismount", "closed", or None where they are silent."""
    for key in ACCESS_KEYS[mode]:
        value = tags.get(key, "").split(";")[0]
        if not value or (key in ("psv", "bus") and value not in _OPEN):
            continue
        if value in _OPEN:
            return "open"
        if value in _LIMITED:
            return "open" if mode == "urgent" else "limited"
        if value == "dismount":
            return "dismount"
        if value in _CLOSED:
            return "closed"
    return None


def blocked(tags: Tags, mode: str) -> bool:
    """Say whether a barrier node stops a mode; tags on the node overrule the kind of barrier."""
    granted = access(tags, mode)
    if granted is not None:
        return granted == "closed"
    return tags.get("barrier", "") in WALLS[mode]


def directions(tags: Tags, mode: str) -> tuple[bool, bool]:
    """Say whether a mode may go (along, against) the way's own direction, access apart."""
    if mode == "foot":
        walk = tags.get("oneway:foot") or {"forward": "yes", "backward": "-1"}.get(tags.get("conveying", ""), "no")
        return walk != "-1", walk not in ("yes", "1", "true")
    own = tags.get("oneway:bicycle") if mode == "bicycle" else None
    value = own or tags.get("oneway", "")
    if value in ("yes", "true", "1"):
        both = (True, False)
    elif value in ("-1", "reverse"):
        both = (False, True)
    elif value == "reversible":
        both = (False, False)
    elif not value and (tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"):
        both = (True, False)
    else:
        both = (True, True)
    if mode == "bicycle" and not own and both != (True, True) and _contraflow(tags):
        both = (True, True)
    keys = ACCESS_KEYS[mode]
    along = both[0] and not any(tags.get(f"{key}:forward") == "no" for key in keys)
    return along, both[1] and not any(tags.get(f"{key}:backward") == "no" for key in keys)


def _contraflow(tags: Tags) -> bool:
    lanes = [tags.get(key, "") for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")]
    sides = [tags.get("cycleway:left:oneway"), tags.get("cycleway:right:oneway")]
    return any(lane.startswith("opposite") for lane in lanes) or any(side in ("-1", "no") for side in sides)


def way_kmh(tags: Tags, mode: str, table: SpeedTable) -> tuple[float, float]:
    """Give a way's speeds (along, against) in km/h for a mode; 0 where it may not go."""
    name = tags.get("highway", "").split(";")[0]
    speed = table.by_mode[mode].get(name)
    granted = access(tags, mode)
    if granted == "closed" or (speed is None and granted not in ("open", "limited", "dismount")):
        return 0.0, 0.0
    if name not in ROAD_CLASSES or (name == "steps" and mode != "foot") or name == "elevator" and mode != "foot":
        return 0.0, 0.0
    if mode != "urgent" and mode != "car" and tags.get("motorroad") == "yes" and granted is None:
        return 0.0, 0.0
    along, against = directions(tags, mode)
    if table.fixed is not None:
        return table.fixed * along, table.fixed * against
    fallback = {"foot": 5.0, "bicycle": 8.0}.get(mode, 10.0)
    base = fallback if speed is None else speed
    if granted == "limited" and mode != "foot":
        base = min(base, _LIMITED_KMH)
    if granted == "dismount":
        base = min(base, 4.0)
    if name in table.given[mode] or mode in ("foot", "bicycle"):
        return base * along, base * against
    return _motor(tags, mode, base, "forward") * along, _motor(tags, mode, base, "backward") * against


def _motor(tags: Tags, mode: str, base: float, direction: str) -> float:
    factor = 1.25 if mode == "urgent" else 1.0
    signed = maxspeed_kmh(tags.get(f"maxspeed:{direction}")) or maxspeed_kmh(tags.get("maxspeed"))
    kmh = signed * 0.8 * factor if signed and base > _LIMITED_KMH else base
    if tags.get("service") in ("parking_aisle", "driveway", "drive-through"):
        kmh = min(kmh, 8.0 * factor)
    if tags.get("tracktype") in ("grade3", "grade4", "grade5"):
        kmh = min(kmh, 8.0 * factor)
    kmh = min(kmh, _SURFACE_KMH.get(tags.get("surface", ""), kmh) * factor)
    return min(kmh, 45.0) if mode == "motorbike" else kmh
