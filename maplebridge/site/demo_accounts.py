"""The sign-ins of the demo, shown on its first page. They exist in the demo alone."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account whose password is public: name shown, role code, who that is, the words of the
    button, what one can do, and in which area (everywhere)."""

    username: str
    password: str
    display_name: str
    role: str
    who: object
    enter: object
    can: object
    area: str = ""


DEMO_ACCOUNTS = (
    DemoAccount(
        "dispatcher",
        "maple-dispatcher",
        "Dispatcher 2",
        "dispatcher",
        _("Dispatcher"),
        _("Enter as dispatcher"),
        _("Takes reports, sees duplicates, sends the nearest free unit and follows it to the close, on one map."),
    ),
    DemoAccount(
        "officer",
        "maple-officer",
        "Post officer 7",
        "post_officer",
        _("Post officer"),
        _("Enter as post officer"),
        _("Gets jobs on a phone, steers through them with one thumb, closes them on the spot or at the post."),
    ),
    DemoAccount(
        "chief",
        "maple-chief",
        "Station chief",
        "chief",
        _("Station chief"),
        _("Enter as station chief"),
        _("Everything a dispatcher can, and the places, the staff and the journal besides."),
    ),
    DemoAccount(
        "auditor",
        "maple-auditor",
        "Auditor",
        "auditor",
        _("Auditor"),
        _("Enter as auditor"),
        _("Reads the journal, replays any past moment, and verifies that nothing was changed afterwards."),
    ),
    DemoAccount(
        "shop",
        "maple-shop",
        "Bicycle shop",
        "dealer",
        _("Bicycle shop"),
        _("Enter as bicycle shop"),
        _("Registers bikes and batteries, prints their certificates, and checks what is brought in."),
    ),
    DemoAccount(
        "auxiliary",
        "maple-auxiliary",
        "Village auxiliary",
        "auxiliary",
        _("Village auxiliary"),
        _("Enter as village auxiliary"),
        _("Gets tasks for a village, passes them on to its hamlets, fills in forms without a network."),
        area="D-county-01-01",
    ),
    DemoAccount(
        "assistant",
        "maple-assistant",
        "Hamlet assistant",
        "hamlet_assistant",
        _("Hamlet assistant"),
        _("Enter as hamlet assistant"),
        _("Visits houses with a phone, sends what was seen, and sees how each figure of the own work came about."),
        area="D-county-01-01-01",
    ),
)
