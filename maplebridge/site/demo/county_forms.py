"""Shipped forms as the people of the demo's county fill them in, with invented photos of things."""

import io
import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from html import escape

from PIL import Image, ImageDraw

from maplebridge.fieldwork.models import FormVersion
from maplebridge.places.models import Area
from maplebridge.places.register.models import Address

Answers = Mapping[str, "str | Answers"]
PHOTO = "photo"  # stands for the name of the photo
_SIZE = (640, 480)
_WALLS, _THINGS = ("#c9b79c", "#b8c0c2", "#d8cfc0", "#a9b5a2"), ("#7a4a2b", "#31506b", "#8b8b83", "#9c3b2e", "#4f6b3a")


def filled(
    version: FormVersion, number: str, place: Address | Area, at: datetime, rng: random.Random
) -> tuple[bytes, dict[str, bytes]]:
    """Fill a form in as a phone sends it: the XML, and its photo by name where one was taken."""
    address = str(place) if isinstance(place, Address) else place.name
    lon, lat = (place.lon, place.lat) if isinstance(place, Address) else (place.middle or (0.0, 0.0))
    answers = _ANSWERS[version.form_id](rng, {"address": address, "where": f"{lat} {lon} 0 5"}, at.date())
    photo = f"demo-{number}.jpg"
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%S}.000+00:00" for moment in (at, at + timedelta(minutes=8)))
    body = _xml({"start": start, "end": end, "device": "demo", **answers}, photo)
    xml = (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{version.form_id}" version="{version.version}">{body}'
        f"<orx:meta><orx:instanceID>uuid:demo-{number}</orx:instanceID></orx:meta></data>"
    ).encode()
    return xml, {photo: _picture(rng)} if photo.encode() in xml else {}


def _xml(answers: Answers, photo: str) -> str:
    out = []
    for name, answer in answers.items():
        text = escape(photo if answer == PHOTO else answer) if isinstance(answer, str) else _xml(answer, photo)
        out.append(f"<{name}>{text}</{name}>")
    return "".join(out)


def _picture(rng: random.Random) -> bytes:
    """Draw a yard: a wall, a door, and what stands before it. Nobody is in it."""
    image = Image.new("RGB", _SIZE, rng.choice(_WALLS))
    draw, (wide, high) = ImageDraw.Draw(image), _SIZE
    draw.rectangle((0, high * 0.72, wide, high), fill="#777064")
    left = rng.randrange(60, 360)
    draw.rectangle((left, 120, left + 130, high * 0.72), fill=rng.choice(_THINGS), outline="#2b2b2b", width=4)
    for _thing in range(rng.randrange(3, 7)):
        x, side = rng.randrange(20, wide - 120), rng.randrange(40, 110)
        draw.rectangle((x, 400 - side, x + side, 400), fill=rng.choice(_THINGS), outline="#2b2b2b", width=2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _visit(rng: random.Random, at: Answers, _day: date) -> Answers:
    hazard = rng.choice(("wiring", "exit", "charging", "none", "none", "none"))
    household = {"residents": str(rng.randrange(1, 7)), "rented": "no"}
    photo = "" if hazard == "none" else PHOTO
    return {"place": {**at, "dwelling": "house"}, "household": household, "hazards": hazard, "photo": photo}


def _shop(rng: random.Random, at: Answers, _day: date) -> Answers:
    number = "".join(sign for sign in str(at["address"]) if sign.isdigit())
    return {
        "name": f"小卖部 {number} (invented)", **at, "trade": rng.choice(("food", "retail", "retail", "repair")),
        "staff": str(rng.randrange(1, 6)), "extinguisher": rng.choice(("yes", "yes", "no")),
        "exit_free": rng.choice(("yes", "yes", "yes", "no")), "photo": PHOTO,
    }  # fmt: skip


def _rental(rng: random.Random, at: Answers, day: date) -> Answers:
    fault = rng.choice(("none", "none", "extinguisher", "wiring", "charging", "partition"))
    again = "" if fault == "none" else (day + timedelta(days=14)).isoformat()
    return {
        **at, "rooms": str(rng.randrange(1, 6)), "tenants": str(rng.randrange(1, 9)), "faults": fault, "photo": PHOTO,
        "again_on": again,
    }  # fmt: skip


def _hazard(rng: random.Random, at: Answers, _day: date) -> Answers:
    kind, words = rng.choice((
        ("fire_load", "柴草堆在墙边，户主答应清走。"),
        ("drain", "Leaves in the drain; cleared with the neighbour."),
        ("wiring", "A cable lies open under the eaves; reported to the grid."),
        ("slope", "裂缝没有再扩大，已设警戒带。"),
    ))  # fmt: skip
    return {**at, "kind": kind, "urgency": rng.choice(("week", "week", "later")), "photo": PHOTO, "note": words}


def _charging(rng: random.Random, at: Answers, _day: date) -> Answers:
    places = rng.randrange(4, 13)
    fault = rng.choice(("none", "none", "cables", "roof", "extinguisher", "broken"))
    return {**at, "places": str(places), "in_use": str(rng.randrange(places)), "faults": fault, "photo": PHOTO}


def _dispute(rng: random.Random, at: Answers, _day: date) -> Answers:
    matter, words = rng.choice((
        ("neighbours", "排水沟归谁清，双方同意轮流。"),
        ("land", "The line between two plots; they look at the old map together."),
        ("wages", "工钱拖了一个月，约定月底付清。"),
        ("family", "Who looks after the parents; they try a plan for a month."),
    ))  # fmt: skip
    next_ = rng.choice(("settled", "settled", "settled", "mediator"))
    return {"where": at["where"], "matter": matter, "parties": str(rng.randrange(2, 4)), "next": next_, "note": words}


def _fault(rng: random.Random, at: Answers, _day: date) -> Answers:
    kind = rng.choice(("light", "pothole", "water", "cable"))
    return {"where": at["where"], "address": at["address"], "kind": kind, "danger": "no", "photo": PHOTO}


def _patrol(rng: random.Random, at: Answers, _day: date) -> Answers:
    route = rng.choice(("从村部到水井巷再回来", "Along the stream to the bridge and back"))
    seen = rng.choice(("nothing", "nothing", "light", "road"))
    return {"where": at["where"], "route": route, "minutes": str(rng.randrange(30, 90, 5)), "seen": seen}


def _nothing(_rng: random.Random, at: Answers, day: date) -> Answers:
    return {"day": day.isoformat(), "where": at["where"]}


_ANSWERS: dict[str, Callable[[random.Random, Answers, date], Answers]] = {
    "visit": _visit, "shop": _shop, "rental": _rental, "hazard": _hazard, "charging": _charging, "dispute": _dispute,
    "fault": _fault, "patrol": _patrol, "nothing": _nothing,
}  # fmt: skip
