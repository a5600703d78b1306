"""Who may do what: permissions, the roles as shipped, unit kinds and how they travel. Pure data and decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

BREAK_GLASS = "break_glass"  # a permission, and the role that using it gives
BREAK_GLASS_LASTS = timedelta(hours=1)
REVIEW_WITHIN = timedelta(days=1)
FIRST_PASSWORD_LASTS = timedelta(days=7)  # that somebody else gave
APPROVAL_LASTS = timedelta(days=7)

PERMISSIONS: dict[str, object] = {
    "incidents.view": _("see incidents and what is said of them"),
    "incidents.report": _("take a report"),
    "incidents.report_public": _("report without signing in"),
    "incidents.edit": _("change, merge and link incidents"),
    "incidents.note": _("add notes and photos to an incident"),
    "incidents.consult": _("see a reporter's name and telephone number"),
    "incidents.close": _("close any incident"),
    "incidents.close_own": _("close the incident of one's own unit"),
    "dispatch.assign": _("send units"),
    "dispatch.override": _("send another unit than the one proposed"),
    "property.check": _("check the codes of items, at a stated place"),
    "property.register": _("register items and their owners"),
    "property.report": _("report items stolen"),
    "property.investigate": _("follow stolen items: recover, impound, return, decide whose they are"),
    "property.consult": _("see an owner's name and telephone number"),
    "property.manage": _("accredit dealers and set up readers"),
    "property.own": _("see and pass on one's own items"),
    "units.view": _("see units and where they are"),
    "units.track": _("look at where a unit was, with a reason that its crew can read"),
    "units.own": _("work as the crew of a unit"),
    "units.status": _("set the status of any unit"),
    "units.position": _("deliver positions of units"),
    "forms.fill": _("fill in forms in the field"),
    "tasks.give": _("give tasks in the field, and settle or return what is delivered"),
    "work.appraise": _("appraise work in the field and approve stipends"),
    "forms.manage": _("write, publish and retire forms"),
    "places.view": _("see the map, addresses and premises"),
    "places.edit": _("change the map, areas and addresses"),
    "register.view": _("see premises of the register with their counts, and take the register home"),
    "register.edit": _("change addresses, premises and organisations of the register"),
    "register.care": _("enter and see who asked to be looked after in emergencies"),
    "replay.view": _("replay a past moment"),
    "studies.view": _("see where need arises and what a layout of posts reaches, by place"),
    "studies.run": _("draw layouts of posts, save studies of them and simulate them"),
    "journal.view": _("read the journal"),
    "people.view": _("see staff, their roles and their grants"),
    "people.manage": _("manage accounts, units, shifts and plans"),
    "roles.manage": _("change what a role may do"),
    "grants.give": _("give and take roles"),
    "grants.review": _("review emergency access"),
    "approvals.ask": _("ask for a disclosure or an erasure"),
    "approvals.decide": _("approve a disclosure or an erasure that another asked for"),
    "tokens.own": _("make API tokens of one's own"),
    BREAK_GLASS: _("take emergency access for an hour"),
}

_PERSONAL = frozenset(
    ("incidents.view", "incidents.edit", "incidents.consult", "journal.view", "people.view", "people.manage",
     "register.care", "roles.manage", "grants.give", "grants.review", "approvals.decide", "property.consult")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its name for people and the permissions it gives."""

    code: str
    name: object
    permissions: frozenset[str]


def _roles(*rows: tuple[str, object, Iterable[str]]) -> dict[str, Role]:
    return {code: Role(code, name, frozenset(permissions)) for code, name, permissions in rows}


_VIEW = {"incidents.view", "units.view", "places.view"}
_CHECK = {"property.check"}
_REGISTER = _CHECK | {"property.register"}
_FOLLOW = _REGISTER | {"property.report", "property.investigate", "property.consult"}
_TAKE = _VIEW | _CHECK | {"incidents.report", "incidents.edit", "incidents.consult", "property.report", BREAK_GLASS}
_SEND = _TAKE | {"dispatch.assign", "dispatch.override", "units.status", "incidents.close", "replay.view"}
_CREW = _VIEW | {
    "forms.fill",
    "incidents.report",
    "incidents.note",
    "incidents.consult",
    "incidents.close_own",
    "units.own",
}
_REGISTRY = {"register.view", "register.edit", "register.care"}
_STUDY = {"studies.view", "studies.run"}
_STAFF = {"people.view", "people.manage", "grants.give", "tokens.own"}

SHIPPED = _roles(
    ("call_taker", _("call-taker"), _TAKE),
    ("dispatcher", _("dispatcher"), _SEND | {"register.care"}),
    ("post_officer", _("post officer"), _CREW | _FOLLOW | _REGISTRY | {BREAK_GLASS, "tasks.give", "work.appraise"}),
    ("auxiliary", _("village auxiliary"), (_CREW | _CHECK | _REGISTRY | {"tasks.give"}) - {"incidents.consult"}),
    ("hamlet_assistant", _("hamlet assistant"), {"places.view", "incidents.report", "forms.fill"}),
    ("guard", _("contracted guard"), _CHECK | {"places.view", "units.own", "incidents.report"}),
    ("volunteer_coordinator", _("volunteer coordinator"), {"places.view", "units.view"}),
    ("registrar", _("registrar"), _REGISTER | {"places.view", "property.manage"}),
    ("dealer", _("dealer"), _REGISTER | {"tokens.own"}),
    ("investigator", _("investigator"), _VIEW | _FOLLOW | {"incidents.report", "incidents.note", "incidents.consult"}),
    ("custody_officer", _("custody officer"), {"incidents.view", "places.view", "incidents.consult"}),
    ("mediator", _("mediator"), {"incidents.view", "places.view"}),
    ("inspector", _("inspector"), {"incidents.view", "places.view"}),
    ("analyst", _("analyst"), _STUDY | {"places.view", "units.view", "replay.view", "register.view", "tokens.own"}),
    ("auditor", _("auditor"), _VIEW | {"units.track", "journal.view", "replay.view", "people.view", "grants.review"}),
    ("administrator", _("administrator"),
     _STAFF | {"roles.manage", "places.view", "places.edit", "register.view", "register.edit", "forms.manage"}),
    ("chief", _("station chief"),
     _SEND | _STAFF | _FOLLOW | _STUDY | _REGISTRY
     | {"property.manage", "units.track", "places.edit", "forms.manage", "forms.fill", "tasks.give", "work.appraise",
        "journal.view", "grants.review", "approvals.ask", "approvals.decide"}),
    ("integration", _("connected system"),
     _VIEW | _CHECK | {"incidents.report", "units.position", "units.status"}),
    (BREAK_GLASS, _("emergency access"), _VIEW | {"incidents.consult"}),
    ("public", _("member of the public"), {"incidents.report_public", "property.own"}),
    ("system", _("the system itself"),
     _SEND | _STAFF | _FOLLOW | _STUDY | _REGISTRY
     | {"property.manage", "places.edit", "units.position", "forms.manage", "tasks.give", "work.appraise"}),
)  # fmt: skip
NOT_GIVEN = frozenset((BREAK_GLASS, "public", "system"))  # roles that nobody gives a person


def sees_personal(permissions: Iterable[str]) -> bool:
    """Whether these permissions show data of persons, so that a second factor is needed to sign in."""
    return not _PERSONAL.isdisjoint(permissions)


@dataclass(frozen=True, slots=True)
class Held:
    """A role in force: its permissions, the area to which it is bound ("" for everywhere), its name for people."""

    role: str
    permissions: frozenset[str]
    area_code: str = ""
    name: object = field(default="", compare=False)

    def covers(self, path: str) -> bool:
        """Whether a place with this path of areas ("/district/beat/") lies in the role's area."""
        return not self.area_code or f"/{self.area_code}/" in path


def shipped(role: str, area_code: str = "") -> Held:
    """Hold a role as it is shipped. An unknown one gives nothing."""
    known = SHIPPED.get(role, Role(role, role, frozenset()))
    return Held(role, known.permissions, area_code, known.name)


def narrowed(held: Iterable[Held], scopes: Iterable[str]) -> tuple[Held, ...]:
    """Hold no more than some permissions: what a token with scopes may of what its owner may."""
    allowed = frozenset(scopes)
    return tuple(Held(each.role, each.permissions & allowed, each.area_code, each.name) for each in held)


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
