"""What people do by the clock."""

from datetime import datetime

from maplebridge.people.actions import erase_ended_accounts, erase_old_approvals
from maplebridge.people.actor import system


def erase_ended(at: datetime) -> None:
    """Erase the names of accounts that ended long ago and the words of old requests, until none is left."""
    while erase_ended_accounts(system("worker"), at=at):
        pass
    while erase_old_approvals(system("worker"), at=at):
        pass
