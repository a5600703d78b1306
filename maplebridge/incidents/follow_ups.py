"""What follows after incidents of a kind: as the agency set it, else as it comes with the software."""

import tomllib
from functools import cache
from pathlib import Path

from maplebridge.incidents.models import FollowUpRule
from maplebridge.incidents.rules.follow_ups import FollowUp, follow_up_from

SHIPPED = Path(__file__).with_name("followups.toml")


@cache
def shipped_follow_ups() -> dict[str, FollowUp]:
    """The follow-ups that come with the software, by type of incident."""
    return {code: follow_up_from(table) for code, table in tomllib.loads(SHIPPED.read_text(encoding="utf-8")).items()}


def follow_ups() -> dict[str, FollowUp]:
    """The follow-up of every type of incident that has or had one."""
    own = {row.type_id: row.as_rule() for row in FollowUpRule.objects.all()}
    return shipped_follow_ups() | own


def follow_up_of(code: str) -> FollowUp:
    """The follow-up of a type of incident; one of 0 days where there is none."""
    row = FollowUpRule.objects.filter(type_id=code).first()
    return row.as_rule() if row else shipped_follow_ups().get(code, FollowUp())
