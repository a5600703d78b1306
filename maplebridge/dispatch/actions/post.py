"""Handled at the post: a first-class path, from sent to closed in one act."""

from datetime import datetime

from maplebridge.dispatch.actions.ends import close_and_release
from maplebridge.dispatch.actions.parts import must_speak_for
from maplebridge.dispatch.actions.sending import send
from maplebridge.dispatch.actions.steps import set_status
from maplebridge.dispatch.recommend import Advice
from maplebridge.incidents.models import Incident
from maplebridge.journal.act import act
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit


def handle_at_post(
    actor: Actor, *, incident: Incident, unit: Unit, disposition: str, narrative: str = "", at: datetime
) -> Incident:
    """Assign a unit, set it on scene and close the incident with a disposition, all at one moment and in one act.

    For what comes to the post and is settled there. Raises what assigning, setting on scene and closing raise.
    """
    must_speak_for(actor, unit, at=at)
    with act(actor, "dispatch.handled_at_post", at=at) as entry:
        entry.about(incident, case=unit)
        send(actor, incident=incident, unit=unit, at=at, reason="", advice=Advice(eta_s=0.0))
        set_status(actor, unit=unit, status="OnScene", at=at)
        return close_and_release(
            actor, incident=incident, disposition=disposition, narrative=narrative, at_post=True, at=at
        )
