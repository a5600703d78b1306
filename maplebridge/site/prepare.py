"""Bringing an installation up to date: its folder, its database, the data that ships with the code."""

from collections.abc import Callable

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
from maplebridge.site.fitting import must_fit, waiting_migrations


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
