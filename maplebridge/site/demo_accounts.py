"""The five sign-ins of the demo, shown on its first page. They exist in the demo alone."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account whose password is public: name shown, role code, and what one can do with it."""

    username: str
    password: str
    display_name: str
    role: str
    can: object


DEMO_ACCOUNTS = (
    DemoAccount(
        "dispatcher",
        "maple-dispatcher",
        "Dispatcher 2",
        "dispatcher",
        _("Takes reports, sees duplicates, sends the nearest free unit and follows it to the close, on one map."),
    ),
    DemoAccount(
        "officer",
        "maple-officer",
        "Post officer 7",
        "post_officer",
        _("Gets jobs on a phone, steers through them with one thumb, closes them on the spot or at the post."),
    ),
    DemoAccount(
        "chief",
        "maple-chief",
        "Station chief",
        "chief",
        _("Everything a dispatcher can, and the places, the staff and the journal besides."),
    ),
    DemoAccount(
        "auditor",
        "maple-auditor",
        "Auditor",
        "auditor",
        _("Reads the journal, replays any past moment, and verifies that nothing was changed afterwards."),
    ),
    DemoAccount(
        "shop",
        "maple-shop",
        "Bicycle shop",
        "dealer",
        _("Registers bikes and batteries, prints their certificates, and checks what is brought in."),
    ),
)
