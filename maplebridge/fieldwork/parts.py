"""The pages of field work beside each of them: a line where they are few, headed groups where they are many."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from maplebridge.people.actor import Actor

A_LINE_HOLDS = 7


def parts_for(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of field work that this actor may open, in groups.

    Each group has a name and its pages; what a line holds is one group without a name.
    """
    groups = [{"name": name, "pages": _open_to(rows, here)} for name, rows in _groups(actor)]
    pages = [page for group in groups for page in group["pages"]]
    if len(pages) <= A_LINE_HOLDS:
        return [{"name": "", "pages": pages}]
    return [group for group in groups if group["pages"]]


def _open_to(rows: tuple[tuple[str, str, bool], ...], here: str) -> list[dict[str, Any]]:
    return [{"href": reverse(name), "name": words, "current": name == here} for name, words, may in rows if may]


def _groups(actor: Actor) -> tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]:
    fills, judge, appraise = actor.may("forms.fill"), actor.may("tasks.give"), actor.may("work.appraise")
    manages = actor.may("forms.manage")
    tasks = (
        ("own_tasks", _("My tasks"), fills),
        ("tasks", _("Tasks"), judge),
        ("task_calendar", _("Calendar"), judge or fills),
    )
    work = (
        ("work", _("My ledger"), fills),
        ("reviews", _("Review"), judge),
        ("ledger", _("Ledger"), judge),
        ("field_figures", _("Figures"), judge and actor.may("incidents.view")),
    )
    posts = (
        ("coverage", _("Posts"), judge),
        ("hierarchy_tables", _("Divisions and roster"), actor.may("places.edit") or actor.may("people.manage")),
    )
    pay = (
        ("deductions", _("Deductions"), appraise),
        ("sheets", _("Stipends"), appraise),
        ("schemes", _("Schemes"), appraise or fills),
    )
    rules = (("review_rules", _("Rules of review"), manages), ("follow_ups", _("Follow-ups"), manages))
    return (
        (_("What to do"), tasks), (_("What was done"), work), (_("Who does it"), posts),
        (_("What it earns"), pay), (_("What holds for all"), rules),
    )  # fmt: skip
