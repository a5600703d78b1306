"""`maplebridge token USER`: a bearer token for the API."""

import argparse
from typing import TYPE_CHECKING

from maplebridge.site.commands import Subparsers, declare

if TYPE_CHECKING:
    from maplebridge.people.models import User


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "token",
        """
        Issue a bearer token for the API in the name of a user.
        It is printed once and stored only as a digest. It ends after --days.
        With --openrosa, print the address at which ODK Collect finds this user's forms.
        With --device, print the address to which the tracker of a unit sends its positions; with --links, also what
        opens each app with it, to be made a QR code or sent to the phone.
        """,
        examples="""
        maplebridge token chief
        maplebridge token wei --openrosa                   for ODK Collect
        maplebridge token M21 --device                     for Traccar Client or OwnTracks
        maplebridge token M21 --device --speed mps         for OsmAnd
        maplebridge token M21 --device --links --encrypt   for OwnTracks that encrypts what it sends
        curl -H "Authorization: Bearer $(maplebridge token chief --days 1)" http://127.0.0.1:8000/api/me
        """,
    )
    it.add_argument("user", metavar="USER", help="the user name of an account, or with --device a call sign")
    it.add_argument("--days", type=int, default=90, help="for how many days it is valid (90)")
    it.add_argument("--openrosa", action="store_true", help="for ODK Collect on the phone of this user")
    it.add_argument("--device", action="store_true", help="for the tracker of a unit")
    it.add_argument("--links", action="store_true", help="print what opens each app, too")
    it.add_argument("--encrypt", action="store_true", help="with a secret, by which OwnTracks encrypts")
    it.add_argument("--name", default="", help="what the device is, as its page shows it")
    it.add_argument("--speed", default="knots", help="how the device gives its speed: knots (Traccar), mps, kmh")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a new token."""
    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import BadInput
    from maplebridge.people.actions import issue_token
    from maplebridge.people.actor import system
    from maplebridge.people.models import User
    from maplebridge.site.fitting import must_fit

    must_fit()
    if options.device:
        return _print_address(options)
    user = User.objects.filter(username=options.user, is_active=True).first()
    if user is None:
        known = ", ".join(
            User.objects.filter(is_active=True).order_by("username").values_list("username", flat=True)[:12]
        )
        raise BadInput(
            "user", f"There is no account “{options.user}”. Accounts: {known or 'none yet; see maplebridge init'}."
        )
    if not 1 <= options.days <= 3650:
        raise BadInput("days", "A token is valid for 1 to 3650 days.")
    print(
        _openrosa(user, options.days)
        if options.openrosa
        else issue_token(system("command-line"), user=user, days=options.days, at=clock.now())
    )
    return 0


def _openrosa(user: "User", days: int) -> str:
    """The address of a new key, to be set as the server in ODK Collect."""
    from django.conf import settings

    from maplebridge.fieldwork.actions import issue_field_key
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system

    key = issue_field_key(system("command-line"), user=user, days=days, at=clock.now())
    return f"{settings.CONFIG.origin or f'http://127.0.0.1:{settings.CONFIG.port}'}/key/{key}"


def _print_address(options: argparse.Namespace) -> int:
    """Print the address of a new tracker, and what opens the apps with it."""
    from django.conf import settings

    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import BadInput
    from maplebridge.people.actor import system
    from maplebridge.people.models import Unit
    from maplebridge.positions.actions import issue_tracker
    from maplebridge.positions.links import links_of

    call_sign = options.user
    unit = Unit.objects.active().filter(call_sign=call_sign.upper()).first()
    if unit is None:
        known = ", ".join(Unit.objects.active().values_list("call_sign", flat=True)[:12])
        raise BadInput("user", f"There is no unit “{call_sign}”. Units: {known or 'none yet; see maplebridge staff'}.")
    given = issue_tracker(
        system("command-line"), unit=unit, name=options.name, speed_unit=options.speed, encrypted=options.encrypt,
        at=clock.now(),
    )  # fmt: skip
    origin = settings.CONFIG.origin or f"http://127.0.0.1:{settings.CONFIG.port}"
    links = links_of(given, origin=origin, call_sign=unit.call_sign, broker=settings.CONFIG.mqtt_public)
    print(links.address)
    if options.links:
        lines = {"Traccar Client": links.traccar, "OwnTracks": links.owntracks, "OsmAnd": links.osmand,
                 "OwnTracks by MQTT": links.owntracks_mqtt}  # fmt: skip
        print("\n".join(f"{name}: {link}" for name, link in lines.items() if link))
    return 0
