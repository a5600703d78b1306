"""`maplebridge replay`: dispatch past days again, by the recommendation, and report how it went."""

import argparse
from datetime import datetime

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "replay",
        """
        Dispatch imported days again with invented units, by the recommendation, and print a report.
        Counts, travel times, utilisation and queue. Changes nothing in the database.
        """,
        examples="""
        maplebridge replay --from 2018-03-01 --days 7 --speed 60 --units 60
        maplebridge replay --from 2018-03-01 --days 1 --units 20 --speed 0        as fast as it can
        """,
    )
    it.add_argument(
        "--from", dest="start", required=True, metavar="DATE", help="first day, YYYY-MM-DD, in the city's time"
    )
    it.add_argument("--days", type=int, default=1, help="how many days (1)")
    it.add_argument("--units", type=int, default=30, help="how many units are on duty (30)")
    speed = "simulated minutes per second of waiting: 60 shows a day in 24 s; 0 is as fast as it can (0)"
    it.add_argument("--speed", type=float, default=0.0, help=speed)
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the replay and print its report."""
    from maplebridge.dispatch.simulation import run_replay
    from maplebridge.kernel.refused import BadInput
    from maplebridge.site.fitting import must_fit

    try:
        start = datetime.strptime(options.start, "%Y-%m-%d").date()  # noqa: DTZ007  # a day, in the city's zone
    except ValueError as error:
        raise BadInput("from", f"“{options.start}” is not a day. Write it as 2018-03-01.") from error
    must_fit()
    report = run_replay(start=start, days=options.days, units=options.units, speed=options.speed, progress=say)
    say(str(report))
    return 0
