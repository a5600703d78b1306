"""`maplebridge token USER`: a bearer token for the API."""

import argparse

from maplebridge.site.commands import declare


def add(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    """Declare the command."""
    it = declare(
        commands,
        "token",
        """
        Issue a bearer token for the API in the name of a user.
        It is printed once and stored only as a digest. It ends after --days.
        """,
        examples="""
        maplebridge token chief
        curl -H "Authorization: Bearer $(maplebridge token chief --days 1)" http://127.0.0.1:8000/api/me
        """,
    )
    it.add_argument("user", metavar="USER", help="the user name of an account")
    it.add_argument("--days", type=int, default=90, help="for how many days it is valid (90)")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a new token."""
    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import BadInput
    from maplebridge.people.actions import issue_token
    from maplebridge.people.actor import system
    from maplebridge.people.models import User
    from maplebridge.site.prepare import must_fit

    must_fit()
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
    print(issue_token(system("command-line"), user=user, days=options.days, at=clock.now()))
    return 0
