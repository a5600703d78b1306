"""Pure: which post an area of the hierarchy should have, and how it stands with it."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

OFFICER = "post_officer"
POST_OF = {
    "township": OFFICER,
    "village": "auxiliary",
    "community": "auxiliary",
    "hamlet": "hamlet_assistant",
}  # the role, by the kind of area
STATES = {"empty": _("without a post"), "lapsing": _("lapses within 30 days"), "held": _("held")}
SOON = timedelta(days=30)


def state_of(held: bool, ends_at: datetime | None, *, at: datetime) -> str:
    """How a post stands: empty, lapsing or held. `ends_at` is the last end of those who hold it; None: open."""
    if not held:
        return "empty"
    return "lapsing" if ends_at is not None and ends_at <= at + SOON else "held"
