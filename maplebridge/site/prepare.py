"""Bringing an installation up to date: its folder, its database, the data that ships with the code."""

from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from maplebridge.dispatch.actions import install_plans
from maplebridge.fieldwork.actions import install_forms, install_schemes
from maplebridge.incidents.actions import install_types
from maplebridge.journal.erasing import record_earlier_erasures
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.site.config import BadConfiguration


def waiting_migrations() -> int:
    """How many steps the database is behind the code."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def must_fit() -> None:
    """Raise BadConfiguration where the database is behind the code, or its tables are not those of this version."""
    if behind := waiting_migrations():
        raise BadConfiguration(f"The database is {behind} steps behind this version. Run `maplebridge init` first.")
    if odd := foreign_tables():
        raise BadConfiguration(
            f"This database was made by an unreleased version (see its table {odd[0]}). "
            f"Move {settings.HOME} away, or name another database, and start again."
        )


def foreign_tables() -> list[str]:
    """Tables of ours whose columns are not those of the models, in a database that no step would change."""
    connection, odd = connections[DEFAULT_DB_ALIAS], []
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if not model.__module__.startswith("maplebridge.") or not model._meta.managed:
                continue
            rows = connection.introspection.get_table_description(cursor, table) if table in there else []
            if {row.name for row in rows} != {field.column for field in model._meta.local_concrete_fields}:
                odd.append(table)
    return sorted(odd)


def _has_older_journal() -> bool:
    """Whether the database's journal is of a version that erased without naming what."""
    applied = MigrationExecutor(connections[DEFAULT_DB_ALIAS]).loader.applied_migrations
    return ("journal", "0001_initial") in applied and ("journal", "0002_processing") not in applied


def bring_up_to_date(progress: Callable[[str], None]) -> None:
    """Make the folders, migrate the database, install what ships with the code; says what it does, if anything."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    older_journal = _has_older_journal()
    if behind := waiting_migrations():
        progress(f"Database: {behind} steps to bring it up to date ...")
        call_command("migrate", interactive=False, verbosity=0)
    must_fit()
    if older_journal and (named := record_earlier_erasures(system("init"), at=clock.now())):
        progress(f"Journal: {named} private texts that the version before erased are named in it now")
    if installed := install_types(system("init"), at=clock.now()):
        progress(f"Incident types: {installed} installed")
    if installed := install_plans(system("init"), at=clock.now()):
        progress(f"Response plans: {installed} installed")
    if forms := install_forms(system("init"), at=clock.now()):
        progress(f"Forms: {len(forms)} installed")
    if schemes := install_schemes(system("init"), at=clock.now()):
        progress(f"Schemes of appraisal: {len(schemes)} installed")
