"""Who works in the demo: twenty-four units and what is known of some doors. All invented; pure data."""

from dataclasses import dataclass

OFFICER = "officer"
OFFICERS_UNIT = "M21"  # driven by whoever signs in as the officer


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """An invented unit: its call sign, kind, the quarter that is its beat, its skills.

    `spread` (0-1, 0-1) places its home inside the quarter's box; the home is then moved to the nearest street.
    """

    call_sign: str
    kind: str
    quarter: str
    spread: tuple[float, float]
    skills: tuple[str, ...] = ()


DEMO_UNITS = (
    DemoUnit("F07", "foot", "Kamppi", (0.45, 0.55), ("mediation",)),
    DemoUnit("F08", "foot", "Kluuvi", (0.35, 0.20), ("chinese",)),
    DemoUnit("F09", "foot", "Kruununhaka", (0.35, 0.35), ("mediation",)),
    DemoUnit("F10", "foot", "Kaartinkaupunki", (0.45, 0.60)),
    DemoUnit("F11", "foot", "Kluuvi", (0.75, 0.30), ("first_aid",)),
    DemoUnit("F12", "foot", "Kallio", (0.55, 0.60), ("first_aid",)),
    DemoUnit("B04", "bicycle", "Kluuvi", (0.55, 0.55), ("first_aid",)),
    DemoUnit("B05", "bicycle", "Kamppi", (0.60, 0.30)),
    DemoUnit("B06", "bicycle", "Kruununhaka", (0.50, 0.70), ("chinese",)),
    DemoUnit("M21", "motorbike", "Kamppi", (0.80, 0.70), ("first_aid",)),
    DemoUnit("M22", "motorbike", "Kaartinkaupunki", (0.60, 0.30)),
    DemoUnit("M23", "motorbike", "Kluuvi", (0.85, 0.75), ("mediation",)),
    DemoUnit("C11", "car", "Kluuvi", (0.20, 0.45), ("first_aid",)),
    DemoUnit("C12", "car", "Kamppi", (0.25, 0.35), ("first_aid",)),
    DemoUnit("C13", "car", "Kruununhaka", (0.60, 0.20)),
    DemoUnit("S01", "station", "Kluuvi", (0.45, 0.08), ("chinese", "mediation")),
    DemoUnit("P01", "post", "Kamppi", (0.55, 0.80)),
    DemoUnit("P02", "post", "Kluuvi", (0.60, 0.12), ("chinese",)),
    DemoUnit("P03", "post", "Kaartinkaupunki", (0.75, 0.85)),
    DemoUnit("G11", "guard", "Kluuvi", (0.30, 0.12)),
    DemoUnit("G12", "guard", "Kamppi", (0.85, 0.45)),
    DemoUnit("G13", "guard", "Kruununhaka", (0.25, 0.55)),
    DemoUnit("V31", "volunteers", "Kallio", (0.40, 0.40)),
    DemoUnit("V32", "volunteers", "Kluuvi", (0.70, 0.60)),
)


@dataclass(frozen=True, slots=True)
class DemoNote:
    """An invented premise note, at the address of some place of that name or category."""

    kind: str
    text: str
    reason: str
    near: str
    days: int


DEMO_NOTES = (
    DemoNote(
        "access",
        "Courtyard gate locked after 14:00; the code is with the caretaker.",
        "caretaker's call",
        "Kalevankatu",
        120,
    ),
    DemoNote("hazard", "Loose cobbles in the passage, slippery when wet.", "seen on patrol", "Bulevardi", 30),
    DemoNote(
        "hint",
        "Lift out of order until the end of the month; stairs from the yard side.",
        "house notice",
        "Lönnrotinkatu",
        21,
    ),
    DemoNote(
        "hazard",
        "Building site: steel plates over the pavement, no light at night.",
        "site manager",
        "Yliopistonkatu",
        60,
    ),
    DemoNote("hint", "Staff entrance round the corner; ring twice.", "agreed with the shop", "Aleksanterinkatu", 90),
    DemoNote("access", "Underground loading bay: radio does not reach level -2.", "radio test", "Mannerheimintie", 180),
)
