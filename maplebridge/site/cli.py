"""The `maplebridge` command: reads the arguments, hands over to one file of `commands/`, says faults as sentences."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = (
    "demo",
    "init",
    "serve",
    "worker",
    "mqtt",
    "token",
    "deployment",
    "city",
    "staff",
    "incidents",
    "property",
    "field",
    "register",
    "replay",
    "journal",
    "ledger",
    "backup",
    "restore",
)

_ABOUT = """\
Maplebridge takes a report to its close on one live map.

First steps:
  maplebridge demo                                    a living city to try, at http://127.0.0.1:8000
  maplebridge init --admin chief                      the database, and a first account
  maplebridge city import --roads CITY.osm.pbf        streets, addresses, travel times
  maplebridge staff import STAFF.toml                 accounts, units, shifts
  maplebridge serve                                   the service itself
"""

_SETTINGS = """\
Settings come from the environment (MAPLEBRIDGE_HOME, MAPLEBRIDGE_PORT, MAPLEBRIDGE_DATABASE ...) over one TOML file,
HOME/maplebridge.toml or the one that MAPLEBRIDGE_CONFIG names. `maplebridge COMMAND --help` teaches each command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 done with findings, 2 refused, 130 interrupted."""
    options = parser().parse_args(argv)
    os.environ.update(getattr(options, "environment", {}))  # before the settings are read, here and in the server
    try:
        if not getattr(options, "bare", False):  # bare: a command for a machine that has no installation
            _set_django_up()
        return int(options.run(options) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(f"maplebridge: {sentence}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="maplebridge",
        description=_ABOUT,
        epilog=_SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"maplebridge.site.commands.{name}").add(commands)
    return top


def _set_django_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")
    django.setup()


def _sentence(error: Exception) -> str | None:
    """What to tell the person about an error that is no programming fault; None for one that is."""
    from django.db import OperationalError

    from maplebridge.kernel.refused import Refused
    from maplebridge.site.config import BadConfiguration

    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, BadConfiguration):
        return str(error)
    if isinstance(error, OperationalError):
        words = " ".join(str(error).split())
        return f"The database does not answer: {words}. Check MAPLEBRIDGE_DATABASE and that it runs."
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError) and error.filename:
        return f"{error.filename} cannot be used: {(error.strerror or 'unreadable').lower()}."
    return None


if __name__ == "__main__":
    sys.exit(main())
