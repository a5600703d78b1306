"""The Actor: who does something, in which role, with which permissions. First argument of every action."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from maplebridge.kernel.moment import for_a_moment
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.models import ApiToken, User
from maplebridge.people.rules import ROLES, may


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts. `ref` is `user:ID` or `system:NAME`, as the journal records it."""

    ref: str
    name: str
    role: str
    area_code: str = ""
    session: str = ""
    user_id: int | None = None

    def may(self, permission: str) -> bool:
        """Whether the actor's role gives the permission."""
        return may(self.role, permission)

    def must(self, permission: str) -> None:
        """Raise `NotAllowed` unless the actor's role gives the permission."""
        if not self.may(permission):
            role = ROLES[self.role].name if self.role in ROLES else self.role
            raise NotAllowed(
                _("As %(role)s you may not do this. Ask a station chief if your work needs it.") % {"role": role}
            )


def actor_of(user: User, *, session: str = "") -> Actor:
    """Make the actor of a signed-in member of staff."""
    return Actor(
        ref=f"user:{user.pk}",
        name=str(user),
        role=user.role,
        area_code=user.area_code,
        session=session,
        user_id=user.pk,
    )


def system(name: str) -> Actor:
    """Make the actor of a program of ours: the worker, an import, the demo."""
    return Actor(ref=f"system:{name}", name=name, role="system")


PUBLIC = Actor(ref="public:web", name="public", role="public")


def token_digest(text: str) -> str:
    """Digest under which a token is stored (the token itself has 256 random bits, so no salt is needed)."""
    return sha256(text.encode()).hexdigest()


def actor_of_token(text: str, *, at: datetime) -> Actor | None:
    """Find whose bearer token this is; None when unknown, expired, or its owner's account has ended."""
    digest = token_digest(text)
    return for_a_moment(("token", digest), lambda: _actor_of_digest(digest, at))


def _actor_of_digest(digest: str, at: datetime) -> Actor | None:
    token = (
        ApiToken.objects.select_related("user").filter(digest=digest, expires_at__gt=at, user__is_active=True).first()
    )
    if token is None or (token.user.expires_at and token.user.expires_at <= at):
        return None
    return actor_of(token.user, session=f"token:{token.pk}")
