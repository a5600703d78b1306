"""The Actor: who does something, by which grants. First argument of every action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from django.utils.translation import gettext as _

from maplebridge.kernel.moment import for_a_moment
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.models import ApiToken, User
from maplebridge.people.queries import grants_in_force
from maplebridge.people.rules import Held, narrowed, shipped


class InAnArea(Protocol):
    """A record that lies somewhere: `area_path` is "/district/beat/"."""

    @property
    def area_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts. `ref` is `user:ID` or `system:NAME`, as the journal records it.

    `held` are the grants in force. An actor made with a role alone holds that role as shipped, for `area_code`.
    """

    ref: str
    name: str
    role: str
    area_code: str = ""
    session: str = ""
    user_id: int | None = None
    held: tuple[Held, ...] | None = None

    @property
    def grants(self) -> tuple[Held, ...]:
        """The roles in force, with their permissions and areas."""
        return (shipped(self.role, self.area_code),) if self.held is None else self.held

    @property
    def permissions(self) -> frozenset[str]:
        """Everything that any grant gives, somewhere."""
        return frozenset().union(*(held.permissions for held in self.grants))

    def may(self, permission: str, about: InAnArea | None = None) -> bool:
        """Whether a grant gives the permission: for the place of a record, or anywhere where none is given."""
        return any(
            permission in held.permissions and (about is None or held.covers(about.area_path)) for held in self.grants
        )

    def must(self, permission: str, about: InAnArea | None = None) -> None:
        """Raise `NotAllowed` unless a grant gives the permission for the place of the record."""
        if self.may(permission, about):
            return
        if about is not None and self.may(permission):
            raise NotAllowed(_("This lies outside your area. Ask the station there, or your chief for a grant."))
        names = ", ".join(str(held.name) for held in self.grants) or _("somebody without a role")
        raise NotAllowed(
            _("As %(role)s you may not do this. Ask a station chief if your work needs it.") % {"role": names}
        )

    def areas(self, permission: str) -> frozenset[str] | None:
        """Codes of the areas for which the actor has a permission; None for everywhere."""
        codes = frozenset(held.area_code for held in self.grants if permission in held.permissions)
        return None if "" in codes else codes


def actor_of(user: User, *, at: datetime, session: str = "", scopes: Iterable[str] = ()) -> Actor:
    """Make the actor of a signed-in member of staff, or of the bearer of a token with `scopes` (none: all)."""
    held = for_a_moment(("grants", user.pk), lambda: grants_in_force(user, at=at))
    if scopes:
        held = narrowed(held, scopes)
    role = "+".join(dict.fromkeys(each.role for each in held))
    return Actor(ref=f"user:{user.pk}", name=str(user), role=role, session=session, user_id=user.pk, held=held)


def system(name: str) -> Actor:
    """Make the actor of a program of ours: the worker, an import, the demo."""
    return Actor(ref=f"system:{name}", name=name, role="system")


PUBLIC = Actor(ref="public:web", name="public", role="public")


def token_digest(text: str) -> str:
    """Digest under which a token is stored (the token itself has 256 random bits, so no salt is needed)."""
    return sha256(text.encode()).hexdigest()


def actor_of_token(text: str, *, at: datetime) -> Actor | None:
    """Find whose bearer token this is; None when unknown, expired, revoked, or its owner's account has ended."""
    digest = token_digest(text)
    return for_a_moment(("token", digest), lambda: _actor_of_digest(digest, at))


def _actor_of_digest(digest: str, at: datetime) -> Actor | None:
    tokens = ApiToken.objects.select_related("user").filter(digest=digest, revoked_at=None, expires_at__gt=at)
    token = tokens.filter(user__is_active=True).first()
    if token is None or (token.user.expires_at and token.user.expires_at <= at):
        return None
    return actor_of(token.user, at=at, session=f"token:{token.pk}", scopes=token.scopes)
