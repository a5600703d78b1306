"""What several tests of the whole site share."""

import pytest


@pytest.fixture
def world(db, machine):
    """The world of the matrix of access: what is in it, by name."""
    from access_world import make_world

    return make_world(machine)
