"""Pure decisions of the registry: kinds, states and what may follow them, terms of keeping."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

KINDS = [
    ("e_bike", _("e-bike")),
    ("bicycle", _("bicycle")),
    ("battery", _("battery")),
    ("scooter", _("scooter")),
    ("other", _("other valuable")),
]
BEARS_BATTERY = frozenset(("e_bike", "scooter", "other"))
IDENTIFIER_KINDS = [
    ("frame", _("frame number")),
    ("motor", _("motor number")),
    ("battery", _("battery code")),
    ("plate", _("number plate")),
    ("rfid", _("radio tag")),
    ("qr", _("QR sticker")),
    ("other", _("other number")),
]
REGISTRY = "registry"  # issuer of our own stickers
WEAK = frozenset(("no_code", "short", "sequence"))  # flags of a code that many things may bear: it decides nothing
DEALER_KINDS = [
    ("shop", _("shop")),
    ("repair", _("repair shop")),
    ("swap", _("battery-swap cabinet")),
    ("recycler", _("recycler")),
    ("second_hand", _("second-hand dealer")),
    ("market", _("market")),
    ("post", _("police post")),
]

# An item: `pending` until a shop or post has seen it, `impounded` while it is in the police's hands.
ITEM_STATES = [
    ("pending", _("waiting to be confirmed")),
    ("registered", _("registered")),
    ("stolen", _("reported stolen")),
    ("impounded", _("in police custody")),
    ("retired", _("scrapped or gone")),
]
ITEM_FOLLOWS = {
    "pending": frozenset(("registered", "stolen", "impounded", "retired")),
    "registered": frozenset(("stolen", "impounded", "retired")),
    "stolen": frozenset(("registered", "pending", "impounded", "retired")),
    "impounded": frozenset(("registered", "retired")),
    "retired": frozenset(),
}
THEFT_STATES = [
    ("open", _("open")),
    ("withdrawn", _("withdrawn")),
    ("recovered", _("recovered, waiting for its owner")),
    ("returned", _("returned to the owner")),
    ("closed", _("closed without recovery")),
]
THEFT_FOLLOWS = {
    "open": frozenset(("withdrawn", "recovered", "returned", "closed")),
    "recovered": frozenset(("returned", "closed")),
}
THEFT_ENDED = frozenset(("withdrawn", "returned", "closed"))
CHANNELS = [  # by which a code came in
    ("dealer", _("dealer's check")),
    ("patrol", _("patrol's check")),
    ("intake", _("dealer's list of the day")),
    ("reader", _("fixed reader")),
    ("api", _("connected system")),
]
OUTCOMES = [  # of an alarm
    ("seized", _("item secured")),
    ("gone", _("item gone when the unit came")),
    ("mistaken", _("not the stolen item")),
    ("no_unit", _("nobody could be sent")),
]
ANSWERS = [  # a dealer's, to an alarm
    ("here", _("the item is here")),
    ("left", _("it has left again")),
    ("bought", _("it was bought or taken in")),
    ("mistyped", _("the code was mistyped")),
]
DISPUTE_STATES = [
    ("open", _("open")),
    ("upheld", _("decided for the claimant")),
    ("rejected", _("decided for the holder")),
    ("withdrawn", _("withdrawn")),
]
HOW_OWNED = [("registered", _("registered")), ("transferred", _("transferred")), ("settled", _("settled in a dispute"))]

CLEAN_SIGHTINGS_AT_MOST = timedelta(days=7)  # a setting may shorten it, nothing may lengthen it
OWNERS_KEPT = timedelta(days=5 * 365)  # since an item was last confirmed to be theirs
FORMER_OWNERS_KEPT = timedelta(days=365)  # after the item passed on
CLAIMS_KEPT = timedelta(days=365)  # after a dispute was decided
THEFTS_KEPT = timedelta(days=3 * 365)  # after a theft was withdrawn, returned or closed
OFFER_LASTS = timedelta(days=7)
DOCUMENT_DIGITS = 4  # of an owner's document: enough to recognise it, too few to use it
CODE_LIMIT = 200  # characters of a code as written; a battery passport is an address


def decides(flags: Iterable[str]) -> bool:
    """Whether a code is particular enough that an equal one means the same item; else it only suggests."""
    return WEAK.isdisjoint(flags)


def may_follow(follows: dict[str, frozenset[str]], state: str, following: str) -> bool:
    """Whether a state may come after another, by `ITEM_FOLLOWS` or `THEFT_FOLLOWS`."""
    return following in follows.get(state, frozenset())


def clean_sightings_kept(setting_days: int) -> timedelta:
    """How long a check of an item that is not stolen is kept: the setting, in days, within 0 and the legal bound."""
    return min(max(timedelta(), timedelta(days=setting_days)), CLEAN_SIGHTINGS_AT_MOST)


def sighting_expires(at: datetime, *, setting_days: int) -> datetime:
    """When a check of an item that is not stolen is forgotten."""
    return at + clean_sightings_kept(setting_days)
