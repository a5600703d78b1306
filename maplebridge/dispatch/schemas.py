"""Bodies of the dispatch API."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import AfterValidator

from maplebridge.incidents.rules import clean
from maplebridge.incidents.schemas import BodyId

Words = Annotated[str, AfterValidator(clean)]  # storable: without control characters and lone surrogates


class AssignIn(Schema):
    unit_id: BodyId
    reason: Words = Field("", max_length=200)
    preempt: bool = False


class StandDownIn(Schema):
    unit_id: BodyId
    reason: Words = Field("", max_length=200)


class SwapIn(Schema):
    out_unit_id: BodyId
    in_unit_id: BodyId
    reason: Words = Field("", max_length=200)


class HoldIn(Schema):
    held: bool
    reason: Words = Field("", max_length=200)


class AlarmLevelIn(Schema):
    level: int
    reason: Words


class AtPostIn(Schema):
    unit_id: BodyId
    disposition: str
    narrative: str = ""
    at: datetime | None = None


class StatusIn(Schema):
    status: str
    at: datetime | None = None
    secondary: str = ""


class CloseJobIn(Schema):
    disposition: str
    narrative: str = ""
    at: datetime | None = None


class DutyIn(Schema):
    on: bool
    until: datetime | None = None
    extend: bool = False


class LoneIn(Schema):
    minutes: int


class PlanIn(Schema):
    type: Words | None = None
    max_priority: int = 10
    level: int = 1
    wants: list[dict[str, Any]]


class PositionIn(Schema):
    lon: float
    lat: float
    at: datetime | None = None


class PanicIn(Schema):
    on: bool
    lon: float | None = None
    lat: float | None = None
