"""Install the incident types a city starts with, and set its targets."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.incidents.models import IncidentType, Target
from maplebridge.incidents.rules.intervals import MEASURES
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor

SEED = Path(__file__).resolve().parent.parent / "types.toml"
_FIELDS = ("family", "name", "name_zh", "words", "priority", "target_s", "scene_s", "skills")


def install_types(actor: Actor, *, at: datetime) -> int:
    """Create the seed types that are missing and return how many; those a city has changed are left alone."""
    actor.must("people.manage")
    seed: dict[str, dict[str, Any]] = tomllib.loads(SEED.read_text(encoding="utf-8"))
    there = set(IncidentType.objects.values_list("code", flat=True))
    missing = [code for code in seed if code not in there]
    if not missing:
        return 0
    with act(actor, "incidents.types_installed", at=at) as entry:
        rows = [IncidentType(code=c, **{f: seed[c][f] for f in _FIELDS if f in seed[c]}) for c in missing]
        IncidentType.objects.bulk_create(rows, ignore_conflicts=True)
        entry.about("incidenttype:*", installed=sorted(missing))
    return len(missing)


def set_target(
    actor: Actor,
    *,
    measure: str,
    seconds: int,
    share: float = 0.9,
    type: str | None = None,
    area_code: str = "",
    at: datetime,
) -> Target:
    """Set the target of a measure (answer, process, response) for a type, an area, both, or all. Raises BadInput."""
    actor.must("people.manage")
    if measure not in MEASURES:
        sentence = _("There is no measure “%(measure)s”. Measures: %(measures)s.")
        raise BadInput("measure", sentence % {"measure": measure, "measures": ", ".join(MEASURES)})
    if not 0 < seconds <= 864_000 or not 0 < share <= 1:
        raise BadInput("seconds", _("Give 1 to 864,000 seconds and a share above 0, at most 1."))
    with act(actor, "incidents.target_set", at=at) as entry:
        target, _made = Target.objects.update_or_create(
            measure=measure, type_id=type, area_code=area_code, defaults={"seconds": seconds, "share": share}
        )
        entry.about(target, measure=measure, type=type, area=area_code, seconds=seconds, share=share)
    return target
