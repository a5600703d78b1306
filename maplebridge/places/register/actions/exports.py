"""Who took which part of the register home."""

from datetime import datetime

from maplebridge.journal.act import act
from maplebridge.people.actor import Actor


def record_export(actor: Actor, *, collection: str, form: str, area: str, at: datetime) -> None:
    """Journal that a collection of the register was taken home as a file. Raises NotAllowed."""
    actor.must("register.view")
    with act(actor, "places.register_exported", at=at) as entry:
        entry.about(f"register:{collection}", collection=collection, form=form, area=area)
