"""What field work does by the clock."""

from datetime import datetime

from maplebridge.fieldwork import actions
from maplebridge.people.actor import system


def erase_expired(at: datetime) -> None:
    """Erase submissions whose time is over, in portions, until none is left."""
    while actions.erase_expired(system("worker"), at=at):
        pass


def remind_of_overdue(at: datetime) -> None:
    """Mark overdue tasks, once a day each."""
    while actions.remind_of_overdue(system("worker"), at=at):
        pass
