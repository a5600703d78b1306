"""A real server in a process of its own, shared by the tests of this folder."""

import pytest

from benchmarks.served import served


@pytest.fixture(scope="session")
def server():
    """A server on an embedded database without a city."""
    with served(city=False) as running:
        yield running
