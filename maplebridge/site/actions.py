"""Writes that belong to no domain."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor


def consult_entry(actor: Actor, *, position: int, reason: str, at: datetime) -> dict[str, str]:
    """Read the private texts of one journal entry, by name, leaving an entry that says who looked and why.

    Raises NotAllowed, NotFound, and BadInput on a reason of fewer than ten characters.
    """
    actor.must("journal.view")
    reason = storable(reason).strip()
    if len(reason) < 10:
        raise BadInput("reason", _("Say in a few words why you need to read it: at least ten characters."))
    found = Entry.objects.filter(position=position).first()
    if found is None:
        raise NotFound(_("There is no entry %(position)d. Look for it in the list.") % {"position": position})
    with act(actor, "journal.consulted", at=at, purpose="audit") as entry:
        entry.about(f"entry:{position}", case=found.case or found.subject).keep_private(reason=reason[:500])
    return dict(found.private.values_list("name", "content"))
