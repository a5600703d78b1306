"""States of an incident, which may follow which, and the dispositions that end one."""

from django.utils.translation import gettext_lazy as _

# EIDO incident statuses (NENA-STA-021), in the order a report usually meets them.
STATES = (
    "Active",
    "ResourcesAssigned",
    "ResourcesEnroute",
    "ResourcesOnscene",
    "Closed",
    "Cancelled",
    "ReOpened",
)
STATE_NAMES = {
    "Active": _("waiting"),
    "ResourcesAssigned": _("unit assigned"),
    "ResourcesEnroute": _("unit on its way"),
    "ResourcesOnscene": _("unit on scene"),
    "Closed": _("closed"),
    "Cancelled": _("cancelled"),
    "ReOpened": _("reopened"),
}
RESOURCE_STATES = ("ResourcesAssigned", "ResourcesEnroute", "ResourcesOnscene")
OPEN_STATES = ("Active", *RESOURCE_STATES, "ReOpened")
ENDED_STATES = ("Closed", "Cancelled")

# Units come, go back and are replaced, so every open state but the entry ones may follow every other.
_WORKING = frozenset({"Active", *RESOURCE_STATES})
TRANSITIONS: dict[str, frozenset[str]] = {
    "Active": _WORKING - {"Active"} | {"Closed", "Cancelled"},
    "ResourcesAssigned": _WORKING - {"ResourcesAssigned"} | {"Closed", "Cancelled"},
    "ResourcesEnroute": _WORKING - {"ResourcesEnroute"} | {"Closed", "Cancelled"},
    "ResourcesOnscene": _WORKING - {"ResourcesOnscene"} | {"Closed"},
    "ReOpened": _WORKING | {"Closed", "Cancelled"},
    "Closed": frozenset({"ReOpened"}),
    "Cancelled": frozenset({"ReOpened"}),
}

# The column that keeps when each step was first reached.
STEP_FIELD = {
    "ResourcesAssigned": "assigned_at",
    "ResourcesEnroute": "enroute_at",
    "ResourcesOnscene": "onscene_at",
}

SOURCES = [
    ("call", _("call")),
    ("walk_in", _("walk-in")),
    ("officer", _("officer")),
    ("public", _("public page")),
    ("sensor", _("sensor")),
    ("api", _("connected system")),
    ("import", _("import")),
    ("paper", _("paper card")),
]

FAMILY_NAMES = {
    "violence": _("violence and threat"),
    "property": _("theft and property"),
    "order": _("disputes and nuisance"),
    "traffic": _("traffic"),
    "hazard": _("hazards"),
    "welfare": _("people who need care"),
    "service": _("help and questions"),
    "emergency": _("fire and medical"),
    "alarm": _("alarms"),
}
PUBLIC_FAMILIES = ("order", "property", "hazard", "traffic", "service")  # for the rest, people should call

LINK_KINDS = [
    ("child", _("part of")),
    ("parent", _("has as a part")),
    ("related", _("related to")),
    ("split", _("split from")),
]

PRIORITIES = [(n, str(n)) for n in range(11)]  # 0 most urgent, 10 least

# Dispositions after APCO's common list, as the code a dispatcher types and its words.
DISPOSITIONS = [
    ("01", _("report taken")),
    ("02", _("advised on the spot")),
    ("03", _("settled between the parties")),
    ("04", _("item found or returned")),
    ("05", _("handled, no report needed")),
    ("06", _("gone on arrival")),
    ("07", _("unfounded")),
    ("08", _("duplicate")),
    ("09", _("handed to another service")),
    ("10", _("person detained")),
    ("11", _("cancelled by the reporter")),
]


def may_follow(state: str, after: str) -> bool:
    """Whether `after` may follow `state` (NENA-STA-021 names; the order is ours)."""
    return after in TRANSITIONS.get(state, frozenset())


def is_open(state: str) -> bool:
    """Whether an incident in this state still needs somebody."""
    return state in OPEN_STATES
