"""Whatever happens in whatever order: states stay declared, merges can be taken back, the journal tells the table."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import STATES
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel import clock
from maplebridge.kernel.refused import Refused

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ("number", "state", "held", "priority", "disposition", "source", "invented")
MOMENTS = ("reported_at", "assigned_at", "enroute_at", "onscene_at", "closed_at")
HERE = {"lon": 24.94, "lat": 60.17}

index = st.integers(0, 3)
narratives = st.sampled_from(["", "loud", "he has a knife", "有人流血", "child"])
steps = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(["noise", "theft", "weapon"]), narratives),
    st.tuples(st.just("note"), index, narratives),
    st.tuples(st.just("priority"), index, st.integers(0, 10)),
    st.tuples(st.just("type"), index, st.sampled_from(["noise", "theft", "weapon"])),
    st.tuples(st.just("move"), index, st.sampled_from([24.91, 24.95, 24.99])),
    st.tuples(
        st.just("mark"),
        index,
        st.sampled_from(["Active", "ResourcesAssigned", "ResourcesEnroute", "ResourcesOnscene"]),
    ),
    st.tuples(st.just("hold"), index, st.booleans()),
    st.tuples(st.just("close"), index, st.sampled_from(["01", "05"])),
    st.tuples(st.just("cancel"), index, st.just("")),
    st.tuples(st.just("reopen"), index, st.just("")),
    st.tuples(st.just("merge"), index, index),
    st.tuples(st.just("unmerge"), index, st.just("")),
    st.tuples(st.just("split"), index, st.sampled_from(["noise", "theft"])),
    st.tuples(st.just("link"), index, index),
)
CALLS = {
    "note": lambda a, i, x, at: actions.add_note(a, incident=i, text=x, at=at),
    "priority": lambda a, i, x, at: actions.set_priority(a, incident=i, priority=x, reason="judged", at=at),
    "type": lambda a, i, x, at: actions.edit_incident(a, incident=i, type=x, at=at),
    "move": lambda a, i, x, at: actions.edit_incident(a, incident=i, lon=x, lat=60.15, at=at),
    "mark": lambda a, i, x, at: actions.mark_resources(a, incident=i, state=x, at=at),
    "hold": lambda a, i, x, at: actions.hold_incident(a, incident=i, held=x, reason="waiting", at=at),
    "close": lambda a, i, x, at: actions.close_incident(a, incident=i, disposition=x, at=at),
    "cancel": lambda a, i, x, at: actions.cancel_incident(a, incident=i, reason="mistake", at=at),
    "reopen": lambda a, i, x, at: actions.reopen_incident(a, incident=i, reason="again", at=at),
    "merge": lambda a, i, x, at: actions.merge_incidents(a, incident=i, into=nth(x), at=at),
    "unmerge": lambda a, i, x, at: actions.unmerge_incident(a, incident=i, at=at),
    "split": lambda a, i, x, at: actions.split_incident(a, incident=i, type=x, narrative="two", at=at),
    "link": lambda a, i, x, at: actions.link_incidents(a, incident=i, other=nth(x), kind="related", at=at),
}


def nth(number):
    rows = list(Incident.objects.order_by("pk"))
    return rows[number % len(rows)]


def play(actor, script, noon, *, since=0):
    """Run the steps, refused or not, and return how many were done."""
    done, sentences = 0, []
    for minute, (name, first, second) in enumerate(script, since):
        at = noon + timedelta(minutes=minute)
        try:
            if name == "report":
                actions.report_incident(actor, type=first, narrative=second, at=at, **HERE)
            elif Incident.objects.exists():
                CALLS[name](actor, nth(first), second, at)
            done += 1
        except Refused as refusal:
            sentences.append(refusal.sentence)
    assert all(sentence.endswith((".", "?")) for sentence in sentences)
    return done


def folded():
    """State of every incident as a reader of the journal alone knows it."""
    state = {}
    for entry in Entry.objects.order_by("position"):
        if entry.subject.startswith("incident:"):
            state.setdefault(entry.subject, {}).update(entry.facts)
    return state


def table():
    rows = {}
    for each in Incident.objects.all():
        row = {field: getattr(each, field) for field in FIELDS}
        row |= {m: clock.stamp(v) if (v := getattr(each, m)) else None for m in MOMENTS}
        row |= {"type": each.type_id, "area": each.area_code, "merged_into": each.merged_into_id}
        rows[f"incident:{each.pk}"] = row | {"lon": round(each.lon, 5), "lat": round(each.lat, 5)}
    return rows


def clear():
    """Start an example with no incidents; the journal goes on."""
    Incident.objects.update(merged_into=None)
    Incident.objects.all().delete()


CALM = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@CALM
@given(st.lists(steps, min_size=3, max_size=25))
def test_any_order_of_actions_leaves_declared_states_and_a_journal_that_tells_the_same(city, types, desk, noon, script):
    clear()
    play(desk, [("report", "noise", "loud"), *script], noon)
    known = folded()
    for subject, row in table().items():
        assert row["state"] in STATES
        assert (row["closed_at"] is not None) == (row["state"] in ("Closed", "Cancelled"))
        told = {name: known[subject].get(name) for name in row}
        assert told == row
    assert verify().sound


@CALM
@given(st.lists(steps, max_size=12), index, index)
def test_merging_and_taking_it_back_changes_nothing(city, types, desk, noon, script, first, second):
    clear()
    play(desk, [("report", "noise", "loud"), ("report", "theft", "knife"), *script], noon)
    at = noon + timedelta(hours=1)
    before = list(Incident.objects.order_by("pk").values())
    gone, into = nth(first), nth(second)
    try:
        actions.merge_incidents(desk, incident=gone, into=into, at=at)
    except Refused:
        assert list(Incident.objects.order_by("pk").values()) == before
        return
    assert set(open_ids()) == {row["id"] for row in before if is_open(row)} - {gone.pk}
    actions.unmerge_incident(desk, incident=gone, at=at)
    assert list(Incident.objects.order_by("pk").values()) == before


def is_open(row):
    return row["state"] not in ("Closed", "Cancelled") and row["merged_into_id"] is None


def open_ids():
    return Incident.objects.open().values_list("pk", flat=True)
