"""Pure decisions about incidents: states, priorities, likeness, intervals."""

from maplebridge.incidents.rules.intervals import DEFAULT_TARGETS, Intervals, intervals_of, target_seconds
from maplebridge.incidents.rules.likeness import Likeness, Said, likeness, word_likeness
from maplebridge.incidents.rules.priority import Urgency, say_reason, urgency
from maplebridge.incidents.rules.states import (
    DISPOSITIONS,
    ENDED_STATES,
    LINK_KINDS,
    OPEN_STATES,
    PRIORITIES,
    RESOURCE_STATES,
    SOURCES,
    STATE_NAMES,
    STATES,
    STEP_FIELD,
    TRANSITIONS,
    is_open,
    may_follow,
)
from maplebridge.incidents.rules.text import clean

__all__ = [
    "DEFAULT_TARGETS",
    "DISPOSITIONS",
    "ENDED_STATES",
    "LINK_KINDS",
    "OPEN_STATES",
    "PRIORITIES",
    "RESOURCE_STATES",
    "SOURCES",
    "STATES",
    "STATE_NAMES",
    "STEP_FIELD",
    "TRANSITIONS",
    "Intervals",
    "Likeness",
    "Said",
    "Urgency",
    "clean",
    "intervals_of",
    "is_open",
    "likeness",
    "may_follow",
    "say_reason",
    "target_seconds",
    "urgency",
    "word_likeness",
]
