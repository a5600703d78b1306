"""`maplebridge property ...`: the registry of property."""

import argparse
import json

from maplebridge.site.commands import Subparsers, declare


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "property",
        "The registry of e-bikes, batteries and other valuables.",
        examples="""
        maplebridge property identify 001CB240000003B3C0221953
        maplebridge property reader "Market gate" --lon 24.95 --lat 60.16
        """,
    )
    under = it.add_subparsers(title="what", metavar="WHAT", required=True)
    identify = declare(
        under,
        "identify",
        """
        Tell what a code is, as JSON: its canonical key, which decides equality; a suggestion, the key that it shares
        with codes that look alike; its scheme and what that decodes; flags for what does not add up.
        Nothing is written, and no database is needed.
        """,
        examples="""
        maplebridge property identify 001CB240000003B3C0221953
        maplebridge property identify --kind frame 175721508069087
        maplebridge property identify ００１ｃｂ２４００００００３ｂ３ｃ０２２１９５３
        """,
    )
    identify.add_argument("code", metavar="CODE", help="as it was read or typed")
    identify.add_argument("--kind", help="frame, motor, battery, plate, rfid or qr, where it is known")
    identify.set_defaults(run=run_identify, bare=True)
    reader = declare(
        under,
        "reader",
        """
        Set up a fixed reader of radio tags, and print the address to which it sends; by MQTT its topic is
        tags/TOKEN/anything. Only tags of items that are reported stolen are ever kept.
        """,
        examples='maplebridge property reader "Market gate" --lon 24.95 --lat 60.16',
    )
    reader.add_argument("name", metavar="NAME", help="what it is")
    reader.add_argument("--lon", type=float, required=True, help="longitude in degrees")
    reader.add_argument("--lat", type=float, required=True, help="latitude in degrees")
    reader.set_defaults(run=run_reader)


def run_identify(options: argparse.Namespace) -> int:
    """Print what a code is."""
    from maplebridge.kernel import clock
    from maplebridge.property.schemes import identify

    found = identify(options.code, options.kind, today=clock.now().date())
    print(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    return 0


def run_reader(options: argparse.Namespace) -> int:
    """Print the address of a new reader."""
    from django.conf import settings

    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.property.actions import issue_reader
    from maplebridge.site.fitting import must_fit

    must_fit()
    machine = system("command-line")
    _reader, token = issue_reader(machine, name=options.name, lon=options.lon, lat=options.lat, at=clock.now())
    origin = settings.CONFIG.origin or f"http://127.0.0.1:{settings.CONFIG.port}"
    print(f"{origin}/r/{token}")
    return 0
