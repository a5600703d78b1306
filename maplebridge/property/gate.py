"""The gate at which strangers ask the API."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from maplebridge.kernel.address import client_address
from maplebridge.kernel.refused import Refused
from maplebridge.property.turnstile import Turnstile

gate = Turnstile(settings.CONFIG.checks_a_minute)


class TooManyQuestions(Refused):
    """One address asked too often: answered 429."""

    status = 429


def admit(request: HttpRequest) -> None:
    """Let a stranger ask, or raise TooManyQuestions."""
    if not gate.admits(client_address(request)):
        raise TooManyQuestions(_("Many codes were asked for from your connection. Wait a minute, then go on."))
