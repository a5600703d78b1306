"""Every write about staff, their grants, keys and shifts."""

from maplebridge.people.actions.accounts import (
    enrol_user,
    erase_ended_accounts,
    record_security,
    record_sign_in,
    reset_factors,
    set_password,
)
from maplebridge.people.actions.approvals import (
    CannotDecideTwice,
    CannotProceed,
    ask_approval,
    decide_approval,
    erase_old_approvals,
    use_approval,
)
from maplebridge.people.actions.grants import (
    CannotReviewTwice,
    CannotRevokeTwice,
    break_glass,
    give_grant,
    review_grant,
    revoke_grant,
    set_role,
)
from maplebridge.people.actions.keys import (
    CannotEnrol,
    device_of_code,
    enrol_device,
    issue_token,
    offer_device,
    revoke_device,
    revoke_token,
)
from maplebridge.people.actions.own_data import disclose_to_self
from maplebridge.people.actions.roster import end_shift, enlist_unit, extend_shift, open_shift

__all__ = [
    "CannotDecideTwice",
    "CannotEnrol",
    "CannotProceed",
    "CannotReviewTwice",
    "CannotRevokeTwice",
    "ask_approval",
    "break_glass",
    "decide_approval",
    "device_of_code",
    "disclose_to_self",
    "end_shift",
    "extend_shift",
    "enlist_unit",
    "enrol_device",
    "enrol_user",
    "erase_ended_accounts",
    "erase_old_approvals",
    "give_grant",
    "issue_token",
    "offer_device",
    "open_shift",
    "record_security",
    "record_sign_in",
    "reset_factors",
    "review_grant",
    "revoke_device",
    "revoke_grant",
    "revoke_token",
    "set_password",
    "set_role",
    "use_approval",
]
