"""From a request to its Actor: a bearer token or a signed-in session."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from maplebridge.kernel import clock
from maplebridge.kernel.moment import for_a_moment
from maplebridge.kernel.refused import NotAllowed, Refused
from maplebridge.people.actor import Actor, actor_of, actor_of_token
from maplebridge.people.models import Device, User
from maplebridge.people.rules import sees_personal

SECOND_FACTOR = "second_factor"  # in a session: it was opened with two factors, or they were set up in it
DEVICE = "device"  # in a session: the enrolled phone that it is bound to


class SignInNeeded(Refused):
    """Nobody is signed in: answered 401."""

    status = 401


class OwnPasswordNeeded(NotAllowed):
    """The password was given by somebody else: answered 403 until it is changed."""


class SecondFactorNeeded(NotAllowed):
    """The role sees personal data and the session was opened with a password alone: answered 403."""


class PageTooOld(NotAllowed):
    """The CSRF token is missing or of another session: answered 403."""


def actor_of_request(request: HttpRequest) -> Actor:
    """Return the actor of a request, by bearer token or session. Raises SignInNeeded and SecondFactorNeeded."""
    known = getattr(request, "actor", None)
    if isinstance(known, Actor):
        return known
    if (user := user_of_session(request)) is None:
        raise SignInNeeded(_("Sign in first."))
    actor = actor_of_user(request, user)
    if user.password_ends_at and not request.session.get(DEVICE):
        raise OwnPasswordNeeded(_("Somebody else gave you this password: set one of your own, at /account/password/."))
    if lacks_second_factor(actor, request.session):
        raise SecondFactorNeeded(_("Your role sees personal data: set up a second factor first, at /account/2fa/."))
    request.actor = actor  # type: ignore[attr-defined]  # asked for once in a request
    return actor


def actor_of_user(request: HttpRequest, user: User) -> Actor:
    """Make the actor of a session's person, whatever they have proven yet."""
    return actor_of(user, at=clock.now(), session=(request.session.session_key or "")[:8])


def lacks_second_factor(actor: Actor, session: Mapping[str, Any]) -> bool:
    """Whether this session was opened with less than the actor's grants ask for. Enrolled phones are a factor."""
    if not settings.CONFIG.mfa_required or session.get(SECOND_FACTOR) or session.get(DEVICE):
        return False
    return sees_personal(actor.permissions)


def user_of_session(request: HttpRequest) -> User | None:
    """Give whose session cookie a request carries; None when nobody's, or when account or phone has ended."""
    user = request.user
    if not isinstance(user, User) or (user.expires_at and user.expires_at <= clock.now()):
        return None
    return user if phone_stands(request.session, at=clock.now()) else None


def phone_stands(session: Mapping[str, Any], *, at: datetime) -> bool:
    """Whether a session is not that of a phone that was signed out for good, or whose term is over."""
    number = session.get(DEVICE)
    if number is None:
        return True
    standing = Device.objects.filter(pk=number, revoked_at=None, ends_at__gt=at)
    return bool(for_a_moment(("device", number), standing.exists))


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`, from `maplebridge token USER`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_of_token(token, at=clock.now())
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]  # ninja's own way to pass it on
        return actor


class Session(APIKeyCookie):
    """The session cookie of a signed-in person; unsafe methods need the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

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
        request.actor = actor  # type: ignore[attr-defined]  # as above
        return actor


AUTH = [Bearer(), Session()]
