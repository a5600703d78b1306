"""Pages that belong to no domain: start, sign-in, language and theme, the tour, the phone's and the console's shell."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.address import client_address
from maplebridge.kernel.refused import NotAllowed
from maplebridge.kernel.text import storable
from maplebridge.people.actions import record_sign_in
from maplebridge.people.actor import Actor, actor_of
from maplebridge.people.models import User
from maplebridge.people.rules import may
from maplebridge.people.sessions import user_of_session
from maplebridge.places.models import City
from maplebridge.site import throttle
from maplebridge.site.demo_accounts import DEMO_ACCOUNTS
from maplebridge.site.tour import STEPS

WORKPLACES = {
    "dispatcher": "/console",
    "call_taker": "/console",
    "chief": "/console",
    "post_officer": "/unit",
    "auditor": "/journal",
}
THEMES = ("light", "dark")
CONSOLE_PRELOAD = ("/api/me", "/api/board", "/api/types")  # asked for while the script still loads
YEAR_S = 365 * 24 * 3600


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    user = user_of_session(request) if hasattr(request, "user") else None
    role = user.role if user else ""
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.CONFIG.demo,
        "theme": theme if theme in THEMES else "",
        "nav": _nav(role, request.path),
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "sign_in_href": "/sign-in",
    }


def _nav(role: str, path: str) -> list[dict[str, Any]]:
    """The workplaces that a role may open."""
    places = (
        ("/console", _("Console"), may(role, "incidents.view") and role != "post_officer"),
        ("/unit", _("My unit"), may(role, "units.own")),
        ("/cards", _("Paper cards"), may(role, "incidents.edit")),
        ("/catch-up", _("Catch up"), may(role, "incidents.edit")),
        ("/journal", _("Journal"), may(role, "journal.view")),
        ("/tour", _("Tour"), bool(role) and settings.CONFIG.demo),
    )
    return [{"href": href, "name": name, "current": path.startswith(href)} for href, name, open_ in places if open_]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the workplace of whoever is signed in; else show how to sign in."""
    if (user := user_of_session(request)) is not None:
        if user.role not in WORKPLACES:
            raise NotAllowed(_("Your role has no page here. Ask your station chief which role you should have."))
        return redirect(WORKPLACES[user.role])
    if not settings.CONFIG.demo:
        return render(request, "site/sign_in.html", {"next": ""})
    return render(request, "site/start.html", {"accounts": DEMO_ACCOUNTS, "city": City.objects.order_by("pk").first()})


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form and sign in. Each failure after the fifth makes the next try wait longer."""
    goal = request.POST.get("next") or request.GET.get("next", "")
    if request.method != "POST":
        return redirect("start") if user_of_session(request) else _sign_in_form(request, goal)
    name, at = storable(request.POST.get("username", "")).strip(), clock.now()
    keys = throttle.keys(name, client_address(request))
    if wait := throttle.wait_s(keys, at=at):
        sentence = _("Too many tries. Wait %(wait)d seconds, then try again.") % {"wait": wait}
        return _sign_in_form(request, goal, username=name, sentence=sentence, status=429)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        throttle.failed(keys, at=at)
        sentence = _("This name and password do not belong together. Check both; capital letters count.")
        return _sign_in_form(request, goal, username=name, sentence=sentence, status=403)
    if user.expires_at and user.expires_at <= at:
        sentence = _("This account ended on %(day)s. Ask your station chief to prolong it.")
        day = f"{user.expires_at:%Y-%m-%d}"
        return _sign_in_form(request, goal, username=name, sentence=sentence % {"day": day}, status=403)
    throttle.succeeded(keys)
    return _enter(request, user, goal)


def _sign_in_form(
    request: HttpRequest, goal: str, *, username: str = "", sentence: str = "", status: int = 200
) -> HttpResponse:
    context = {"next": goal, "username": username, "sentence": sentence}
    return render(request, "site/sign_in.html", context, status=status)


def _enter(request: HttpRequest, user: User, goal: str) -> HttpResponse:
    """Begin the session of a user who has shown who they are, and lead on."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_sign_in(actor_of(user, session=(request.session.session_key or "")[:8]), user=user, at=clock.now())
    response = redirect(_safe(request, goal))
    if user.language in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    return response


def _safe(request: HttpRequest, goal: str) -> str:
    """The goal if it is a path of ours, else the start page."""
    ours = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return goal if goal and ours else "/"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR_S, samesite="Lax", secure=settings.CONFIG.secure)


@require_POST
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's four people at once. Not there outside the demo."""
    name = request.POST.get("username", "")
    if not settings.CONFIG.demo or name not in {account.username for account in DEMO_ACCOUNTS}:
        raise Http404
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        sentence = _("The demo is still being set up. Wait a moment, then try again.")
        return _sign_in_form(request, "", sentence=sentence, status=409)
    return _enter(request, user, request.POST.get("next", ""))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("start")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to where the person was."""
    response = redirect(_safe(request, request.POST.get("next", "")))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark, or forget it (the system's own), and go back."""
    response = redirect(_safe(request, request.POST.get("next", "")))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _remember(response, "theme", theme)
    else:
        response.delete_cookie("theme")
    return response


def page_actor(request: HttpRequest) -> Actor | None:
    """Who is signed in, for pages; None leads to the sign-in page."""
    user = user_of_session(request)
    if user is None:
        return None
    return actor_of(user, session=(request.session.session_key or "")[:8])


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and back here afterwards."""
    response = redirect("sign_in")
    response["Location"] += "?next=" + quote(request.get_full_path(), safe="/")
    return response


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Ten steps to try in the demo."""
    if not settings.CONFIG.demo:
        raise Http404
    return render(request, "site/tour.html", {"steps": STEPS, "accounts": {a.username: a for a in DEMO_ACCOUNTS}})


@ensure_csrf_cookie
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """The unit's phone page: a shell; everything in it comes by the API."""
    if page_actor(request) is None:
        return to_sign_in(request)
    return render(request, "site/phone.html", {"language": translation.get_language()})


@require_safe
@ensure_csrf_cookie
def console(request: HttpRequest) -> HttpResponse:
    """The dispatcher's console: a shell; everything in it comes by the API. `?pane=queue` and `?pane=map` halve it."""
    if page_actor(request) is None:
        return to_sign_in(request)
    context = {"console_config": {"language": translation.get_language()}, "preload": CONSOLE_PRELOAD}
    return render(request, "site/console.html", context)


@require_safe
def phone_worker(request: HttpRequest) -> HttpResponse:
    """The phone's service worker, served beside the page that it keeps."""
    file = settings.PACKAGE / "assets" / "app" / "phone-worker.js"
    if not file.exists():
        raise Http404
    response = HttpResponse(file.read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def phone_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the page."""
    return render(request, "site/manifest.webmanifest", content_type="application/manifest+json")
