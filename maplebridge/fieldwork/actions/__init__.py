"""Every write of this domain, one function per human intention."""

from maplebridge.fieldwork.actions.erasure import erase_expired
from maplebridge.fieldwork.actions.forms import (
    CannotPublish,
    add_form_version,
    attach_form_file,
    install_forms,
    publish_form,
    retire_form,
)
from maplebridge.fieldwork.actions.keys import issue_field_key, revoke_field_key
from maplebridge.fieldwork.actions.receive import (
    CannotReceive,
    InstanceConflict,
    Received,
    StillReceiving,
    receive_submission,
)
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
    "CannotPublish", "CannotReceive", "CannotStep", "InstanceConflict", "Received", "StillReceiving", "Whose",
    "accept_task", "add_form_version", "attach_form_file", "deliver_task", "erase_expired", "give_task",
    "install_forms", "issue_field_key", "pass_on_task", "publish_form", "receive_submission", "remind_of_overdue",
    "retire_form", "return_task", "revoke_field_key", "settle_task", "split_task", "withdraw_task",
]  # fmt: skip
