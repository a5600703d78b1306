"""A table of divisions becomes areas, a batch at a time: what is new is added, what changed is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maplebridge.journal.act import act
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.places.register.rules.divisions import Division

BATCH = 1_000
_FIELDS = ("name", "name_zh", "kind", "level", "path", "gone", "parent", "west", "south", "east", "north")


@dataclass(slots=True)
class Grown:
    """What became of a batch of divisions."""

    new: int = 0
    changed: int = 0
    same: int = 0


def import_divisions(actor: Actor, *, divisions: Sequence[Division], at: datetime) -> Grown:
    """Add or change the areas of a batch (at most 1,000), each after its parent, which may have come in one before.

    Borders that are known stay. Sent again it changes nothing, so that an import that was cut goes on where it was.
    Raises ValueError for more rows, NotAllowed without the permission.
    """
    actor.must("places.edit")
    if len(divisions) > BATCH:
        raise ValueError(f"a batch has at most {BATCH} rows")
    done = Grown()
    levels = sorted({division.kind for division in divisions})
    with act(actor, "places.divisions_imported", at=at) as entry:
        waiting = list(divisions)
        while waiting:
            ready, waiting = _ready(waiting)
            _store(ready, done)
        entry.about("areas:divisions", rows=len(divisions), new=done.new, changed=done.changed, kinds=levels)
    return done


def _ready(divisions: Sequence[Division]) -> tuple[list[Division], list[Division]]:
    """Part those whose parent is in this batch from the others."""
    codes = {each.code for each in divisions}
    ready = [each for each in divisions if each.parent not in codes]
    if not ready:
        raise ValueError("divisions in a circle")
    return ready, [each for each in divisions if each.parent in codes]


def _store(divisions: Sequence[Division], done: Grown) -> None:
    wanted = {each.code for each in divisions} | {each.parent for each in divisions}
    known = Area.objects.in_bulk(sorted(wanted - {""}), field_name="code")
    new: list[Area] = []
    changed: list[Area] = []
    for each in divisions:
        area = known.get(each.code) or Area(code=each.code)
        before = tuple(getattr(area, name) for name in _FIELDS)
        _fill(area, each, known.get(each.parent))
        if area.pk is None:
            new.append(area)
        elif before != tuple(getattr(area, name) for name in _FIELDS):
            changed.append(area)
    Area.objects.bulk_create(new, batch_size=200)
    Area.objects.bulk_update(changed, _FIELDS, batch_size=100)
    done.new += len(new)
    done.changed += len(changed)
    done.same += len(divisions) - len(new) - len(changed)


def _fill(area: Area, each: Division, parent: Area | None) -> None:
    area.name, area.name_zh, area.kind, area.gone, area.parent = each.name, each.name_zh, each.kind, False, parent
    area.level = parent.level + 1 if parent else 0
    area.path = f"{parent.path or f'/{parent.code}/'}{each.code}/" if parent else f"/{each.code}/"
    if area.geometry is None and each.point is not None:
        area.west, area.south = area.east, area.north = each.point
