"""What several tests of the whole site share."""

import os

import pytest
from django.test import Client


@pytest.fixture
def world(db, machine):
    """The world of the matrix of access: what is in it, by name."""
    from access_world import make_world

    return make_world(machine)


@pytest.fixture(scope="session")
def walked(django_db_setup, django_db_blocker):
    """What every request is answered in every role: asked once, for all tests of who gets in and who looked."""
    import access_walk
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        told = access_walk.walked()
        transaction.set_rollback(True)
    return told


@pytest.fixture(scope="session")
def first_day(tmp_path_factory):
    """A home in which `maplebridge init --admin chief` was run, to be copied, and what it said."""
    from benchmarks.served import PASSWORD, command

    home = tmp_path_factory.mktemp("first-day")
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAPLEBRIDGE_")}
    env |= {"MAPLEBRIDGE_HOME": str(home), "MAPLEBRIDGE_PASSWORD": PASSWORD}
    return home, command(env, "init", "--admin", "chief")


@pytest.fixture
def enrolled(db):
    """Enrols somebody of a role, whose name shows it, as the journal tells too."""
    from maplebridge.kernel import clock  # they need the applications
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import system

    def enrol(role):
        name = {"username": role, "display_name": f"The {role}"}
        return enrol_user(system("test"), **name, role=role, password=None, at=clock.now())

    return enrol


@pytest.fixture
def signed_in(enrolled):
    """Gives a browser in which somebody of a role is signed in."""

    def enter(role):
        client = Client()
        client.force_login(enrolled(role))
        return client

    return enter


@pytest.fixture
def auditor(signed_in):
    """A browser in which an auditor is signed in."""
    return signed_in("auditor")
