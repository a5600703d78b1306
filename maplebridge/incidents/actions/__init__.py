"""Every write of this domain, one function per human intention."""

from maplebridge.incidents.actions.bonds import (
    CannotLink,
    CannotMerge,
    CannotUnmerge,
    link_incidents,
    merge_incidents,
    split_incident,
    unmerge_incident,
)
from maplebridge.incidents.actions.cards import Card, enter_card
from maplebridge.incidents.actions.change import CannotChangeEnded, add_note, edit_incident, set_priority
from maplebridge.incidents.actions.disclosure import disclose_incident, disclose_to_reporter
from maplebridge.incidents.actions.erasure import erase_expired, erase_on_request
from maplebridge.incidents.actions.files import CannotAttach, attach_file, public_photo
from maplebridge.incidents.actions.follow_ups import set_follow_up
from maplebridge.incidents.actions.life import (
    CannotCancel,
    CannotClose,
    CannotHold,
    CannotMark,
    CannotReopen,
    cancel_incident,
    close_incident,
    hold_incident,
    mark_resources,
    reopen_incident,
)
from maplebridge.incidents.actions.looks import (
    PURPOSES,
    CannotShowUnasked,
    consult_callers,
    last_place_of_caller,
    open_file,
    read_incident,
    state_purpose,
)
from maplebridge.incidents.actions.numbers import CannotUseNumber, reserve_numbers
from maplebridge.incidents.actions.report import CannotReuseKey, Reported, report_incident
from maplebridge.incidents.actions.shared import CannotChangeMerged
from maplebridge.incidents.actions.table import CannotImport, ImportReport, import_incidents
from maplebridge.incidents.actions.types import install_types, set_target
from maplebridge.kernel.media import FILE_MAX

__all__ = [
    "CannotAttach",
    "CannotCancel",
    "CannotChangeEnded",
    "CannotChangeMerged",
    "CannotClose",
    "CannotHold",
    "CannotImport",
    "CannotLink",
    "CannotMark",
    "CannotMerge",
    "CannotReopen",
    "CannotReuseKey",
    "CannotShowUnasked",
    "CannotUnmerge",
    "CannotUseNumber",
    "Reported",
    "Card",
    "FILE_MAX",
    "ImportReport",
    "PURPOSES",
    "add_note",
    "attach_file",
    "cancel_incident",
    "close_incident",
    "consult_callers",
    "disclose_incident",
    "disclose_to_reporter",
    "edit_incident",
    "enter_card",
    "erase_expired",
    "erase_on_request",
    "hold_incident",
    "import_incidents",
    "install_types",
    "last_place_of_caller",
    "link_incidents",
    "mark_resources",
    "merge_incidents",
    "reopen_incident",
    "open_file",
    "public_photo",
    "read_incident",
    "report_incident",
    "reserve_numbers",
    "set_follow_up",
    "set_priority",
    "set_target",
    "split_incident",
    "state_purpose",
    "unmerge_incident",
]
