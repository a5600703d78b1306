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
        entry.processed("consulted", records=[f"entry:{position}", found.subject], classes=["audit"])
    return dict(found.private.values_list("name", "content"))


def export_entries(actor: Actor, *, count: int, asked: dict[str, str], recipient: str, at: datetime) -> None:
    """Journal that entries are handed out: how many, by which filters, and for whom. Raises NotAllowed and BadInput."""
    actor.must("journal.view")
    recipient = storable(recipient).strip()
    if len(recipient) < 3:
        raise BadInput("recipient", _("Say for whom the export is: a name or an office."))
    with act(actor, "journal.exported", at=at, purpose="audit") as entry:
        entry.about("journal:*", entries=count, filters=sorted(asked))
        entry.keep_private(recipient=recipient[:200], **{f"filter_{name}": text for name, text in asked.items()})
        entry.processed("disclosed", classes=["audit"], recipient="named in private")
