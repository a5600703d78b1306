"""Bringing an installation up to date: its folder, its database, the data that ships with the code."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from maplebridge.dispatch.actions import install_plans
from maplebridge.incidents.actions import install_types
from maplebridge.kernel import clock
from maplebridge.people.actor import system


def waiting_migrations() -> int:
    """How many steps the database is behind the code."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bring_up_to_date(progress: Callable[[str], None]) -> None:
    """Make the folders, migrate the database, install what ships with the code; says what it does, if anything."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if behind := waiting_migrations():
        progress(f"Database: {behind} steps to bring it up to date ...")
        call_command("migrate", interactive=False, verbosity=0)
    if installed := install_types(system("init"), at=clock.now()):
        progress(f"Incident types: {installed} installed")
    if installed := install_plans(system("init"), at=clock.now()):
        progress(f"Response plans: {installed} installed")
