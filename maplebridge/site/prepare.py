"""Bringing an installation up to date: its folder, its database, the data that ships with the code."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def waiting_migrations() -> int:
    """How many steps the database is behind the code."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bring_up_to_date(progress: Callable[[str], None]) -> None:
    """Make the folder and migrate the database; says what it does, and nothing when there is nothing to do."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    if behind := waiting_migrations():
        progress(f"Database: {behind} steps to bring it up to date ...")
        call_command("migrate", interactive=False, verbosity=0)
