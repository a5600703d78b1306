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

__all__ = [
    "CannotPublish", "CannotReceive", "InstanceConflict", "Received", "StillReceiving", "add_form_version",
    "attach_form_file", "erase_expired", "install_forms", "issue_field_key", "publish_form", "receive_submission",
    "retire_form", "revoke_field_key",
]  # fmt: skip
