"""A theft from its report to its end; the words of it stand with its incident."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.incidents.actions import report_incident
from maplebridge.incidents.models import Incident
from maplebridge.incidents.whereabouts import Spot, spot_of
from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.geometry import cell_name, cell_of
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor, system
from maplebridge.property.actions.checks import raise_late_alarms
from maplebridge.property.actions.shared import checked_reason, locked, must_own_or, ownership_of, stamps
from maplebridge.property.models import Identifier, Item, TheftReport, Transfer
from maplebridge.property.rules import ITEM_FOLLOWS, REGISTRY, THEFT_FOLLOWS, THEFTS_KEPT, may_follow

INCIDENT_TYPES = {
    "e_bike": "theft_ebike",
    "bicycle": "theft_ebike",
    "scooter": "theft_ebike",
    "battery": "theft_battery",
}


class CannotReportStolen(Refused):
    """The item is in no state to be reported stolen."""


class CannotEndTheft(Refused):
    """The theft has ended, or has come too far for this."""


def report_stolen(
    actor: Actor,
    *,
    item: Item,
    lost_from: datetime,
    lost_to: datetime,
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
    words: str = "",
    batteries: Sequence[Item] = (),
    incident: Incident | None = None,
    caller: str = "",
    phone: str = "",
    at: datetime,
) -> TheftReport:
    """Report an item stolen, last seen at a place and between two moments; `property.reported_stolen`.

    By its owner, or by whoever takes reports. Opens an incident unless one is named; `batteries` are reported with
    it, each as a theft of its own. Checks of its codes from before are matched at once (`raise_late_alarms`). Raises
    BadInput, CannotReportStolen.
    """
    for each in (item, *batteries):
        must_own_or(actor, "property.report", item=each)
    _must_be_interval(lost_from, lost_to, at=at)
    spot = spot_of(lon=lon, lat=lat, address=address)
    with act(actor, "property.reported_stolen", at=at) as entry:
        fresh = _stealable(item)
        if incident is None:
            incident = _incident_for(actor, fresh, spot, words, caller, phone, at=at)
        theft = _reported(fresh, incident, spot, lost_from, lost_to, at=at)
        entry.about(theft, case=incident, **_facts(theft)).keep_private(address=spot.address)
        for battery in batteries:
            with act(actor, "property.reported_stolen", at=at) as nested:
                other = _reported(_stealable(battery), incident, spot, lost_from, lost_to, at=at)
                nested.about(other, case=incident, **_facts(other)).keep_private(address=spot.address)
    for made in TheftReport.objects.filter(incident=incident, reported_at=at, state="open"):
        raise_late_alarms(system("property"), theft=made, at=at)
    return theft


def _must_be_interval(lost_from: datetime, lost_to: datetime, *, at: datetime) -> None:
    if lost_from.tzinfo is None or lost_to.tzinfo is None:
        raise BadInput("lost_from", _("Give the times with their offset from UTC, for example 2026-05-04T12:00:00Z."))
    if not lost_from <= lost_to:
        raise BadInput("lost_to", _("It was last seen before it was missed: check the two times."))
    if lost_to > at:
        raise BadInput("lost_to", _("It was missed by now: this time lies in the future."))


def _stealable(item: Item) -> Item:
    fresh = locked(item)
    if may_follow(ITEM_FOLLOWS, fresh.state, "stolen"):
        return fresh
    if fresh.state == "stolen":
        raise CannotReportStolen(_("This item is reported stolen already. Add what is new as a note to that incident."))
    if fresh.state == "impounded":
        raise CannotReportStolen(_("This item is with the police. Ask at the post to get it back."))
    raise CannotReportStolen(_("This item was registered as scrapped or gone. Ask a registrar to look into it."))


def _incident_for(
    actor: Actor, item: Item, spot: Spot, words: str, caller: str, phone: str, *, at: datetime
) -> Incident:
    held = ownership_of(item)
    own = actor.ref.startswith("owner:")
    if own and held:  # whoever reports the own item is its reporter
        caller, phone = held.owner.name, held.owner.phone
    return report_incident(
        actor, type=INCIDENT_TYPES.get(item.kind, "theft"), lon=spot.lon, lat=spot.lat, address=spot.address,
        narrative="\n".join(filter(None, (words, description(item)))), source="public" if own else "walk_in",
        caller=caller, phone=phone, invented=item.invented, at=at,
    ).incident  # fmt: skip


def description(item: Item) -> str:
    """Say in a line what a thing is and by which numbers one knows it."""
    codes = Identifier.objects.filter(item=item).exclude(issuer=REGISTRY)
    what = [str(item.get_kind_display()), item.maker, item.model, item.colour, *(each.written for each in codes)]
    return " · ".join(filter(None, what))


def _reported(
    item: Item, incident: Incident, spot: Spot, lost_from: datetime, lost_to: datetime, *, at: datetime
) -> TheftReport:
    item.state = "stolen"
    item.save(update_fields=["state"])
    Transfer.objects.filter(item=item, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    return TheftReport.objects.create(
        item=item, incident=incident, lost_from=lost_from, lost_to=lost_to, reported_at=at, lon=spot.lon,
        lat=spot.lat, address=spot.address, area_code=spot.area_code, area_path=spot.area_path,
    )  # fmt: skip


def _facts(theft: TheftReport) -> dict[str, Any]:
    return {
        "item": theft.item_id,
        "item_state": theft.item.state,
        "kind": theft.item.kind,
        "state": theft.state,
        "area": theft.area_code,
        "cell": cell_name(cell_of(theft.lon, theft.lat)),
        "lost_from": stamp(theft.lost_from),
        "lost_to": stamp(theft.lost_to),
    }


def withdraw_report(actor: Actor, *, theft: TheftReport, reason: str, at: datetime) -> TheftReport:
    """Take back a report: the item was mislaid, or found by its owner; `property.report_withdrawn`.

    Raises BadInput without a reason, CannotEndTheft when the theft is not open.
    """
    must_own_or(actor, "property.report", item=theft.item)
    reason = checked_reason(reason)
    with act(actor, "property.report_withdrawn", at=at) as entry:
        item, fresh = locked_theft(theft)
        end_theft(fresh, item, "withdrawn", at=at)
        item.state = "registered" if item.confirmed_at else "pending"
        item.save(update_fields=["state"])
        entry.about(fresh, case=fresh.incident, **ended_facts(fresh, item)).keep_private(reason=reason)
    return fresh


def close_theft(actor: Actor, *, theft: TheftReport, reason: str, at: datetime) -> TheftReport:
    """Close a theft without the item, which counts as gone; `property.theft_closed`. Raises as `withdraw_report`."""
    actor.must("property.investigate")
    reason = checked_reason(reason)
    with act(actor, "property.theft_closed", at=at) as entry:
        item, fresh = locked_theft(theft)
        if fresh.state == "recovered":
            raise CannotEndTheft(_("The item was recovered. Return it to its owner, or dispose of it."))
        end_theft(fresh, item, "closed", at=at)
        item.state = "retired"
        item.save(update_fields=["state"])
        entry.about(fresh, case=fresh.incident, **ended_facts(fresh, item)).keep_private(reason=reason)
    return fresh


def locked_theft(theft: TheftReport) -> tuple[Item, TheftReport]:
    """Lock the item of a theft, then read the theft. Raises NotFound."""
    item = locked(theft.item)
    fresh = TheftReport.objects.select_related("incident").filter(pk=theft.pk).first()
    if fresh is None:
        raise NotFound(_("This theft is no longer on record: its time is over."))
    return item, fresh


def end_theft(theft: TheftReport, item: Item, state: str, *, at: datetime) -> None:
    """Bring a theft to an end, within an act that has locked its item. Raises CannotEndTheft."""
    if not may_follow(THEFT_FOLLOWS, theft.state, state):
        sentence = _("This theft is not open any more: %(state)s.")
        raise CannotEndTheft(sentence % {"state": theft.get_state_display()})
    theft.state, theft.ended_at, theft.expires_at = state, at, at + THEFTS_KEPT
    if state == "returned" and theft.recovered_at is None:
        theft.recovered_at = at
    theft.save(update_fields=["state", "recovered_at", "ended_at", "expires_at"])


def ended_facts(theft: TheftReport, item: Item) -> dict[str, Any]:
    """Facts of a theft that ended or was recovered."""
    return {
        "item": item.pk,
        "item_state": item.state,
        "state": theft.state,
        **stamps(recovered_at=theft.recovered_at, ended_at=theft.ended_at),
    }
