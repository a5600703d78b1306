"""How a submission meets the register: which record each of its findings is about, and what would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.fieldwork.handling import handling_of
from maplebridge.fieldwork.models import Review
from maplebridge.fieldwork.rules.registering import Findings, findings, read_address
from maplebridge.fieldwork.screening import worked_at
from maplebridge.fieldwork.xml import read_instance
from maplebridge.journal.act import ref_of
from maplebridge.journal.models import Entry
from maplebridge.places.register.models import Address, Record
from maplebridge.places.register.queries.records import changes_of, record_of
from maplebridge.places.register.rules.changes import Difference, Proposal, Value


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal with what it would change, for people to look at; `version` is the record's own (0: new)."""

    proposal: Proposal
    differences: tuple[Difference, ...]
    version: int

    @property
    def conflicts(self) -> bool:
        """Whether another changed one of these fields after this was filled in."""
        return any(each.conflict for each in self.differences)


@dataclass(frozen=True, slots=True)
class Meeting:
    """All that a submission would change in the register, or a sentence why it can change nothing."""

    changes: tuple[Change, ...] = ()
    hindrance: str = ""

    @property
    def conflicts(self) -> bool:
        """Whether some of it contradicts what another changed meanwhile."""
        return any(change.conflicts for change in self.changes)


def meeting_of(review: Review) -> Meeting:
    """Compare a submission with the register as it is now."""
    found = findings_of(review)
    if not found.address:
        return Meeting()
    address, proposal = address_of(review, found)
    if address is None and proposal is None:
        return Meeting(hindrance=_hindrance(review, found))
    changes = [_change(proposal)] if proposal else []
    changes += [_change(each) for each in proposals_at(review, found, address)]
    return Meeting(tuple(change for change in changes if change.differences))


def _hindrance(review: Review, found: Findings) -> str:
    named = {"address": found.address[:80]}
    if review.lon is None and not read_address(found.address).rest:
        return _("“%(address)s” is not in the register, and the form says no place for it.") % named
    return _("“%(address)s” cannot be told apart in the register. Enter it there first.") % named


def findings_of(review: Review) -> Findings:
    """What a submission says for the register; nothing once its words are erased."""
    handling, xml = handling_of(review.form_id), bytes(review.submission.xml)
    return findings(handling, read_instance(xml).values) if xml and handling.register else Findings()


def address_of(review: Review, found: Findings) -> tuple[Address | None, Proposal | None]:
    """The address in the register that is meant, or a proposal of a new building where place and number are said.

    Neither where nobody can tell: a room that is not there, or the same street and number in another area alone.
    """
    written = read_address(found.address)
    named = {"street__name": written.street, "number": written.number, "area__path__startswith": _reach(review)}
    buildings = list(Address.objects.filter(kind="building", gone=False, **named)[:2])
    if len(buildings) == 1:
        return (_part_of(buildings[0], found.address, written.rest) if written.rest else buildings[0]), None
    fields: dict[str, Value] = {"kind": "building", "street": written.street, "number": written.number}
    unclear = buildings or written.rest or not written.number or review.lon is None or review.lat is None
    if unclear or record_of(Proposal("address", fields, source_of(review))):
        return None, None
    place: dict[str, Value] = {"lon": review.lon, "lat": review.lat, "area": review.area_code}
    return None, Proposal("address", {**fields, **place}, source_of(review))


def _part_of(building: Address, text: str, rest: str) -> Address | None:
    """The unit or room of a building that the rest of an address names, if there is exactly one: 402室, flat 3."""
    parts = Address.objects.filter(building=building, gone=False)
    label = "".join(sign for sign in rest if sign.isdigit())
    found = list(parts.filter(text=text)[:2]) or list(parts.filter(label=label)[:2] if label else ())
    return found[0] if len(found) == 1 else None


def _reach(review: Review) -> str:
    """The path of the area above that of a submission: a worker's village, if they work in a hamlet."""
    steps = [step for step in review.area_path.split("/") if step]
    return "/" + "".join(f"{step}/" for step in steps[:-1])


def proposals_at(review: Review, found: Findings, address: Address | None) -> Iterable[Proposal]:
    """What is proposed of premises and organisation at an address (None: one that is new, too)."""
    for subject, fields in (("premise", found.premise), ("organisation", found.organisation)):
        if fields and (subject == "premise" or fields.get("name")):
            where = {"address": address.pk} if address else {}
            proposal = Proposal(subject, {**fields, **where}, source_of(review))
            record = record_of(proposal) if address else None
            base = version_at(record, worked_at(review.submission)) if record else None
            number = record.pk if record else None
            yield Proposal(subject, {**fields, **where}, source_of(review), number, base)


def source_of(review: Review) -> str:
    """How the register names where a change came from."""
    return f"submission:{review.submission_id}"


def version_at(record: Record, at: datetime) -> int:
    """The version of a record that somebody could know at a moment, by the journal; 0 before it was made."""
    entries = Entry.objects.filter(subject=ref_of(record), verb__startswith="places.", at__lte=at)
    last = entries.order_by("-position").first()
    return int(last.facts.get("version", 0)) if last else 0


def _change(proposal: Proposal) -> Change:
    if proposal.record is None:
        fields = {name: value for name, value in proposal.fields.items() if name != "address"}
        new = tuple(Difference(name, None, value) for name, value in fields.items() if name not in ("kind", "area")
                    or proposal.subject == "organisation")  # fmt: skip
        return Change(proposal, new, 0)
    record = record_of(proposal)
    return Change(proposal, tuple(changes_of(proposal)), record.version if record else 0)
