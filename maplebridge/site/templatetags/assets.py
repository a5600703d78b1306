"""Addresses of what the front-end build made."""

from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Give the address of a built file of `site/assets/app`, with its version so that browsers may keep it."""
    file = Path(settings.PACKAGE) / "assets" / "app" / name
    try:
        version = f"?v={file.stat().st_mtime_ns // 1_000_000:x}"
    except FileNotFoundError:
        version = ""
    return static(f"app/{name}") + version
