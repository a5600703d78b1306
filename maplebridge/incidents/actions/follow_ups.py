"""Say what is looked at again after incidents of a kind."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.fieldwork.models import Form
from maplebridge.incidents.models import FollowUpRule, IncidentType
from maplebridge.incidents.rules.follow_ups import DAYS_MOST, follow_up_from
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor


def set_follow_up(actor: Actor, *, type: IncidentType, rule: Mapping[str, str | int], at: datetime) -> FollowUpRule:
    """Set the follow-up of a type of incident from now on; 0 days for none. Raises BadInput by field."""
    actor.must("forms.manage")
    sentences = {
        "days": _("Say after how many days: 0 (never) to %(most)d.") % {"most": DAYS_MOST},
        "post": _("Choose the smallest kind of area whose post gets the task."),
        "title": _("Say in a few words what is to be done: at most 120 characters."),
    }
    try:
        found = follow_up_from({name: storable(text) if isinstance(text, str) else text for name, text in rule.items()})
    except (ValueError, TypeError) as error:
        field = str(error) if str(error) in sentences else "days"
        raise BadInput(field, sentences[field]) from error
    if found.form and not Form.objects.filter(pk=found.form).exists():
        raise BadInput("form", _("There is no such form."))
    with act(actor, "incidents.follow_up_set", at=at) as entry:
        row, _new = FollowUpRule.objects.update_or_create(
            type=type,
            defaults={"days": found.days, "post": found.post, "form_id": found.form or None, "title": found.title,
                      "instructions": found.instructions[:2000], "changed_at": at},
        )  # fmt: skip
        entry.about(row, type=type.pk, days=row.days, post=row.post, form=row.form_id)
    return row
