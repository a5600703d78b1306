"""Kernels compile at their first call: no test of this folder is timed by hypothesis. A town to ask studies about."""

import pytest
from hypothesis import settings

settings.register_profile("compiling", deadline=None)
settings.load_profile("compiling")


@pytest.fixture(scope="module")
def two_corners(django_db_setup, django_db_blocker, machine, noon):
    """The town of `two_corners`, made once for a file: what a test does to it is undone after the test."""
    from django.db import transaction
    from two_corners import build  # models are there only once Django is set up

    with django_db_blocker.unblock(), transaction.atomic():
        yield build(machine, noon)
        transaction.set_rollback(True)


@pytest.fixture
def town(two_corners, db):
    """That town; gives the end of its calls."""
    return two_corners


@pytest.fixture
def choices(town, noon):
    """All of that town's need, three minutes, eight weeks simulated."""
    from maplebridge.deployment.choices import Choices
    from maplebridge.kernel.clock import stamp

    return Choices(stamp(noon), stamp(town), minutes=3, replications=8)
