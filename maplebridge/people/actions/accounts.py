"""Writes about accounts: who there is, their sign-ins, and their end."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Private
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.moment import forget
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions.grants import put_grant
from maplebridge.people.actor import Actor
from maplebridge.people.models import NAMES_KEPT, Grant, User
from maplebridge.people.queries import roles_to_give
from maplebridge.people.rules import FIRST_PASSWORD_LASTS


def enrol_user(
    actor: Actor,
    *,
    username: str,
    display_name: str,
    role: str,
    password: str | None,
    area_code: str = "",
    language: str = "",
    expires_at: datetime | None = None,
    first_password: bool = False,
    role_ends_at: datetime | None = None,
    at: datetime,
) -> User:
    """Create an account with one role, or set name, password and the one role of an existing one.

    Roles given before end, but for emergency access. `expires_at` is the moment on which the account ends; None leaves
    it as it is. The role itself may end earlier, at `role_ends_at`. A `first_password` is to be changed within
    `FIRST_PASSWORD_LASTS`. Raises NotAllowed (nobody gives themselves a role) and BadInput on the role.
    """
    actor.must("people.manage")
    actor.must("grants.give")
    if role not in roles_to_give():
        known = ", ".join(roles_to_give())
        raise BadInput("role", _("There is no role “%(role)s”. Roles: %(roles)s.") % {"role": role, "roles": known})
    with act(actor, "people.user_enrolled", at=at) as entry:
        user = User.objects.filter(username=username).first() or User(username=username)
        user.display_name, user.language = display_name, language
        if password:
            user.set_password(password)
            user.password_ends_at = at + FIRST_PASSWORD_LASTS if first_password else None
        elif not user.pk:
            user.set_unusable_password()
        user.expires_at = expires_at or user.expires_at
        user.save()
        _set_one_role(actor, user, role, area_code, at, ends_at=role_ends_at)
        ends = {"expires_at": stamp(expires_at)} if expires_at else {}
        entry.about(user, role=role, area=area_code, **ends).keep_private(username=username, name=display_name)
    forget()
    return user


def set_password(actor: Actor, *, user: User, password: str, at: datetime) -> None:
    """Give somebody a new password, to be changed soon; Django ends all sessions that the old one opened."""
    actor.must("people.manage")
    with act(actor, "people.password_set", at=at) as entry:
        fresh = User.objects.select_for_update().get(pk=user.pk)
        fresh.set_password(password)
        fresh.password_ends_at = at + FIRST_PASSWORD_LASTS
        fresh.save(update_fields=["password", "password_ends_at"])
        entry.about(fresh)


def reset_factors(actor: Actor, *, user: User, at: datetime) -> int:
    """Remove the second factors of somebody who lost theirs and stands before whoever does it; return how many.

    They set new ones up at their next sign-in. Raises NotAllowed for one's own.
    """
    actor.must("people.manage")
    if actor.user_id == user.pk:
        raise NotAllowed(_("Another who manages people does this for you."))
    with act(actor, "people.factors_reset", at=at) as entry:
        removed, _by_kind = Authenticator.objects.filter(user=user).delete()
        entry.about(user, factors=removed)
    return int(removed)


def _set_one_role(
    actor: Actor, user: User, role: str, area_code: str, at: datetime, *, ends_at: datetime | None
) -> None:
    """Give the role unless it is held already; end every other that is no emergency's."""
    others = Grant.objects.filter(user=user).in_force(at).exclude(ends_at__isnull=False)
    same = others.filter(role=role, area_code=area_code).first()
    (others.exclude(pk=same.pk) if same else others).update(revoked_at=at)
    if same is None:
        if actor.user_id == user.pk:
            raise NotAllowed(_("Nobody changes their own roles. Ask another who may give roles."))
        put_grant(actor, user=user, role=role, area_code=area_code, reason="", starts_at=at, ends_at=ends_at, at=at)


def erase_ended_accounts(actor: Actor, *, at: datetime) -> int:
    """Erase the names of accounts that ended `NAMES_KEPT` ago, in table and journal; return how many.

    The account stays as a number without a name, so that what it did keeps its author; it can sign in no more.
    """
    actor.must("people.manage")
    users = list(User.objects.filter(expires_at__lte=at - NAMES_KEPT).exclude(display_name="")[:200])
    if not users:
        return 0
    with act(actor, "people.names_erased", at=at) as entry:
        entry.about("user:*", accounts=len(users)).processed("erased", records=users, classes=["staff"])
        refs = [f"user:{user.pk}" for user in users]
        parts = Private.objects.filter(entry__subject__in=refs, entry__verb="people.user_enrolled")
        erase_private(entry, parts.values_list("entry_id", "name"))
        for user in users:
            user.username, user.display_name, user.is_active = f"ended-{user.pk}", "", False
            user.first_name = user.last_name = user.email = ""
            user.set_unusable_password()
            user.save()
    return len(users)


def record_sign_in(actor: Actor, *, user: User, at: datetime) -> None:
    """Journal that a member of staff began a session. No address of theirs is kept."""
    with act(actor, "people.signed_in", at=at) as entry:
        entry.about(user, signed_in_at=stamp(at))


def record_security(actor: Actor, *, user: User, event: str, at: datetime) -> None:
    """Journal that a person changed how they sign in: `event` names it ("totp_activated", "password_changed")."""
    with act(actor, "people.sign_in_changed", at=at) as entry:
        if event == "password_changed":
            User.objects.filter(pk=user.pk).update(password_ends_at=None)
        entry.about(user, event=event)
