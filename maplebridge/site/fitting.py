"""Whether the database is the one that this version of the code expects: for every command that uses it."""

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

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
            table, columns = model._meta.db_table, set()
            if not model.__module__.startswith("maplebridge.") or not model._meta.managed:
                continue
            if table in there:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")  # noqa: S608  # our own name
                columns = {column[0] for column in cursor.description}
            if columns != {field.column for field in model._meta.local_concrete_fields}:
                odd.append(table)
    return sorted(odd)
