"""The door: sign-in by password, passkey or directory, the demo's quick door, and the way out."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maplebridge.kernel import clock
from maplebridge.kernel.text import storable
from maplebridge.people.actions import record_security, record_sign_in
from maplebridge.people.actor import actor_of
from maplebridge.people.models import User
from maplebridge.people.rules import sees_personal
from maplebridge.people.sessions import user_of_session
from maplebridge.site.demo_accounts import DEMO_ACCOUNTS
from maplebridge.site.pages import remember, safe_goal


class SignIn(LoginView):  # type: ignore[misc]  # the library has no types for us
    """The library's sign-in with our form: `username`, `password`, `next`."""

    template_name = "site/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        """End a session whose account or phone has ended, so that it leads nowhere in a circle."""
        if request.user.is_authenticated and user_of_session(request) is None:
            logout(request)
        answer: HttpResponse = super().dispatch(request, *args, **more)
        return answer

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the library what stands in our fields, cut to what a database can hold."""
        given: dict[str, Any] = super().get_form_kwargs()
        if self.request.method == "POST":
            post = self.request.POST
            given["data"] = {
                "login": storable(post.get("username", "")).strip(),
                "password": post.get("password", ""),
            }
        return given

    def form_invalid(self, form: Any) -> HttpResponse:
        """Answer a wrong name exactly as a wrong password, and keep the name."""
        busy = any(error.code == "too_many_login_attempts" for error in form.non_field_errors().as_data())
        sentence = _("This name and password do not belong together. Check both; capital letters count.")
        if busy:
            sentence = _("Too many tries from here. Wait a few minutes, then try again.")
        return sign_in_form(self.request, sentence=sentence, status=429 if busy else 403)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Add what our template shows."""
        context: dict[str, Any] = super().get_context_data(**more)
        return context | _form_context(self.request)


def _form_context(request: HttpRequest, sentence: str = "") -> dict[str, Any]:
    return {
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "username": storable(request.POST.get("username", "")).strip(),
        "sentence": sentence,
        "directory": settings.CONFIG.directory_name if settings.CONFIG.directory_url else "",
        "passkeys": True,
    }


def sign_in_form(request: HttpRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    """Show the form with a sentence about what went wrong."""
    return render(request, "site/sign_in.html", _form_context(request, sentence), status=status)


def locked_out(request: HttpRequest, *_more: Any) -> HttpResponse:
    """Answer a try after too many wrong ones of this name from this address."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60
    sentence = _("Too many tries with this name. Wait %(n)d minutes, then try again.") % {"n": minutes}
    return sign_in_form(request, sentence=sentence, status=429)


def refuse_ended(request: HttpRequest, user: User) -> HttpResponse | None:
    """Turn away whoever's account has ended or was closed; None for all others."""
    if user.expires_at and user.expires_at <= clock.now():
        sentence = _("This account ended on %(day)s. Ask your station chief to prolong it.")
        return sign_in_form(request, sentence=sentence % {"day": f"{user.expires_at:%Y-%m-%d}"}, status=403)
    if user.password_ends_at and user.password_ends_at <= clock.now():
        sentence = _("This first password ended on %(day)s. Ask your station chief for a new one.")
        return sign_in_form(request, sentence=sentence % {"day": f"{user.password_ends_at:%Y-%m-%d}"}, status=403)
    return None if user.is_active else sign_in_form(request, sentence=_("This account is closed."), status=403)


def entered(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """Journal a session that begins, and remember the person's language."""
    at = clock.now()
    record_sign_in(actor_of(user, at=at, session=(request.session.session_key or "")[:8]), user=user, at=at)
    if user.language in dict(settings.LANGUAGES):
        remember(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    return response


def security_changed(request: HttpRequest, user: User, event: str) -> None:
    """Journal that somebody changed how they sign in."""
    at = clock.now()
    actor = actor_of(user, at=at, session=(request.session.session_key or "")[:8])
    record_security(actor, user=user, event=event, at=at)


def needs_second_factor(user: User) -> bool:
    """Whether a person's grants show personal data, and this service asks for a second factor then."""
    return bool(settings.CONFIG.mfa_required) and sees_personal(actor_of(user, at=clock.now()).permissions)


@require_POST
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people at once. Not there outside the demo."""
    name = request.POST.get("username", "")
    if not settings.CONFIG.demo or name not in {account.username for account in DEMO_ACCOUNTS}:
        raise Http404
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        sentence = _("The demo is still being set up. Wait a moment, then try again.")
        return sign_in_form(request, sentence=sentence, status=409)
    user.backend = settings.AUTHENTICATION_BACKENDS[-1]  # as Django marks it
    answer: HttpResponse = perform_login(request, user, redirect_url=safe_goal(request, request.POST.get("next", "")))
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    response = redirect("start")
    response["Clear-Site-Data"] = '"cache"'  # not "storage": a phone keeps there what is not yet sent
    return response
