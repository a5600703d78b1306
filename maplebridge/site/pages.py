"""Pages that belong to no domain: start, sign-in, the console's shell."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    return {"demo": settings.CONFIG.demo}
