"""Writes about who may do what: grants, emergency access and its review, roles."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.moment import forget
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.people.models import Grant, Role, User
from maplebridge.people.queries import emergency_of, roles_to_give
from maplebridge.people.rules import BREAK_GLASS, BREAK_GLASS_LASTS, NOT_GIVEN, PERMISSIONS

SHORTEST_REASON, LONGEST_REASON = 10, 300


class CannotRevokeTwice(Refused):
    """The grant has ended already."""


class CannotReviewTwice(Refused):
    """The emergency access was reviewed already, or is none."""


def checked_reason(reason: str, *, field: str = "reason") -> str:
    """Return a reason in words. Raises BadInput on fewer than ten characters, or more than 300."""
    reason = storable(reason).strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        sentence = _("Say why in %(least)d to %(most)d characters.")
        raise BadInput(field, sentence % {"least": SHORTEST_REASON, "most": LONGEST_REASON})
    return reason


def put_grant(
    actor: Actor,
    *,
    user: User,
    role: str,
    area_code: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime | None,
    at: datetime,
) -> Grant:
    """Write a grant that has been decided on, with its entry: the part that giving and emergency access share."""
    with act(actor, "people.glass_broken" if role == BREAK_GLASS else "people.role_given", at=at) as entry:
        grant = Grant.objects.create(
            user=user, role=role, area_code=area_code, reason=reason,
            given_by=actor.ref, starts_at=starts_at, ends_at=ends_at,
        )  # fmt: skip
        ends = {"ends_at": stamp(ends_at)} if ends_at else {}
        entry.about(grant, user=f"user:{user.pk}", role=role, area=area_code, **ends).keep_private(reason=reason)
    forget()
    return grant


def give_grant(
    actor: Actor,
    *,
    user: User,
    role: str,
    area_code: str = "",
    reason: str,
    ends_at: datetime | None = None,
    at: datetime,
) -> Grant:
    """Give a person a role, for an area and a term. Raises NotAllowed for oneself, and BadInput."""
    actor.must("grants.give")
    _not_oneself(actor, user)
    if role not in roles_to_give():
        known = ", ".join(roles_to_give())
        raise BadInput("role", _("There is no role “%(role)s”. Roles: %(roles)s.") % {"role": role, "roles": known})
    if ends_at is not None and ends_at <= at:
        raise BadInput("ends_at", _("The term ends before it starts. Give a later day."))
    if Grant.objects.filter(user=user, role=role, area_code=area_code, ends_at=ends_at).in_force(at).exists():
        raise BadInput("role", _("This person has that role there already."))
    return put_grant(
        actor, user=user, role=role, area_code=area_code, reason=checked_reason(reason), starts_at=at, ends_at=ends_at,
        at=at,
    )  # fmt: skip


def revoke_grant(actor: Actor, *, grant: Grant, reason: str, at: datetime) -> Grant:
    """End a grant at once. Raises NotAllowed for one's own, and CannotRevokeTwice."""
    actor.must("grants.give")
    _not_oneself(actor, grant.user)
    reason = checked_reason(reason)
    with act(actor, "people.role_revoked", at=at) as entry:
        fresh = Grant.objects.select_for_update().get(pk=grant.pk)
        if fresh.revoked_at or (fresh.ends_at and fresh.ends_at <= at):
            raise CannotRevokeTwice(_("This role has ended already. Load the page again."))
        fresh.revoked_at = at
        fresh.save(update_fields=["revoked_at"])
        entry.about(fresh, user=f"user:{fresh.user_id}", role=fresh.role, area=fresh.area_code)
        entry.keep_private(reason=reason)
    forget()
    return fresh


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.user_id == user.pk:
        raise NotAllowed(_("Nobody changes their own roles. Ask another who may give roles."))


def break_glass(actor: Actor, *, user: User, reason: str, at: datetime) -> Grant:
    """Take emergency access for an hour: incidents, callers and units everywhere; somebody else reviews it.

    Taking it again while it lasts gives the one there is. Raises NotAllowed and BadInput.
    """
    actor.must(BREAK_GLASS)
    if actor.user_id != user.pk:
        raise NotAllowed(_("Emergency access is taken by whoever needs it, for themselves."))
    reason = checked_reason(reason)
    if (standing := emergency_of(user, at=at)) is not None:
        return standing
    return put_grant(
        actor, user=user, role=BREAK_GLASS, area_code="", reason=reason, starts_at=at,
        ends_at=at + BREAK_GLASS_LASTS, at=at,
    )  # fmt: skip


def review_grant(actor: Actor, *, grant: Grant, justified: bool, words: str, at: datetime) -> Grant:
    """Find emergency access justified or not. Raises NotAllowed for one's own, and CannotReviewTwice."""
    actor.must("grants.review")
    if actor.user_id == grant.user_id:
        raise NotAllowed(_("Nobody reviews their own emergency access. Another reviewer does."))
    words = checked_reason(words, field="words")
    with act(actor, "people.emergency_reviewed", at=at) as entry:
        fresh = Grant.objects.select_for_update().get(pk=grant.pk)
        if fresh.role != BREAK_GLASS or fresh.reviewed_at:
            raise CannotReviewTwice(_("This has been reviewed already. Load the page again."))
        fresh.reviewed_at, fresh.reviewed_by, fresh.justified = at, actor.ref, justified
        fresh.save(update_fields=["reviewed_at", "reviewed_by", "justified"])
        entry.about(fresh, user=f"user:{fresh.user_id}", justified=justified).keep_private(words=words)
    return fresh


def set_role(actor: Actor, *, code: str, name: str, name_zh: str, permissions: list[str], at: datetime) -> Role:
    """Make a role of the agency's own, or change what a shipped one may do. Raises BadInput."""
    actor.must("roles.manage")
    code, name, name_zh = code.strip(), storable(name).strip(), storable(name_zh).strip()
    if code in NOT_GIVEN or not code.isidentifier() or not code.isascii() or len(code) > 24:
        raise BadInput("code", _("The code is a short word of letters, digits and _; not one of the system's own."))
    if not (name and name_zh) or max(len(name), len(name_zh)) > 60:
        raise BadInput("name", _("Give the role a name in both languages, of at most 60 characters."))
    if unknown := sorted(set(permissions) - set(PERMISSIONS)):
        raise BadInput("permissions", _("There is no permission “%(name)s”.") % {"name": unknown[0]})
    values = {"name": name, "name_zh": name_zh, "permissions": sorted(permissions)}
    with act(actor, "people.role_set", at=at) as entry:
        role, _made = Role.objects.update_or_create(code=code, defaults=values)
        entry.about(role, name=name, permissions=sorted(permissions))
    forget()
    return role
