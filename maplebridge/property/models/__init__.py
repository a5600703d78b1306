"""Items, their identifiers and owners; thefts, sightings and alarms; the places that register and check."""

from maplebridge.property.models.cases import Alarm, CheckCount, Impound, Sighting, TheftReport
from maplebridge.property.models.items import Dispute, Identifier, Item, Owner, Ownership, Pairing, Transfer
from maplebridge.property.models.places import Dealer, DealerQuerySet, Placed, Reader

__all__ = [
    "Alarm", "CheckCount", "Dealer", "DealerQuerySet", "Dispute", "Identifier", "Impound", "Item", "Owner",
    "Ownership", "Pairing", "Placed", "Reader", "Sighting", "TheftReport", "Transfer",
]  # fmt: skip
