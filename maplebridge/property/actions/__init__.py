"""Every write of the registry, one function per human intention."""

from maplebridge.property.actions.alarms import CannotSettle, answer_alarm, settle_alarm, take_up_alarm
from maplebridge.property.actions.checks import Sighted, raise_late_alarms, record_sighting, record_sightings
from maplebridge.property.actions.custody import (
    CannotImpound,
    CannotReturn,
    dispose_item,
    impound_item,
    mark_recovered,
    retire_item,
    return_to_owner,
)
from maplebridge.property.actions.disputes import CannotDispute, decide_dispute, raise_dispute, withdraw_dispute
from maplebridge.property.actions.keeping import end_owner, erase_expired, forget_sightings
from maplebridge.property.actions.owners import (
    NewOwner,
    consult_owner,
    disclose_to_owner,
    owner_actor,
    renew_owner_code,
)
from maplebridge.property.actions.pairing import CannotPair, pair_battery, part_battery
from maplebridge.property.actions.passes import prolong_pass
from maplebridge.property.actions.passing import (
    Accepted,
    CannotPassOn,
    Offered,
    accept_transfer,
    offer_transfer,
    withdraw_offer,
)
from maplebridge.property.actions.places import (
    accredit_dealer,
    end_dealer,
    issue_reader,
    revoke_reader,
    staff_dealer,
)
from maplebridge.property.actions.register import (
    CannotRegister,
    Registered,
    add_identifier,
    attach_photo,
    confirm_item,
    edit_item,
    register_item,
    sticker_of,
)
from maplebridge.property.actions.shared import Code
from maplebridge.property.actions.theft import (
    CannotEndTheft,
    CannotReportStolen,
    close_theft,
    report_stolen,
    withdraw_report,
)

__all__ = [
    "Accepted",
    "CannotDispute",
    "CannotEndTheft",
    "CannotImpound",
    "CannotPair",
    "CannotPassOn",
    "CannotRegister",
    "CannotReportStolen",
    "CannotReturn",
    "CannotSettle",
    "Code",
    "NewOwner",
    "Offered",
    "Registered",
    "Sighted",
    "accept_transfer",
    "accredit_dealer",
    "add_identifier",
    "answer_alarm",
    "attach_photo",
    "close_theft",
    "confirm_item",
    "consult_owner",
    "decide_dispute",
    "disclose_to_owner",
    "dispose_item",
    "edit_item",
    "end_dealer",
    "end_owner",
    "erase_expired",
    "forget_sightings",
    "impound_item",
    "issue_reader",
    "mark_recovered",
    "offer_transfer",
    "owner_actor",
    "pair_battery",
    "part_battery",
    "prolong_pass",
    "raise_dispute",
    "raise_late_alarms",
    "record_sighting",
    "record_sightings",
    "register_item",
    "renew_owner_code",
    "report_stolen",
    "retire_item",
    "return_to_owner",
    "revoke_reader",
    "settle_alarm",
    "staff_dealer",
    "sticker_of",
    "take_up_alarm",
    "withdraw_dispute",
    "withdraw_offer",
    "withdraw_report",
]
