"""What the register does by the clock."""

from datetime import datetime

from maplebridge.people.actor import system
from maplebridge.places.register.actions.care import erase_expired_care


def erase_expired(at: datetime) -> None:
    """Erase requests for care whose time is over, in portions, until none is left."""
    while erase_expired_care(system("worker"), at=at):
        pass
