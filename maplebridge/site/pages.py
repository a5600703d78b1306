"""Pages that belong to no domain: start, language and theme, the tour, the phone's and the console's shell."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from maplebridge.kernel import clock
from maplebridge.people.actor import Actor
from maplebridge.people.queries import emergency_of
from maplebridge.people.rules import BREAK_GLASS
from maplebridge.people.sessions import actor_of_request, actor_of_user, user_of_session
from maplebridge.places.models import City
from maplebridge.site.demo_accounts import DEMO_ACCOUNTS
from maplebridge.site.tour import STEPS

WORKPLACES = (  # the first whose permission one has is where one starts
    ("units.own", "/unit"),
    ("incidents.edit", "/console"),
    ("journal.view", "/journal"),
    ("people.view", "/people"),
    ("property.register", "/property/desk"),
    ("incidents.view", "/console"),
    ("studies.view", "/studio"),
    ("forms.fill", "/field"),
)
THEMES = ("light", "dark")
CONSOLE_PRELOAD = ("/api/me", "/api/board", "/api/types")  # asked for while the script still loads
YEAR_S = 365 * 24 * 3600


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    user = user_of_session(request) if hasattr(request, "user") else None
    actor = actor_of_user(request, user) if user else None
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.CONFIG.demo,
        "theme": theme if theme in THEMES else "",
        "nav": _nav(actor, request.path),
        "emergency": emergency_of(user, at=clock.now()) if user and actor and BREAK_GLASS in actor.role else None,
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "sign_in_href": "/sign-in",
    }


def _nav(actor: Actor | None, path: str) -> list[dict[str, Any]]:
    """The workplaces that the grants of whoever is signed in open."""
    may = actor.may if actor else lambda _permission: False
    places = (
        ("/console", _("Console"), may("incidents.view") and not may("units.own")),
        ("/unit", _("My unit"), may("units.own")),
        ("/cards", _("Paper cards"), may("incidents.edit")),
        ("/catch-up", _("Catch up"), may("incidents.edit")),
        (_registry(may), _("Registry"), bool(_registry(may))),
        ("/studio", _("Studio"), may("studies.view")),
        ("/field", _("Field forms"), may("forms.fill") and not may("forms.manage")),
        (_work(may), _("Work"), bool(_work(may))),
        ("/forms", _("Forms"), may("forms.manage")),
        ("/register", _("Register"), may("register.view") or may("register.edit")),
        ("/journal", _("Journal"), may("journal.view")),
        ("/people", _("People"), may("people.view") or may("grants.review")),
        ("/units", _("Units"), may("units.track") or may("people.manage")),
        ("/approvals", _("Approvals"), may("approvals.ask") or may("approvals.decide")),
        ("/tour", _("Tour"), actor is not None and settings.CONFIG.demo),
    )
    return [
        {"href": href, "name": name, "current": path.startswith(f"/{href.split('/')[1]}")}
        for href, name, open_ in places
        if open_
    ]


def _work(may: Callable[[str], bool]) -> str:
    """The page of field work at which one begins: what waits for review, or one's own ledger."""
    pages = (
        ("tasks.give", "/workbook/review"),
        ("forms.fill", "/workbook"),
        ("forms.manage", "/workbook/review/rules"),
    )
    return next((page for permission, page in pages if may(permission)), "")


def _registry(may: Callable[[str], bool]) -> str:
    """The page of the registry at which one works: an investigator's board, a shop's desk, or the accredited places."""
    pages = (("property.investigate", "board"), ("property.register", "desk"), ("property.manage", "places"))
    return next((f"/property/{page}" for permission, page in pages if may(permission)), "")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the workplace of whoever is signed in; else show how to sign in."""
    if (actor := page_actor(request)) is not None:
        return redirect(next((href for permission, href in WORKPLACES if actor.may(permission)), "account"))
    if not settings.CONFIG.demo:
        return redirect("account_login")
    return render(request, "site/start.html", {"accounts": DEMO_ACCOUNTS, "city": City.objects.order_by("pk").first()})


def safe_goal(request: HttpRequest, goal: str) -> str:
    """Give the goal if it is a path of ours, else the start page."""
    ours = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return goal if goal and ours else "/"


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice in a cookie for a year."""
    response.set_cookie(name, value, max_age=YEAR_S, samesite="Lax", secure=settings.CONFIG.secure)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to where the person was."""
    response = redirect(safe_goal(request, request.POST.get("next", "")))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark, or forget it (the system's own), and go back."""
    response = redirect(safe_goal(request, request.POST.get("next", "")))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        remember(response, "theme", theme)
    else:
        response.delete_cookie("theme")
    return response


def page_actor(request: HttpRequest) -> Actor | None:
    """Who is signed in, for pages; None leads to the sign-in page. Raises SecondFactorNeeded."""
    return None if user_of_session(request) is None else actor_of_request(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and back here afterwards."""
    response = redirect("account_login")
    response["Location"] += "?next=" + quote(request.get_full_path(), safe="/")
    return response


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """The steps to try in the demo."""
    if not settings.CONFIG.demo:
        raise Http404
    return render(request, "site/tour.html", {"steps": STEPS, "accounts": {a.username: a for a in DEMO_ACCOUNTS}})


@ensure_csrf_cookie
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """The unit's phone page: a shell; everything in it comes by the API."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    if not actor.may("units.own"):
        actor.must("units.status")
    return render(request, "site/phone.html", {"language": translation.get_language()})


@require_safe
@ensure_csrf_cookie
def console(request: HttpRequest) -> HttpResponse:
    """The dispatcher's console: a shell; everything in it comes by the API. `?pane=queue` and `?pane=map` halve it."""
    actor = page_actor(request)
    if actor is None:
        return to_sign_in(request)
    actor.must("incidents.view")
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
