"""Every write of dispatch, one function for each human intention."""

from maplebridge.dispatch.actions.alarms import raise_timer_alarms, start_panic, stop_panic, welfare_ok
from maplebridge.dispatch.actions.ends import CannotCloseJob, close_and_release, close_job, release_units, resume_units
from maplebridge.dispatch.actions.parts import CannotFollow
from maplebridge.dispatch.actions.post import handle_at_post
from maplebridge.dispatch.actions.sending import (
    CannotAssignUnit,
    CannotHold,
    CannotStandDown,
    assign_unit,
    hold_incident,
    stand_down,
    swap_units,
)
from maplebridge.dispatch.actions.steps import CannotAcceptJob, CannotSetStatus, accept_job, set_status

__all__ = [
    "CannotAcceptJob",
    "CannotAssignUnit",
    "CannotCloseJob",
    "CannotFollow",
    "CannotHold",
    "CannotSetStatus",
    "CannotStandDown",
    "accept_job",
    "assign_unit",
    "close_and_release",
    "close_job",
    "handle_at_post",
    "hold_incident",
    "raise_timer_alarms",
    "release_units",
    "resume_units",
    "set_status",
    "stand_down",
    "start_panic",
    "stop_panic",
    "swap_units",
    "welfare_ok",
]
