"""Who may do what: roles and their permissions, unit kinds and how they travel. Pure data and decisions."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its name for people and the permissions it gives."""

    code: str
    name: object
    permissions: frozenset[str]


_VIEW = {"incidents.view", "units.view", "places.view"}
_TAKE = _VIEW | {"incidents.report", "incidents.edit", "incidents.consult"}
_SEND = _TAKE | {"dispatch.assign", "dispatch.override", "units.status", "incidents.close", "replay.view"}

ROLES = {
    role.code: role
    for role in (
        Role("call_taker", _("call-taker"), frozenset(_TAKE)),
        Role("dispatcher", _("dispatcher"), frozenset(_SEND)),
        Role(
            "post_officer",
            _("post officer"),
            frozenset(
                _VIEW
                | {
                    "incidents.report",
                    "incidents.consult",
                    "incidents.close_own",
                    "units.own",
                    "incidents.note",
                }
            ),
        ),
        Role("chief", _("station chief"), frozenset(_SEND | {"places.edit", "people.manage", "journal.view"})),
        Role("auditor", _("auditor"), frozenset(_VIEW | {"journal.view", "replay.view"})),
        Role(
            "integration",
            _("connected system"),
            frozenset(_VIEW | {"incidents.report", "units.position", "units.status"}),
        ),
        Role("public", _("member of the public"), frozenset({"incidents.report_public"})),
        Role(
            "system",
            _("the system itself"),
            frozenset(_SEND | {"places.edit", "units.position", "people.manage"}),
        ),
    )
}


def may(role: str, permission: str) -> bool:
    """Whether a role gives a permission. An unknown role gives none."""
    return role in ROLES and permission in ROLES[role].permissions


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit: its letter on the map, the road mode it travels by, whether it moves at all."""

    code: str
    name: object
    letter: str
    mode: str
    moves: bool = True


UNIT_KINDS = {
    kind.code: kind
    for kind in (
        UnitKind("foot", _("officer on foot"), "F", "foot"),
        UnitKind("bicycle", _("bicycle"), "B", "bicycle"),
        UnitKind("motorbike", _("motorbike"), "M", "motorbike"),
        UnitKind("car", _("car"), "C", "car"),
        UnitKind("station", _("mobile station"), "S", "car"),
        UnitKind("post", _("street post"), "P", "foot", moves=False),
        UnitKind("guard", _("guard patrol"), "G", "foot"),
        UnitKind("volunteers", _("volunteers"), "V", "foot"),
    )
}
