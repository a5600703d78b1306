"""The guided tour of the demo: eleven steps, each with what to try and where."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title, what to try, what to notice, the page to open, and which sign-in opens it ("" for none)."""

    code: str
    title: object
    do: object
    notice: object
    href: str
    account: str


STEPS = (
    Step(
        "map",
        _("See the whole city on one map"),
        _("Open the console. The queue is on the left, the map in the middle, the units below."),
        _("Nothing moves unless something happened. Colour means status, and each status has its own shape or letter."),
        "/console",
        "dispatcher",
    ),
    Step(
        "report",
        _("Take a report without the mouse"),
        _("Press N. Type “noise”, a street and a few words, and press Enter."),
        _("The place is found while you type, also with a typing error. The clock of the answer starts at once."),
        "/console",
        "dispatcher",
    ),
    Step(
        "duplicate",
        _("Meet a duplicate"),
        _("Take the same report again from the next house."),
        _("The form shows the first one and says why it thinks so. Merging keeps both reporters and both narratives."),
        "/console",
        "dispatcher",
    ),
    Step(
        "send",
        _("Send the nearest free unit by road"),
        _("Choose an incident, then press / and type: d, its number, and the first call sign offered."),
        _("Each recommendation says in one line why it stands where it stands. Taking another asks for your reason."),
        "/console",
        "dispatcher",
    ),
    Step(
        "phone",
        _("Be the unit"),
        _("Open the phone page in a second window, or on your phone, and go through the job with one thumb."),
        _("Switch the network off on the way. Nothing is lost: the unsent steps are counted and sent on return."),
        "/unit",
        "officer",
    ),
    Step(
        "post",
        _("Close a report at the post"),
        _("On the phone page choose “New report here”, then “Handled here”."),
        _("Most of a street post's work never needs a dispatch. It is recorded in three taps, with its interval."),
        "/unit#new",
        "officer",
    ),
    Step(
        "replay",
        _("Go back in time"),
        _("In the console, press R and drag the slider to any past moment."),
        _("The map is rebuilt from the journal alone, so what you see is what was known at that moment."),
        "/console",
        "dispatcher",
    ),
    Step(
        "public",
        _("Report as a resident"),
        _("Open the public page, report something, and follow it with the code that you get."),
        _("No account and no telephone number are needed. The code shows the state, never the people."),
        "/report",
        "",
    ),
    Step(
        "outage",
        _("Work through an outage on paper"),
        _("Reserve and print a sheet of cards, then enter one of them on the catch-up page."),
        _("When it happened and when it was entered are kept apart, so the figures stay true."),
        "/cards",
        "dispatcher",
    ),
    Step(
        "journal",
        _("Check that nothing was changed"),
        _("Read the journal of what you just did, and press “Verify”."),
        _("Every change and every look at a person's record is an entry. One changed letter would change the root."),
        "/journal",
        "auditor",
    ),
    Step(
        "stolen",
        _("Catch a stolen battery at a shop"),
        _("Enter as the bicycle shop in a second window and check the code 001PB240000003B3C0221953."),
        _("The console rings at once: what was seen, where, what to do, and who would be there first. Press A."),
        "/property/desk",
        "shop",
    ),
)
