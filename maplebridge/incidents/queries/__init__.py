"""Every read of this domain."""

from maplebridge.incidents.queries import sentences as _sentences  # registers the sentences of our verbs
from maplebridge.incidents.queries.detail import assignment_rows, incident_detail, intervals, merged_into_it
from maplebridge.incidents.queries.duplicates import possible_duplicates
from maplebridge.incidents.queries.nearby import history_at, premise_note_rows
from maplebridge.incidents.queries.rows import (
    board_incidents,
    find_incidents,
    incident_row,
    incident_rows,
    open_incidents,
    response_targets,
    visible_incident,
)
from maplebridge.incidents.queries.timeline import SENTENCES, Told, sentence, timeline

del _sentences

__all__ = [
    "SENTENCES",
    "Told",
    "assignment_rows",
    "board_incidents",
    "find_incidents",
    "history_at",
    "incident_detail",
    "incident_row",
    "incident_rows",
    "intervals",
    "merged_into_it",
    "open_incidents",
    "possible_duplicates",
    "premise_note_rows",
    "response_targets",
    "sentence",
    "timeline",
    "visible_incident",
]
