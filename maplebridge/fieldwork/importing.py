"""Tables of divisions and rosters of posts: tried first, then applied batch by batch; page and command share this."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import override

from maplebridge.fieldwork.actions import fill_posts
from maplebridge.fieldwork.actions.hierarchy import ROSTER_BATCH, Filled
from maplebridge.fieldwork.rules.roster import Appointment, Roster, roster_of
from maplebridge.kernel.spreadsheets import ROWS_MOST, read_table
from maplebridge.people.actor import Actor
from maplebridge.people.queries import roles_to_give
from maplebridge.places.models import Area
from maplebridge.places.queries import city_zone
from maplebridge.places.register.actions.divisions import BATCH, Grown, import_divisions
from maplebridge.places.register.rules.divisions import Division, Tree, tree_of

Progress = Callable[[int, int], None]


def read_divisions(name: str, content: bytes, *, rows_most: int = ROWS_MOST) -> Tree:
    """Read a table of divisions (CSV or XLSX) beside the areas in use. Raises BadInput for what is no such table."""
    known = dict(Area.objects.filter(gone=False).values_list("code", "kind"))
    return tree_of(read_table(name, content, rows_most=rows_most), known)


def read_roster(name: str, content: bytes, *, at: datetime, rows_most: int = ROWS_MOST) -> Roster:
    """Read a roster (CSV or XLSX) beside the areas and roles there are. Raises BadInput for what is no roster."""
    areas = dict.fromkeys(Area.objects.filter(gone=False).values_list("code", flat=True))
    today = at.astimezone(city_zone()).date()
    return roster_of(read_table(name, content, rows_most=rows_most), areas=areas, roles=_role_words(), today=today)


def _role_words() -> dict[str, str]:
    """Words that mean a role: its code, and its name in every language."""
    words = {code: code for code in roles_to_give()}
    for language in ("en", "zh-hans"):
        with override(language):
            words |= {str(role.name).casefold(): code for code, role in roles_to_give().items()}
    return words


def apply_divisions(actor: Actor, divisions: Sequence[Division], *, at: datetime, progress: Progress) -> Grown:
    """Store divisions batch by batch; `progress` gets how many of how many are in. Cut off, it is simply done again."""
    whole = Grown()
    for start in range(0, len(divisions), BATCH):
        done = import_divisions(actor, divisions=divisions[start : start + BATCH], at=at)
        whole.new, whole.changed, whole.same = (
            whole.new + done.new,
            whole.changed + done.changed,
            whole.same + done.same,
        )
        progress(min(start + BATCH, len(divisions)), len(divisions))
    return whole


def apply_roster(actor: Actor, rows: Sequence[Appointment], *, at: datetime, progress: Progress) -> Filled:
    """Fill the posts of a roster batch by batch; `progress` gets how many of how many are in."""
    whole = Filled()
    for start in range(0, len(rows), ROSTER_BATCH):
        done = fill_posts(actor, appointments=rows[start : start + ROSTER_BATCH], at=at)
        for name in ("filled", "accounts", "same", "own"):
            setattr(whole, name, getattr(whole, name) + getattr(done, name))
        progress(min(start + ROSTER_BATCH, len(rows)), len(rows))
    return whole
