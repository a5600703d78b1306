"""Pure decisions about incidents: states, priorities, dispositions."""

from django.utils.translation import gettext_lazy as _

# EIDO incident statuses (NENA-STA-021), in the order a report usually meets them.
STATES = (
    "Active",
    "ResourcesAssigned",
    "ResourcesEnroute",
    "ResourcesOnscene",
    "Closed",
    "Cancelled",
    "ReOpened",
)
OPEN_STATES = ("Active", "ResourcesAssigned", "ResourcesEnroute", "ResourcesOnscene", "ReOpened")

SOURCES = [
    ("call", _("call")),
    ("walk_in", _("walk-in")),
    ("officer", _("officer")),
    ("public", _("public page")),
    ("sensor", _("sensor")),
    ("api", _("connected system")),
    ("import", _("import")),
    ("paper", _("paper card")),
]

PRIORITIES = [(n, str(n)) for n in range(11)]  # 0 most urgent, 10 least

# Dispositions after APCO's common list, as the code a dispatcher types and its words.
DISPOSITIONS = [
    ("01", _("report taken")),
    ("02", _("advised on the spot")),
    ("03", _("settled between the parties")),
    ("04", _("item found or returned")),
    ("05", _("handled, no report needed")),
    ("06", _("gone on arrival")),
    ("07", _("unfounded")),
    ("08", _("duplicate")),
    ("09", _("handed to another service")),
    ("10", _("person detained")),
    ("11", _("cancelled by the reporter")),
]
