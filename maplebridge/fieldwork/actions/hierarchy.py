"""A roster fills the posts of the hierarchy: accounts where there are none, roles in areas for a term."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from maplebridge.fieldwork.rules.roster import Appointment
from maplebridge.journal.act import act
from maplebridge.people.actions import enrol_user, give_grant, revoke_grant
from maplebridge.people.actor import Actor
from maplebridge.people.models import Grant, User
from maplebridge.places.queries import city_zone

ROSTER_BATCH = 200
_WHY = "Appointed by the roster of posts."


@dataclass(slots=True)
class Filled:
    """What became of a batch: posts filled, accounts made, rows that were so already, and one's own, left alone."""

    filled: int = 0
    accounts: int = 0
    same: int = 0
    own: int = 0


def fill_posts(actor: Actor, *, appointments: Sequence[Appointment], at: datetime) -> Filled:
    """Give the posts of a batch (at most 200) to the persons named; who has no account gets one without a password.

    Posts that they hold already stay as they are, so that a roster that was cut goes on where it was. Nobody appoints
    themselves: such a row is left alone. Raises ValueError for more rows, NotAllowed without the permissions.
    """
    actor.must("people.manage")
    actor.must("grants.give")
    if len(appointments) > ROSTER_BATCH:
        raise ValueError(f"a batch has at most {ROSTER_BATCH} rows")
    done, zone = Filled(), city_zone()
    with act(actor, "fieldwork.posts_filled", at=at) as entry:
        for each in appointments:
            _fill(actor, each, done, zone, at=at)
        entry.about("roster:posts", rows=len(appointments), filled=done.filled, accounts=done.accounts)
    return done


def _fill(actor: Actor, each: Appointment, done: Filled, zone: tzinfo, *, at: datetime) -> None:
    user = User.objects.filter(username=each.username).first()
    if user is not None and user.pk == actor.user_id:
        done.own += 1
        return
    ends_at = _end(each, zone)
    done.filled += 1
    if user is None:
        enrol_user(
            actor, username=each.username, display_name=each.name, role=each.role, password=None,
            area_code=each.area, role_ends_at=ends_at, at=at,
        )  # fmt: skip
        done.accounts += 1
        return
    held = list(Grant.objects.filter(user=user, role=each.role, area_code=each.area).in_force(at))
    if any(grant.ends_at == ends_at for grant in held):
        done.filled, done.same = done.filled - 1, done.same + 1
        return
    for grant in held:
        revoke_grant(actor, grant=grant, reason=_WHY, at=at)
    give_grant(actor, user=user, role=each.role, area_code=each.area, reason=_WHY, ends_at=ends_at, at=at)


def _end(each: Appointment, zone: tzinfo) -> datetime | None:
    """The end of the last day by the city's clocks."""
    if each.ends_on is None:
        return None
    return datetime.combine(each.ends_on + timedelta(days=1), time(), zone)
