"""A proposal becomes a new record, or changes one: only what was taken, and never over another's change unseen."""

import json
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.geometry import cell_name
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.places.register.actions.addresses import change_address, new_address
from maplebridge.places.register.actions.checks import checked_fields
from maplebridge.places.register.actions.others import new_organisation, new_premise
from maplebridge.places.register.models import Address, Record
from maplebridge.places.register.queries.records import changes_of, record_of
from maplebridge.places.register.rules.changes import (
    FIRST_ONLY,
    SUBJECTS,
    Difference,
    Fields,
    Proposal,
    Standing,
    Value,
    differences,
    touched_by,
)

__all__ = ["CannotApplyChange", "apply_change", "changes_of"]
_NEW: dict[str, Callable[[Fields], Record]] = {
    "address": new_address,
    "premise": new_premise,
    "organisation": new_organisation,
}
_REGISTERED = {
    "address": "places.address_registered",
    "premise": "places.premise_registered",
    "organisation": "places.organisation_registered",
}
_CHANGED = {
    "address": "places.address_changed",
    "premise": "places.premise_changed",
    "organisation": "places.organisation_changed",
}


class CannotApplyChange(Refused):
    """Another has changed a field meanwhile, and whoever takes this change has not seen it."""


def apply_change(
    actor: Actor, *, proposal: Proposal, take: Collection[str], at: datetime, seen: int | None = None
) -> Record:
    """Store a proposal: a new record whole, of a known one the fields in `take`; the rest counts as confirmed as it is.

    `seen` is the version against which the differences were shown to the person who decides. Where a field of `take`
    is in conflict and `seen` is not the version in the register, nothing changes (CannotApplyChange). Raises NotFound,
    BadInput with the field, NotAllowed outside the actor's areas.
    """
    actor.must("register.edit")
    checked = _checked(proposal)
    record = record_of(checked)
    if record is None:
        return _register(actor, checked, at)
    with act(actor, _CHANGED[proposal.subject], at=at) as entry:
        record = record_of(Proposal(checked.subject, {}, checked.source, record.pk), lock=True) or record
        actor.must("register.edit", about=record)
        taken = [each for each in differences(checked, record.standing()) if each.field in take]
        _must_be_seen(taken, record, seen)
        record.touched = touched_by(record.standing(), [each.field for each in taken])
        record.version += 1 if taken else 0
        _put(record, taken)
        record.source, record.confirmed_at = checked.source, max(at, record.confirmed_at)
        record.changed_at = at if taken else record.changed_at
        record.save()
        entry.about(record, **_facts(record), fields=[each.field for each in taken], source=checked.source)
        entry.keep_private(change=_change(taken))
    return record


def _register(actor: Actor, proposal: Proposal, at: datetime) -> Record:
    with act(actor, _REGISTERED[proposal.subject], at=at) as entry:
        record = _NEW[proposal.subject](proposal.fields)
        if record_of(proposal) is not None:  # its area is held now: nobody comes between this look and the end
            raise CannotApplyChange(_("Somebody has entered this a moment ago. Look at it, and change what differs."))
        actor.must("register.edit", about=record)
        record.source, record.changed_at, record.confirmed_at = proposal.source, at, at
        record.save(force_insert=True)
        fields = differences(proposal, Standing())
        entry.about(record, **_facts(record), fields=[each.field for each in fields], source=proposal.source)
        entry.keep_private(change=_change(fields))
    return record


def _checked(proposal: Proposal) -> Proposal:
    """The proposal with its fields made fit to be stored; what a record is told only once stays as it is."""
    first = FIRST_ONLY[proposal.subject]
    fields: dict[str, Value] = {
        name: proposal.fields[name] for name in first if proposal.record is None and name in proposal.fields
    }
    known = {name: value for name, value in proposal.fields.items() if name in SUBJECTS[proposal.subject]}
    fields |= checked_fields(proposal.subject, known)
    return Proposal(proposal.subject, fields, proposal.source[:80], proposal.record, proposal.base)


def _must_be_seen(taken: list[Difference], record: Record, seen: int | None) -> None:
    fought = [each.field for each in taken if each.conflict]
    if fought and seen != record.version:
        raise CannotApplyChange(
            _("Somebody has changed this meanwhile (%(fields)s). Look at both side by side and choose.")
            % {"fields": ", ".join(fought)}
        )


def _put(record: Record, taken: list[Difference]) -> None:
    if isinstance(record, Address):
        change_address(record, {each.field: each.new for each in taken})
        return
    for each in taken:
        setattr(record, each.field, each.new)


def _facts(record: Record) -> dict[str, Any]:
    address = record if isinstance(record, Address) else record.address
    return {
        "address": address.code, "area": address.area.code, "cell": cell_name(address.cell), "version": record.version,
        "gone": record.gone,
    }  # fmt: skip


def _change(found: list[Difference]) -> str:
    """Old and new values, for the erasable part of an entry: a count of residents is nobody's business for ever."""
    return json.dumps({each.field: [each.old, each.new] for each in found}, ensure_ascii=False) if found else ""
