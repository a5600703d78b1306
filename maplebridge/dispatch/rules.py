"""Pure decisions about units: EIDO statuses and their sequences."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Status:
    """A primary status: code (EIDO common unit status), words, short form typed in the command line, and what may follow."""

    code: str
    name: object
    short: str
    then: frozenset[str]


STATUSES = {
    status.code: status
    for status in (
        Status("Available", _("available"), "av", frozenset({"Assigned", "OutOfService"})),
        Status("Assigned", _("assigned"), "as", frozenset({"EnRoute", "OnScene", "Available"})),
        Status("EnRoute", _("en route"), "er", frozenset({"OnScene", "Available"})),
        Status("OnScene", _("on scene"), "os", frozenset({"Available"})),
        Status("OutOfService", _("out of service"), "oos", frozenset({"Available"})),
    )
}
