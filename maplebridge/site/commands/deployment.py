"""`maplebridge deployment`: where sites should stand, with the proof how good the answer is; patrols of a shift."""

import argparse
import json
import sys
from pathlib import Path
from time import monotonic

from maplebridge.site.commands import Subparsers, declare, patrols


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "deployment",
        "Choose sites, or plan the patrols of a shift.",
        examples="""
        maplebridge deployment solve --model pmedian --instance pmed1.txt --format orlib
        maplebridge deployment solve --model mclp --instance city.csv --format csv -p 20 --radius 180
        maplebridge deployment solve --model lscp --instance city.csv --format csv --radius 300 --seconds 30
        maplebridge deployment patrols --places places.csv --units 4 --hours 8
        """,
    )
    whats = it.add_subparsers(dest="what", required=True, metavar="WHAT")
    _add_solve(whats)
    patrols.add(whats)


def _add_solve(whats: Subparsers) -> None:
    it = declare(
        whats,
        "solve",
        """
        Choose sites: p of them with the least way (pmedian), p that reach most within a radius (mclp), or the fewest
        that reach all (lscp).
        Prints value, a proven bound, the gap between them, seconds and sites as JSON; progress goes to standard error.
        CSV has a header and a line for each pair that can be reached: demand,site,cost and if not 1 weight; capacity
        (the most weight a site takes) and opening (what it costs) may stand in a line of the site.
        """,
        examples="maplebridge deployment solve --model pmedian --instance pmed1.txt --format orlib",
    )
    it.add_argument("--model", required=True, choices=["pmedian", "mclp", "lscp"], help="the question")
    it.add_argument("--instance", required=True, metavar="FILE", help="needs, sites and costs")
    it.add_argument("--format", required=True, choices=["orlib", "csv"], help="form of the file")
    it.add_argument("-p", type=int, default=0, metavar="N", help="how many sites (else as the file says)")
    it.add_argument("--radius", type=float, metavar="R", help="within what cost a site reaches a need")
    it.add_argument("--busy", type=float, default=0.0, metavar="Q",
                    help="mclp: share of the time that a unit is busy, 0 to below 1 (expected covering)")  # fmt: skip
    it.add_argument("--budget", type=float, metavar="B",
                    help="pmedian, mclp: most that opening the sites may cost; -p is then the most sites")  # fmt: skip
    it.add_argument("--fixed", default="", metavar="SITES", help="sites to take in any case, with commas")
    it.add_argument("--forbidden", default="", metavar="SITES", help="sites not to take, with commas")
    it.add_argument("--seconds", type=float, default=60.0, metavar="S", help="longest time (60)")
    it.add_argument("--why", action="store_true", help="also print what each site adds")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the answer."""
    from dataclasses import replace

    from maplebridge.deployment.covering import expected_steps
    from maplebridge.deployment.instance import named, read_csv, read_orlib
    from maplebridge.deployment.solve import Question, solve
    from maplebridge.kernel.refused import BadInput

    try:
        text = Path(options.instance).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput("instance", f"{options.instance} cannot be read as text. Name another file.") from None
    if not 0 <= options.busy < 1 or not options.seconds > 0:
        raise BadInput("busy", "Give --busy from 0 to below 1, and more than 0 --seconds.")
    read = {"orlib": read_orlib, "csv": read_csv}[options.format]
    instance = read(text)
    instance = replace(instance, fixed=named(instance, options.fixed), forbidden=named(instance, options.forbidden))
    begun = monotonic()

    def tell(phase: str, value: float, bound: float) -> None:
        print(f"{monotonic() - begun:8.2f} s  {phase}: {value:g}, bound {bound:g}", file=sys.stderr, flush=True)

    steps = expected_steps(options.busy, options.p or instance.p or 1) if options.busy else None
    question = Question(options.p, options.radius, options.seconds, steps, tell=tell, budget=options.budget)
    print(json.dumps(solve(instance, options.model, question).as_json(why=options.why)))
    return 0
