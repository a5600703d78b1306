"""What incidents do by the clock."""

from datetime import datetime

from maplebridge.incidents.actions import erase_expired
from maplebridge.people.actor import system


def erase_expired_data(at: datetime) -> None:
    """Erase the names, numbers and files whose time is over, in portions, until none is left."""
    while erase_expired(system("worker"), at=at):
        pass
