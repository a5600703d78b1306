"""What every test shares: a home of its own for files, and the actors."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

for _name in [name for name in os.environ if name.startswith("MAPLEBRIDGE_")]:
    if _name not in ("MAPLEBRIDGE_DATABASE", "MAPLEBRIDGE_CHROMIUM"):
        del os.environ[_name]
os.environ["MAPLEBRIDGE_HOME"] = tempfile.mkdtemp(prefix="maplebridge-test-")
os.environ["MAPLEBRIDGE_REQUIRE_MFA"] = "false"  # tests of the second factor ask for it themselves
atexit.register(shutil.rmtree, os.environ["MAPLEBRIDGE_HOME"], ignore_errors=True)

# Only now may the settings be read: they take the home from the environment.
os.environ["DJANGO_SETTINGS_MODULE"] = "maplebridge.site.settings"

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.time_cost = 64, 1  # the same algorithm, made cheap for the suite


def _flush_what_is_filled(whole: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """After a test that commits, empty the tables that have rows: most of some hundred have none."""

    def flush(self: BaseDatabaseOperations, style: Any, tables: list[str], **more: Any) -> list[str]:
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {self.quote_name(table)})"  # noqa: S608  # our own names
            for table in tables
        )
        with self.connection.cursor() as cursor:
            cursor.execute(asked)
            filled = [row[0] for row in cursor.fetchall()]
        more["allow_cascade"] = self.connection.vendor == "postgresql"  # what refers to these is empty, or here too
        return whole(self, style, filled, **more) if filled else []

    return flush


type(connection.ops).sql_flush = _flush_what_is_filled(type(connection.ops).sql_flush)
flush.emit_post_migrate_signal = lambda *_args, **_more: None  # it would make every permission and content type anew

assert str(settings.HOME) == os.path.realpath(os.environ["MAPLEBRIDGE_HOME"])

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]
INVENTED = ("", "test")  # editions of the cities that tests make up


def pytest_itemcollected(item):
    """What asks for a database by a fixture alone is a test of the database, too: it runs again on PostgreSQL."""
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    if asked and item.get_closest_marker("django_db") is None:
        item.add_marker(pytest.mark.django_db(transaction="transactional_db" in asked))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Journeys come last: the browser's driver keeps an event loop running in the main thread once it has begun."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is not None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What is loaded by now stays to the end: the collector need not go over it for every test."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _areas_of_one_test_alone():
    """What a process keeps of invented areas goes after each test: the next may give other ones the same keys."""
    yield
    if kept := sys.modules.get("maplebridge.places.kept"):
        for name, (version, _value) in list(kept._kept.items()):
            if isinstance(version, tuple) and version[0] in INVENTED:
                del kept._kept[name]


@pytest.fixture(scope="session")
def noon() -> datetime:
    """A fixed moment: Monday 4 May 2026, 12:00 UTC."""
    return NOON


@pytest.fixture
def dispatcher():
    from maplebridge.people.actor import Actor

    return Actor(ref="user:1", name="Dispatcher", role="dispatcher")


@pytest.fixture(scope="session")
def machine():
    from maplebridge.people.actor import system

    return system("test")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real data, ../shared/data, is not beside this checkout")
    return folder
