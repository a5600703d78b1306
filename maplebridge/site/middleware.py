"""Three middlewares of our own: the security headers, the city's time, and refusals raised by pages."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from maplebridge.kernel.endpoint import log_refused
from maplebridge.kernel.refused import Refused
from maplebridge.kernel.storage import StorageFull, tells_full
from maplebridge.people.sessions import OwnPasswordNeeded, SecondFactorNeeded
from maplebridge.places.queries import city_zone
from maplebridge.site.config import Config

_CLEAR = {"refused": "This came without TLS. Use https:// and make a new token.", "code": "not_secure"}
Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(config: Config) -> str:
    """Write the policy: everything from ourselves, and where an online map style is configured, from its hosts too."""
    maps = "".join(f" {origin}" for origin in config.map_origins)
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{maps}",
            "worker-src 'self'",
            f"connect-src 'self'{maps}",
            "font-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Add the policies for content and permissions to every answer, and keep what is no public file out of caches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = content_security_policy(settings.CONFIG)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clear = settings.CONFIG.secure and not request.is_secure() and request.path.startswith("/api/")
        response = JsonResponse(_CLEAR, status=403) if clear else self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=(self)")
        return response


class CityTime:
    """Show and read every time of day on pages as the city's clocks do; the API speaks UTC."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self.get_response(request)
        with timezone.override(city_zone()):
            return self.get_response(request)


class RefusalPages:
    """Show a refusal that a page did not handle itself as a page with its sentence."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if tells_full(error):
            error = StorageFull()
        if isinstance(error, SecondFactorNeeded | OwnPasswordNeeded):
            messages.info(request, error.sentence)
            return redirect("mfa_index" if isinstance(error, SecondFactorNeeded) else "account_change_password")
        if not isinstance(error, Refused):
            return None
        log_refused(request, error)
        return render(request, "site/refused.html", {"sentence": error.sentence}, status=error.status)
