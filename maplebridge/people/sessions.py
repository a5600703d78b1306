"""From a request to its Actor: a bearer token or a signed-in session."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer

from maplebridge.kernel import clock
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor, actor_of, actor_of_token
from maplebridge.people.models import User


class SignInNeeded(Refused):
    """Nobody is signed in: answered 401."""

    status = 401


def actor_of_request(request: HttpRequest) -> Actor:
    """Return the actor of a request, by bearer token or session. Raises SignInNeeded."""
    known = getattr(request, "actor", None)
    if isinstance(known, Actor):
        return known
    if isinstance(request.user, User):
        return actor_of(request.user, session=(request.session.session_key or "")[:8])
    raise SignInNeeded(_("Sign in first."))


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`, from `maplebridge token USER`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_of_token(token, at=clock.now())
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]  # ninja's own way to pass it on
        return actor


class Session(APIKeyCookie):
    """The session cookie of a signed-in person; unsafe methods need the CSRF token."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if not isinstance(request.user, User):
            return None
        actor = actor_of_request(request)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


AUTH = [Bearer(), Session()]
