"""Reads about staff: names, roles, grants, and what waits for somebody's decision."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import get_language

from maplebridge.kernel.moment import for_a_moment
from maplebridge.people.models import Approval, Device, Grant, Role, User
from maplebridge.people.rules import NOT_GIVEN, SHIPPED, Held
from maplebridge.people.rules import Role as ShippedRole

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Names shown of actors given as the journal writes them (`user:3`); refs of programs are left out."""
    ids = [int(ref[5:]) for ref in refs if ref.startswith("user:") and ref[5:].isdigit()]
    return {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)}


def role_book() -> dict[str, ShippedRole]:
    """Every role by code: as shipped, or as the agency changed it, and the agency's own."""
    own = {role.code: ShippedRole(role.code, str(role), frozenset(role.permissions)) for role in Role.objects.all()}
    return SHIPPED | own


def roles_to_give() -> dict[str, ShippedRole]:
    """The roles that a person can be given."""
    return {code: role for code, role in role_book().items() if code not in NOT_GIVEN}


def grants_in_force(user: User, *, at: datetime) -> tuple[Held, ...]:
    """What a person holds at a moment, in the order in which it was given."""
    rows = Grant.objects.filter(user=user).in_force(at).values_list("role", "area_code")
    if not rows:
        return ()
    book = for_a_moment(("roles", get_language()), role_book)
    return tuple(
        Held(code, book[code].permissions, area, book[code].name) for code, area in dict.fromkeys(rows) if code in book
    )


def needs_review(at: datetime) -> QuerySet[Grant]:
    """Emergency access that nobody has reviewed yet, oldest first."""
    return Grant.objects.emergencies().filter(reviewed_at=None).select_related("user").order_by("starts_at")


def emergency_of(user: User, *, at: datetime) -> Grant | None:
    """The emergency access that a person has at a moment."""
    return Grant.objects.filter(user=user).emergencies().in_force(at).first()


def approvals_for(actor: "Actor") -> QuerySet[Approval]:
    """What waits for approval or was decided: everything for whoever decides, else what the actor asked for."""
    rows = Approval.objects.select_related("asked_by", "decided_by")
    return rows if actor.may("approvals.decide") else rows.filter(asked_by=actor.user_id)


def devices_of(user: User, *, at: datetime) -> QuerySet[Device]:
    """Phones that a person enrolled and that still stand, newest first."""
    return user.devices.filter(revoked_at=None, enrolled_at__isnull=False, ends_at__gt=at).order_by("-pk")
