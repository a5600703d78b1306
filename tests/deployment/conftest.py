"""Kernels compile at their first call: no test of this folder is timed by hypothesis. A town to ask studies about."""

import pytest
from hypothesis import settings

settings.register_profile("compiling", deadline=None)
settings.load_profile("compiling")


@pytest.fixture
def town(db, machine, noon):
    """The town of `two_corners`; gives the end of its calls."""
    from two_corners import build  # models are there only once Django is set up

    return build(machine, noon)


@pytest.fixture
def choices(town, noon):
    """All of that town's need, three minutes, eight weeks simulated."""
    from maplebridge.deployment.choices import Choices
    from maplebridge.kernel.clock import stamp

    return Choices(stamp(noon), stamp(town), minutes=3, replications=8)
