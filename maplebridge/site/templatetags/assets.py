"""Addresses of what the front-end build made."""

import os

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Give the address of a built file of `site/assets/app`, with its version so that browsers may keep it."""
    try:
        version = f"?v={os.stat(f'{settings.PACKAGE}/assets/app/{name}').st_mtime_ns // 1_000_000:x}"
    except FileNotFoundError:
        version = ""
    return static(f"app/{name}") + version
