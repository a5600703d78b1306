"""Every write of this domain, one function per human intention."""

from maplebridge.fieldwork.actions.appraisal import (
    CannotAppraise,
    add_scheme,
    appeal_deduction,
    decide_appeal,
    deduct_points,
    install_schemes,
    publish_scheme,
)
from maplebridge.fieldwork.actions.erasure import erase_expired, erase_old_deductions
from maplebridge.fieldwork.actions.forms import (
    CannotPublish,
    add_form_version,
    attach_form_file,
    install_forms,
    publish_form,
    retire_form,
)
from maplebridge.fieldwork.actions.hierarchy import fill_posts
from maplebridge.fieldwork.actions.keys import issue_field_key, revoke_field_key
from maplebridge.fieldwork.actions.ledger import post_to_ledger, rebuild_ledger
from maplebridge.fieldwork.actions.receive import (
    CannotReceive,
    InstanceConflict,
    Received,
    StillReceiving,
    receive_submission,
)
from maplebridge.fieldwork.actions.registering import accept_and_apply, apply_by_rule, apply_submission
from maplebridge.fieldwork.actions.review import (
    CannotReview,
    accept_submission,
    open_review,
    refuse_submission,
    return_submission,
    screen_submission,
    set_handling,
)
from maplebridge.fieldwork.actions.schedules import end_schedule, give_to_each, set_schedule, turn_schedule
from maplebridge.fieldwork.actions.stipends import CannotApprove, approve_sheet, draw_up_sheet, export_sheet
from maplebridge.fieldwork.actions.taking_back import take_back_task
from maplebridge.fieldwork.actions.tasks import (
    CannotStep,
    Whose,
    accept_task,
    deliver_task,
    give_task,
    pass_on_task,
    remind_of_overdue,
    return_task,
    settle_task,
    split_task,
    withdraw_task,
)

__all__ = [
    "CannotAppraise", "CannotApprove", "CannotPublish", "CannotReceive", "CannotReview", "CannotStep",
    "InstanceConflict", "Received", "StillReceiving", "Whose", "accept_and_apply", "accept_submission", "accept_task",
    "add_form_version", "add_scheme", "appeal_deduction", "apply_by_rule", "apply_submission", "approve_sheet",
    "attach_form_file", "decide_appeal", "deduct_points", "deliver_task", "draw_up_sheet", "end_schedule",
    "erase_expired", "erase_old_deductions", "export_sheet", "fill_posts", "give_task", "give_to_each",
    "install_forms", "install_schemes", "issue_field_key", "open_review", "pass_on_task", "post_to_ledger",
    "publish_form", "publish_scheme", "rebuild_ledger", "receive_submission", "refuse_submission",
    "remind_of_overdue", "retire_form", "return_submission", "return_task", "revoke_field_key", "screen_submission",
    "set_handling", "set_schedule", "settle_task", "split_task", "take_back_task",
    "turn_schedule", "withdraw_task",
]  # fmt: skip
