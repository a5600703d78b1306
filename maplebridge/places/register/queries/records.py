"""Which record a proposal is about, and what it would change."""

from typing import Any

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.places.queries import area_at
from maplebridge.places.register.models import Address, Organisation, Premise, Record
from maplebridge.places.register.rules.changes import Difference, Proposal, Standing, differences, key_in, settled

MODELS: dict[str, type[Record]] = {"address": Address, "premise": Premise, "organisation": Organisation}


def changes_of(proposal: Proposal) -> list[Difference]:
    """Give what a proposal would change, field by field, with the conflicts; all its fields where the record is new.

    Raises NotFound where it names a record that is not there, BadInput where it does not say what it is about.
    """
    record = record_of(proposal)
    return differences(proposal, record.standing() if record else Standing())


def record_of(proposal: Proposal, *, lock: bool = False) -> Record | None:
    """Give the record a proposal is about, None where there is none yet; `lock` until the act ends.

    One without a key is found by what makes it the same: the place in the tree, the address, the address and the name.
    """
    model = MODELS[proposal.subject]
    rows: Any = model._default_manager.all()
    if lock:
        rows = rows.select_for_update(of=("self",))
    rows = _with_parts(rows, proposal.subject)
    found: Record | None
    if proposal.record is not None:
        found = rows.filter(pk=proposal.record).first()
        if found is None:
            raise NotFound(_("This is not in the register (any more). Search for it anew."))
        return found
    found = rows.filter(**_sameness(proposal)).order_by("pk").first()
    return found


def _with_parts(rows: Any, subject: str) -> Any:
    if subject == "address":
        return rows.select_related("area", "street", "site", "building", "parent")
    return rows.select_related("address", "address__area")


def _sameness(proposal: Proposal) -> dict[str, Any]:
    fields = {name: settled(value) for name, value in proposal.fields.items()}
    if proposal.subject == "premise":
        return {"address_id": _key(fields, "address")}
    if proposal.subject == "organisation":
        return {"address_id": _key(fields, "address"), "name": fields.get("name", "")}
    if fields.get("kind") in ("unit", "room"):
        return {"parent_id": _key(fields, "parent"), "kind": fields["kind"], "label": fields.get("label", "")}
    names = {
        f"{name}__name" if fields.get(name) else f"{name}__isnull": fields.get(name) or True
        for name in ("street", "site")
    }
    return {"kind": "building", "number": fields.get("number", ""), "gone": False} | names | _ground(fields)


def _ground(fields: dict[str, Any]) -> dict[str, str]:
    """The area of a building: the one said, or where its point lies. Each village has a 幸福路 of its own."""
    if area := fields.get("area"):
        return {"area__code": area}
    lon, lat = fields.get("lon"), fields.get("lat")
    found = area_at(float(lon), float(lat)) if lon is not None and lat is not None else None
    return {"area__code": found.code} if found else {}


def _key(fields: dict[str, Any], name: str) -> int:
    key = key_in(fields, name)
    if not key:
        raise BadInput(name, _("Say at which address this is: choose one of the register."))
    return key
