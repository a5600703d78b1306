"""What people do by the clock."""

from datetime import datetime

from maplebridge.people.actions import erase_ended_accounts
from maplebridge.people.actor import system


def erase_ended(at: datetime) -> None:
    """Erase the names of accounts that ended long ago, in portions, until none is left."""
    while erase_ended_accounts(system("worker"), at=at):
        pass
