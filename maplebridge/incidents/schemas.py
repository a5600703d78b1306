"""Bodies of the incidents API."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import WithJsonSchema

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]  # in a path
BodyId = Annotated[int, Field(ge=1, le=2**63 - 1, strict=True)]  # in JSON, where `true` is no number


class BothNames(Schema):
    en: str
    zh: str


class IncidentRow(Schema):
    """An incident as lists, board and console show it."""

    id: int
    number: str
    type: str
    family: str
    name: BothNames
    priority: int
    state: str
    held: bool
    lon: float
    lat: float
    address: str
    area: str
    reported_at: Moment
    target_s: int
    assigned_at: Moment | None
    enroute_at: Moment | None
    onscene_at: Moment | None
    closed_at: Moment | None
    disposition: str
    units: list[int]
    source: str
    invented: bool


class ReportOut(Schema):
    id: int
    incident_id: int
    source: str
    reported_at: Moment
    narrative: str
    language: str
    caller: str | None
    phone: str | None
    has_caller: bool


class NoteOut(Schema):
    at: Moment
    author: str
    text: str


class AttachmentOut(Schema):
    id: int
    name: str
    media_type: str
    size: int
    url: str


class LinkOut(Schema):
    kind: str
    id: int
    number: str
    name: BothNames


class MergedOut(Schema):
    id: int
    number: str


class PremiseNoteOut(Schema):
    id: int
    kind: str
    text: str
    reason: str
    expires_at: Moment
    distance_m: float


class PastOut(Schema):
    id: int
    number: str
    name: BothNames
    closed_at: Moment | None
    disposition: str
    distance_m: float


class IntervalsOut(Schema):
    answer_s: float | None
    process_s: float | None
    turnout_s: float | None
    travel_s: float | None
    scene_s: float | None
    total_s: float | None


class AssignmentOut(Schema):
    unit_id: int
    call_sign: str
    assigned_at: Moment | None
    accepted_at: Moment | None
    enroute_at: Moment | None
    onscene_at: Moment | None
    cleared_at: Moment | None
    eta_s: float | None
    outcome: str
    override_reason: str


class IncidentDetail(IncidentRow):
    """An incident in full."""

    withheld: bool  # what people said is kept back until its reader says what for: POST .../purpose
    priority_reason: str
    closed_at_post: bool
    answered_at: Moment | None
    reports: list[ReportOut]
    notes: list[NoteOut]
    attachments: list[AttachmentOut]
    links: list[LinkOut]
    merged: list[MergedOut]
    merged_into: int | None
    premise_notes: list[PremiseNoteOut]
    history: list[PastOut]
    intervals: IntervalsOut
    assignments: list[AssignmentOut]


class TimelineRow(Schema):
    position: int
    at: Moment
    entered_at: Moment
    actor: str
    verb: str
    sentence: str


class DuplicateOut(Schema):
    id: int
    number: str
    score: float
    why: str


class ReportIn(Schema):
    """A report. Give lon and lat, or an address. `at` is when it was reported, `number` one from a paper card."""

    type: str
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    narrative: str = ""
    priority: int | None = None
    priority_reason: str = ""
    caller: str = ""
    phone: str = ""
    language: str = ""
    source: str | None = None
    at: datetime | None = None
    answered_at: datetime | None = None
    number: int | None = None


class ReportedOut(Schema):
    id: int
    number: str
    area: str
    duplicates: list[DuplicateOut]


class CheckIn(Schema):
    type: str | None = None
    lon: float
    lat: float
    narrative: str = ""


class CheckOut(Schema):
    duplicates: list[DuplicateOut]
    premise_notes: list[PremiseNoteOut]
    area: str
    address: str


class LastPlaceOut(Schema):
    """Where the newest report from a telephone number came from."""

    lon: float
    lat: float
    address: str
    number: str


class PurposeIn(Schema):
    """What one reads an incident for, without a part in it: a purpose of the list, and why in words."""

    purpose: str = Field(max_length=40)
    reason: str = Field(max_length=300)


class NoteIn(Schema):
    """A line of narrative; `at` is when it was written, where it is sent later."""

    text: str
    at: datetime | None = None


class PriorityIn(Schema):
    priority: int
    reason: str


class MergeIn(Schema):
    into: BodyId


class LinkIn(Schema):
    other: BodyId
    kind: str


class SplitIn(Schema):
    type: str
    narrative: str
    lon: float | None = None
    lat: float | None = None


class CloseIn(Schema):
    disposition: str
    narrative: str = ""
    at_post: bool = False


class ReasonIn(Schema):
    reason: str


class EditIn(Schema):
    type: str | None = None
    lon: float | None = None
    lat: float | None = None
    address: str | None = None


class TypeOut(Schema):
    code: str
    family: str
    name: BothNames
    words: str
    priority: int
    target_s: int


class DispositionOut(Schema):
    code: str
    name: str
