"""The line of pages above each page of field work."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from maplebridge.people.actor import Actor


def parts_for(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of field work that this actor may open, for the line above each of them."""
    judge, appraise = actor.may("tasks.give"), actor.may("work.appraise")
    rows = (
        ("own_tasks", _("My tasks"), actor.may("forms.fill")),
        ("tasks", _("Tasks"), judge),
        ("task_calendar", _("Calendar"), judge or actor.may("forms.fill")),
        ("work", _("My ledger"), actor.may("forms.fill")),
        ("reviews", _("Review"), judge),
        ("ledger", _("Ledger"), judge),
        ("field_figures", _("Figures"), judge and actor.may("incidents.view")),
        ("coverage", _("Posts"), judge),
        ("hierarchy_tables", _("Divisions and roster"), actor.may("places.edit") or actor.may("people.manage")),
        ("deductions", _("Deductions"), appraise),
        ("sheets", _("Stipends"), appraise),
        ("schemes", _("Schemes"), appraise or actor.may("forms.fill")),
        ("review_rules", _("Rules of review"), actor.may("forms.manage")),
        ("follow_ups", _("Follow-ups"), actor.may("forms.manage")),
    )
    return [{"href": reverse(name), "name": words, "current": name == here} for name, words, may in rows if may]
