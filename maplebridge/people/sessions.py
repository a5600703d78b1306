"""From a request to its Actor: a bearer token or a signed-in session."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotAllowed, Refused
from maplebridge.people.actor import Actor, actor_of, actor_of_token
from maplebridge.people.models import User


class SignInNeeded(Refused):
    """Nobody is signed in: answered 401."""

    status = 401


class PageTooOld(NotAllowed):
    """The CSRF token is missing or of another session: answered 403."""


def actor_of_request(request: HttpRequest) -> Actor:
    """Return the actor of a request, by bearer token or session. Raises SignInNeeded."""
    known = getattr(request, "actor", None)
    if isinstance(known, Actor):
        return known
    if (user := user_of_session(request)) is not None:
        return actor_of(user, session=(request.session.session_key or "")[:8])
    raise SignInNeeded(_("Sign in first."))


def user_of_session(request: HttpRequest) -> User | None:
    """Give whose session cookie a request carries; None when nobody's, or when their account has ended."""
    user = request.user
    if not isinstance(user, User) or (user.expires_at and user.expires_at <= clock.now()):
        return None
    return user


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

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Find the session first: without one the answer is 401, whatever else is missing."""
        if user_of_session(request) is None:
            return None
        if check_csrf(request):
            raise PageTooOld(_("This page is no longer valid. Load it again, then repeat what you did."))
        return self.authenticate(request, request.COOKIES.get(self.param_name))

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if user_of_session(request) is None:
            return None
        actor = actor_of_request(request)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


AUTH = [Bearer(), Session()]
