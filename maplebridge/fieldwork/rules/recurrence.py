"""Pure: when a task that comes again comes next, by a recurrence rule of iCalendar (RFC 5545, section 3.3.10).

Rules are counted by the city's clocks: "every day at eight" stays at eight when the clocks change. A time that the
clocks leave out comes as much later as they jump; one that they show twice comes the first time.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import cast

from dateutil.rrule import rrule, rrulestr  # type: ignore[import-untyped]  # has no types of its own
from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput

_ALLOWED = re.compile(r"[A-Z0-9=;,+\-]{5,200}")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
LOOKS_AHEAD = timedelta(days=5 * 366)  # a rule that has nothing until then has nothing


def checked_rule(text: str, *, starts_at: datetime, zone: tzinfo) -> str:
    """Return the rule as kept, such as FREQ=WEEKLY;BYDAY=MO. Raises BadInput for what is none, or comes too often."""
    rule = text.strip().upper().removeprefix("RRULE:")
    if not _ALLOWED.fullmatch(rule) or "FREQ=" not in rule:
        raise BadInput("rule", _("Write how it comes again as in a calendar: FREQ=WEEKLY;BYDAY=MO."))
    if any(f"FREQ={often}" in rule for often in _TOO_OFTEN) or re.search(r"BY(HOUR|MINUTE|SECOND)=", rule):
        raise BadInput("rule", _("A task comes again once a day at most."))
    if re.search(r"(INTERVAL|COUNT)=0*(;|$)", rule):
        raise BadInput("rule", _("A rule comes every day, week, month or year, or every second, third and so on."))
    if re.search(r"UNTIL=\d{8}T", rule):
        raise BadInput("rule", _("Write UNTIL as a day by the city's clocks: UNTIL=20261231."))
    try:
        first = next_after(rule, starts_at=starts_at, zone=zone, after=starts_at - timedelta(seconds=1))
    except (ValueError, TypeError, KeyError, OverflowError):
        raise BadInput("rule", _("Write how it comes again as in a calendar: FREQ=WEEKLY;BYDAY=MO.")) from None
    if first is None:
        raise BadInput("rule", _("By this rule the task never comes."))
    return rule


def next_after(rule: str, *, starts_at: datetime, zone: tzinfo, after: datetime) -> datetime | None:
    """The first occurrence after a moment, in UTC; None where the rule has come to its end."""
    start = starts_at.astimezone(zone).replace(tzinfo=None)
    local = max(after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3), start - timedelta(seconds=1))
    found = cast(rrule, rrulestr(rule, dtstart=start))  # `checked` has let no set of rules in
    until = local + LOOKS_AHEAD
    for each in found.xafter(local):
        if each > until:
            return None
        moment: datetime = each.replace(tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
    return None


def last_until(rule: str, *, starts_at: datetime, zone: tzinfo, first: datetime, at: datetime) -> datetime:
    """The latest occurrence that has come by `at`, from `first`, which has: what was missed before it is left out."""
    latest = first
    while (after := next_after(rule, starts_at=starts_at, zone=zone, after=latest)) is not None and after <= at:
        latest = after
    return latest
