"""What every test shares: a home of its own for files, and the actors."""

import os
import tempfile
from datetime import UTC, datetime

os.environ.setdefault("MAPLEBRIDGE_HOME", tempfile.mkdtemp(prefix="maplebridge-test-"))

import pytest

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    """A fixed moment: Monday 4 May 2026, 12:00 UTC."""
    return NOON


@pytest.fixture
def dispatcher():
    from maplebridge.people.actor import Actor

    return Actor(ref="user:1", name="Dispatcher", role="dispatcher")


@pytest.fixture
def machine():
    from maplebridge.people.actor import system

    return system("test")
