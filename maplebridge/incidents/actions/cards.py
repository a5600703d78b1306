"""Enter a paper card after an outage: what happened then, as of then."""

from dataclasses import dataclass
from datetime import datetime

from maplebridge.incidents.actions.change import add_note
from maplebridge.incidents.actions.life import close_incident
from maplebridge.incidents.actions.report import report_incident
from maplebridge.incidents.actions.shared import occurred
from maplebridge.incidents.models import Incident
from maplebridge.journal.act import act
from maplebridge.people.actor import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """What was written on a paper card. `occurred_at` is when it was reported, `closed_at` when it ended."""

    number: int
    occurred_at: datetime
    type: str
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    narrative: str = ""
    caller: str = ""
    phone: str = ""
    units: str = ""
    disposition: str = ""
    closed_at: datetime | None = None


def enter_card(actor: Actor, *, card: Card, units_label: str = "", at: datetime) -> Incident:
    """Enter a paper card in one act: report, units as a note, and the close; `incidents.card_entered`.

    The incident keeps the card's number; what occurred keeps its own time, and the journal notes when it was entered.
    Raises BadInput, CannotUseNumber.
    """
    actor.must("incidents.edit")
    with act(actor, "incidents.card_entered", at=at) as entry:
        incident = report_incident(
            actor,
            type=card.type,
            lon=card.lon,
            lat=card.lat,
            address=card.address,
            narrative=card.narrative,
            caller=card.caller,
            phone=card.phone,
            source="paper",
            number=card.number,
            occurred_at=card.occurred_at,
            at=at,
        ).incident
        if card.units:
            add_note(actor, incident=incident, text=f"{units_label} {card.units}".strip(), at=card.occurred_at)
        if card.disposition:
            ended_at = occurred(card.closed_at or card.occurred_at, field="closed_at", at=at)
            incident = close_incident(actor, incident=incident, disposition=card.disposition, at=ended_at)
        entry.about(incident)
    return incident
