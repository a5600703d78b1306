"""What the pages share: local times, names in the reader's language, QR images."""

from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import segno

from maplebridge.incidents.models import IncidentType
from maplebridge.incidents.rules.states import FAMILY_NAMES
from maplebridge.kernel import clock
from maplebridge.kernel.language import named


def local(moment: datetime | str | None, tz: ZoneInfo, *, seconds: bool = False) -> str:
    """Write a moment in local time, 24 h; a dash for none."""
    if moment is None:
        return "–"
    at = clock.parse_stamp(moment) if isinstance(moment, str) else moment
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M:%S}" if seconds else f"{at.astimezone(tz):%Y-%m-%d %H:%M}"


def shown(name: dict[str, str]) -> str:
    """Pick the reader's language from {en, zh}."""
    return named(name["en"], name["zh"])


def grouped_types(families: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Offered types by family, for a select with groups; in the order of `families` where given."""
    offered = IncidentType.objects.filter(active=True).order_by("family", "priority", "name")
    if families:
        offered = offered.filter(family__in=families)
    groups = [
        {
            "family": family,
            "name": str(FAMILY_NAMES.get(family, family)),
            "types": [{"code": t.code, "name": named(t.name, t.name_zh)} for t in members],
        }
        for family, members in groupby(offered, key=lambda each: each.family)
    ]
    order = list(families) or list(FAMILY_NAMES)
    return sorted(groups, key=lambda group: order.index(group["family"]) if group["family"] in order else len(order))


def qr(text: str) -> str:
    """A QR code (ISO/IEC 18004) as a data URI of an SVG picture."""
    return segno.make(text, error="m").svg_data_uri(scale=3, border=2, omitsize=True)


def seconds_in_words(seconds: float | None) -> str:
    """A span as h:mm:ss or m:ss; a dash for none."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
