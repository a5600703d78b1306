"""`maplebridge worker`: reactions and timers in a process of their own."""

import argparse
import asyncio

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "worker",
        """
        Run reactions and timers in a process of their own.
        Needed only where the server runs with MAPLEBRIDGE_WORKER=false, as in production with several processes.
        """,
        examples="maplebridge worker",
    )
    it.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM."""
    from maplebridge.kernel.moment import hold_for
    from maplebridge.site.duties import work
    from maplebridge.site.fitting import must_fit
    from maplebridge.site.reactions import Worker

    must_fit()
    hold_for(seconds=1.0)  # as the server does
    say("Maplebridge works on reactions and timers (Ctrl+C ends it)")
    asyncio.run(work(Worker()))
    return 0
