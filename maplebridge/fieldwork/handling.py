"""How what is sent with a form is looked at: as the agency set it, else as it comes with the software."""

import tomllib
from functools import cache
from pathlib import Path

from maplebridge.fieldwork.models import FormHandling
from maplebridge.fieldwork.rules.review import Handling, handling_from
from maplebridge.kernel.moment import for_a_moment

SHIPPED = Path(__file__).with_name("handling.toml")


@cache
def shipped_handlings() -> dict[str, Handling]:
    """The rules of review that come with the software, by form."""
    return {form: handling_from(table) for form, table in tomllib.loads(SHIPPED.read_text(encoding="utf-8")).items()}


def handling_of(form: str) -> Handling:
    """The rules of review of a form: the agency's own, the shipped ones, or a tenth by lot and the first ten."""
    return for_a_moment(("handling", form), lambda: _handling_of(form))


def _handling_of(form: str) -> Handling:
    own = FormHandling.objects.filter(form_id=form).first()
    return handling_from(own.rules) if own else shipped_handlings().get(form, Handling())
