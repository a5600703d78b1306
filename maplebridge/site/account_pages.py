"""One's own account: roles, second factor, sessions, tokens, phones, emergency access."""

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.refused import Refused
from maplebridge.people.actions import (
    break_glass,
    device_of_code,
    disclose_to_self,
    enrol_device,
    issue_token,
    offer_device,
    record_security,
    revoke_device,
    revoke_token,
)
from maplebridge.people.actor import Actor, actor_of
from maplebridge.people.models import ApiToken, Device, User
from maplebridge.people.queries import devices_of, role_book
from maplebridge.people.rules import BREAK_GLASS, PERMISSIONS
from maplebridge.people.sessions import DEVICE, user_of_session
from maplebridge.places.models import Area
from maplebridge.site.adapters import has_second_factor
from maplebridge.site.doors import proven, signed_in, with_words
from maplebridge.site.entrance_pages import entered, needs_second_factor
from maplebridge.site.pages import to_sign_in
from maplebridge.site.qr import qr


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Show what one may do here, how one signs in, and from where one is signed in."""
    user = user_of_session(request)
    if user is None:
        return to_sign_in(request)
    now, book = clock.now(), role_book()
    actor = actor_of(user, at=now)
    grants = user.grants.in_force(now)
    areas = dict(Area.objects.filter(code__in=[grant.area_code for grant in grants]).values_list("code", "name"))
    context = {
        "roles": [
            {"name": book[g.role].name if g.role in book else g.role, "area": areas.get(g.area_code, g.area_code),
             "grant": g} for g in grants
        ],
        "may": [PERMISSIONS[name] for name in PERMISSIONS if name in actor.permissions],
        "second_factor": has_second_factor(user),
        "factor_needed": needs_second_factor(user),
        "sessions": UserSession.objects.purge_and_list(user),
        "tokens": user.api_tokens.filter(revoked_at=None, expires_at__gt=now).order_by("-pk"),
        "devices": devices_of(user, at=now),
        "makes_tokens": actor.may("tokens.own"),
        "scopes": [(name, PERMISSIONS[name]) for name in PERMISSIONS if name in actor.permissions],
        "breaks_glass": actor.may(BREAK_GLASS) and actor.areas("incidents.view") is not None,
    }  # fmt: skip
    return render(request, "site/account.html", context)


@require_POST
@signed_in
@proven
@with_words("account")
def make_token(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make an API token and show it, this once."""
    days = request.POST.get("days", "")
    text = issue_token(
        actor,
        user=_self(request),
        name=request.POST.get("name", ""),
        scopes=request.POST.getlist("scopes"),
        days=int(days) if days.isdecimal() and len(days) < 6 else 90,
        at=clock.now(),
    )
    return render(request, "site/token.html", {"text": text})


def _self(request: HttpRequest) -> User:
    user = user_of_session(request)
    if user is None:
        raise Refused(_("Sign in first."))
    return user


@require_POST
@signed_in
def end_token(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """End one of one's own tokens."""
    revoke_token(actor, token=get_object_or_404(ApiToken, pk=number, user=actor.user_id), at=clock.now())
    messages.success(request, _("The token no longer works."))
    return redirect("account")


@require_POST
@signed_in
def end_session(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """End one of one's own sessions."""
    session = get_object_or_404(UserSession, pk=number, user=actor.user_id)
    record_security(actor, user=_self(request), event="sessions_ended", at=clock.now())
    end_sessions(request, [session])
    messages.success(request, _("That session has ended."))
    return redirect("account")


@require_POST
@signed_in
@proven
@with_words("account")
def add_device(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the code by which a phone enrols for oneself."""
    return show_code(request, actor, _self(request))


def show_code(request: HttpRequest, actor: Actor, user: User) -> HttpResponse:
    """Show a phone's code as QR, this once."""
    device, code = offer_device(actor, user=user, name=request.POST.get("name", ""), at=clock.now())
    address = request.build_absolute_uri(f"/enrol/{code}")
    return render(request, "site/device_code.html", {"device": device, "address": address, "qr": qr(address)})


@require_POST
@signed_in
def end_device(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Sign one of one's own phones out for good."""
    revoke_device(actor, device=get_object_or_404(Device, pk=number, user=actor.user_id), at=clock.now())
    messages.success(request, _("That phone is signed out."))
    return redirect("account")


@require_POST
@signed_in
@proven
def held(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hand out what is held about oneself, signed."""
    packed = disclose_to_self(actor, user=_self(request), at=clock.now())
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-account.zip"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """On the phone: say whose account it will be, and on pressing the button enrol it and open its page."""
    at = clock.now()
    device = device_of_code(code, at=at)
    if request.method != "POST":
        return render(request, "site/enrol.html", {"device": device, "code": code})
    actor = actor_of(device.user, at=at, session="enrolling")
    device = enrol_device(actor, code=code, at=at)
    login(request, device.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[DEVICE] = device.pk
    if device.ends_at:
        request.session.set_expiry(device.ends_at)
    UserSession.objects.create_from_request(request)
    return entered(request, device.user, redirect("start"))


@require_POST
@signed_in
@with_words("account")
def emergency(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take emergency access for an hour."""
    break_glass(actor, user=_self(request), reason=request.POST.get("reason", ""), at=clock.now())
    messages.warning(request, _("Emergency access for one hour. Every look is on record and will be reviewed."))
    return redirect("start")
