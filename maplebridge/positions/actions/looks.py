"""Looking at where a unit was, and bringing in a track that a device recorded by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit
from maplebridge.positions import steps
from maplebridge.positions.files import read_file
from maplebridge.positions.formats import Unreadable
from maplebridge.positions.known import shift_spans
from maplebridge.positions.queries import own_spans
from maplebridge.positions.steps import State, point_of
from maplebridge.positions.tracks import Row, Tracks

LONGEST = timedelta(hours=26)  # of one look: a shift and what lies around it
REASON_LEAST = 10
OWN_PATROL = "own patrol"
MOST_BYTES = 20 << 20  # of a file


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: fixes in it, fixes kept, and those that were outside the unit's shifts or long past."""

    read: int
    kept: int


def consult_track(
    actor: Actor, *, tracks: Tracks, unit: Unit, since: datetime, until: datetime, reason: str = "", at: datetime
) -> Sequence[Row]:
    """Return where a unit was, oldest first. Each look is an entry, `positions.track_consulted`, which its crew sees.

    Whoever has `units.track` says why; the crew of that time looks at its own patrol without. Raises BadInput and
    NotAllowed.
    """
    if not since < until <= since + LONGEST:
        raise BadInput("until", _("Choose a time of at most 26 hours, the end after the beginning."))
    own = any(begin <= since and until <= end for begin, end in own_spans(actor, unit=unit))
    if not own and not actor.may("units.track"):
        raise NotAllowed(_("You may look at the track of your own shifts only."))
    reason = storable(reason).strip()[:300]
    if not own and len(reason) < REASON_LEAST:
        raise BadInput("reason", _("Say why you look at this track, in at least ten characters. Its crew can read it."))
    with act(actor, "positions.track_consulted", at=at, purpose=OWN_PATROL if own else "reason stated") as entry:
        entry.about(unit, since=stamp(since), until=stamp(until)).keep_private(reason=reason)
        entry.processed("consulted", records=[unit], classes=["location"])
    return tracks.of(unit.pk, round(since.timestamp() * 1000), round(until.timestamp() * 1000))


def import_track(actor: Actor, *, tracks: Tracks, unit: Unit, data: bytes, at: datetime) -> Brought:
    """Add a GPX or CSV file that a unit's device recorded; it goes through the same steps as what is sent.

    For the crew of the unit's shifts and for whoever delivers positions. Raises BadInput with what is wrong in it.
    """
    if not actor.may("units.position") and not actor.may("people.manage") and not own_spans(actor, unit=unit):
        raise NotAllowed(_("You may bring in the track of your own unit only."))
    if len(data) > MOST_BYTES:
        raise BadInput("file", _("The file is larger than 20 MB. Divide it by days."))
    try:
        samples = read_file(data)
    except Unreadable as reason:
        raise BadInput("file", _("This file cannot be read: %(reason)s.") % {"reason": reason}) from reason
    state = State(shifts=shift_spans(at=at), now=at.timestamp())
    points = steps.run([point_of(unit.pk, sample) for sample in samples], state)
    with act(actor, "positions.track_imported", at=at) as entry:
        entry.about(unit, read=len(samples), kept=len(points))
        tracks.write(points)
    return Brought(len(samples), len(points))
