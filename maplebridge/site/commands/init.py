"""`maplebridge init`: the database, the types of incident, and a first account."""

import argparse
import getpass
import os

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "init",
        """
        Make or update the database, and give a first account.
        Safe to run again: it changes only what is out of date.
        """,
        examples="""
        maplebridge init
        maplebridge init --admin chief --name "Chief of the first station"
        MAPLEBRIDGE_PASSWORD=... maplebridge init --admin chief     without being asked for it
        """,
    )
    it.add_argument("--admin", metavar="USER", help="make this account, with the role of a station chief")
    it.add_argument("--name", default="", help="the name shown for it")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Bring the database up to date; make the account if one is asked for."""
    from maplebridge.site.prepare import bring_up_to_date
    from maplebridge.site.reactions import begin_reading

    bring_up_to_date(say)
    begin_reading()
    if options.admin:
        _enrol(options.admin, options.name)
    else:
        say("The database is ready. A first account: maplebridge init --admin USER")
    return 0


def _enrol(username: str, name: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import BadInput
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import system

    password = os.environ.get("MAPLEBRIDGE_PASSWORD") or getpass.getpass(f"Password for {username}: ")
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput("password", " ".join(error.messages)) from error
    enrol_user(
        system("init"),
        username=username,
        display_name=name or username,
        role="chief",
        password=password,
        at=clock.now(),
    )
    say(f"{username} can sign in as station chief. Start the service: maplebridge serve")
