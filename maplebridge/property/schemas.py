"""Bodies of the registry's API."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

Answered = Literal["clear", "stolen", "not_registered"]


class CheckOut(Schema):
    """What anyone is told of a code. Nothing about persons, nor about places."""

    answer: Answered
    canonical: str
    sentence: str


class IdentifiedOut(Schema):
    canonical: str
    suggestion: str
    scheme: str | None
    decoded: dict[str, Any]
    flags: list[str]


class BucketOut(Schema):
    """Stolen digests that begin with the prefix, without it; `k` registered codes begin so on average."""

    prefix: str
    digits: int
    k: int
    digest: str
    suffixes: list[str]


class SightingIn(Schema):
    """A check at an accredited place (`dealer`), or by a patrol where it stands."""

    code: str
    dealer: int | None = None
    lon: float | None = None
    lat: float | None = None
    seen_at: datetime | None = None


class SightingOut(Schema):
    answer: Answered
    sentence: str
    alarm: int | None = None
    what_to_do: list[str] = []


class ListRowOut(Schema):
    line: int
    code: str
    answer: str
    sentence: str
    alarm: int | None = None


class NearOut(Schema):
    """A registered code near the one that was asked for: for the investigator to compare, no match."""

    identifier: int
    item: int
    kind: str
    written: str
    edits: int
    lookalike: bool
    state: str


class AnswerIn(Schema):
    answer: str
