"""Every write of dispatch, one function for each human intention."""

from maplebridge.dispatch.actions.alarms import (
    raise_silences,
    raise_timer_alarms,
    start_panic,
    stop_panic,
    watch_lone,
    welfare_ok,
)
from maplebridge.dispatch.actions.duty import CannotGoOffDuty, CannotGoOnDuty, extend_duty, go_off_duty, go_on_duty
from maplebridge.dispatch.actions.ends import CannotCloseJob, close_and_release, close_job, release_units, resume_units
from maplebridge.dispatch.actions.parts import CannotFollow
from maplebridge.dispatch.actions.plans import (
    CannotRaiseAlarm,
    install_plans,
    raise_alarm_level,
    remove_response_plan,
    set_response_plan,
)
from maplebridge.dispatch.actions.post import CannotHandleAtPost, handle_at_post
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
    "CannotGoOffDuty",
    "CannotGoOnDuty",
    "CannotHandleAtPost",
    "CannotHold",
    "CannotRaiseAlarm",
    "CannotSetStatus",
    "CannotStandDown",
    "accept_job",
    "assign_unit",
    "close_and_release",
    "close_job",
    "extend_duty",
    "go_off_duty",
    "go_on_duty",
    "handle_at_post",
    "hold_incident",
    "install_plans",
    "raise_alarm_level",
    "raise_silences",
    "raise_timer_alarms",
    "release_units",
    "remove_response_plan",
    "resume_units",
    "set_response_plan",
    "set_status",
    "stand_down",
    "start_panic",
    "stop_panic",
    "swap_units",
    "watch_lone",
    "welfare_ok",
]
