"""Looks at personal data: each request that shows some leaves an entry that says whose, of what kind, and why."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models

from maplebridge.journal.act import Who, act, ref_of
from maplebridge.kernel.personal import CLASSES

_BYTES = 40_000  # of records in one entry, which may have 65,535 with all else


def record_consulted(
    actor: Who,
    *,
    records: Sequence[models.Model | str],
    classes: Sequence[str],
    purpose: str,
    case: models.Model | str = "",
    reason: str = "",
    recipient: str = "",
    outcome: str = "",
    verb: str = "journal.consulted",
    at: datetime,
) -> None:
    """Journal that personal data of the records was shown, or with outcome "denied" that it was not.

    One entry for the request (more where the ids do not fit into one), about the first record; `reason` is the person's
    own words and can be erased. Raises ValueError without a record or with an unknown class.
    """
    if not records or set(classes) - set(CLASSES):
        raise ValueError(f"a look is at some record, and at classes among {', '.join(CLASSES)}: {classes}")
    with act(actor, verb, at=at, purpose=purpose) as entry:
        into = entry
        for number, group in enumerate(_groups([ref_of(record) for record in records])):
            into = into.another() if number else into
            into.about(group[0], case=case).keep_private(reason=reason)
            into.processed("consulted", records=group, classes=classes, recipient=recipient, outcome=outcome)


def _groups(records: Sequence[str]) -> list[list[str]]:
    """Records in groups that fit one entry each."""
    groups: list[list[str]] = [[]]
    size = 0
    for record in dict.fromkeys(records):
        if size > _BYTES:
            groups.append([])
            size = 0
        size += len(record.encode()) + 3
        groups[-1].append(record)
    return groups
