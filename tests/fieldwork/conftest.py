"""A village auxiliary with a phone, and the forms that come with the software."""

from functools import cache

import pytest


@pytest.fixture(scope="session", autouse=True)
def _convert_once():
    """The same spreadsheet becomes the same form, for each test: it is converted once."""
    from maplebridge.fieldwork.actions import forms

    forms.convert = cache(forms.convert)


@pytest.fixture
def auxiliary(machine, noon):
    from maplebridge.people.actions import enrol_user

    return enrol_user(
        machine, username="wei", display_name="Wei", role="auxiliary", password="Bamboo bridge 7", at=noon
    )  # fmt: skip


@pytest.fixture
def worker(auxiliary, noon):
    from maplebridge.people.actor import actor_of

    return actor_of(auxiliary, at=noon)


@pytest.fixture
def forms(machine, noon):
    from maplebridge.fieldwork.actions import install_forms

    return {version.form_id: version for version in install_forms(machine, at=noon)}


@pytest.fixture
def key(machine, auxiliary, noon):
    """A key that is good by the real clock, which the pages read."""
    from maplebridge.fieldwork.actions import issue_field_key
    from maplebridge.kernel import clock

    return issue_field_key(machine, user=auxiliary, name="Phone of Wei", at=clock.now())
