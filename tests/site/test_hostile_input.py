"""Input that no form of ours makes: answered, never a fault of the server."""

from datetime import timedelta

import pytest
from staff_for_tests import acting

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable
from maplebridge.people.actions import enrol_user
from maplebridge.places.actions import add_premise_note, withdraw_premise_note
from maplebridge.site.actions import consult_entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chief(machine, noon):
    return enrol_user(machine, username="chief", display_name="Chief", role="chief", password="long enough 1", at=noon)


@pytest.mark.parametrize(
    "query",
    [
        "before=²", "before=" + "9" * 60, "before=٣", "since=0001-01-01", "until=9999-12-31", "since=2026-13-99",
        "since=0001-01-01T00:00%2B14:00", "until=9999-12-31T23:59-14:00", "subject=a%00b", "verb=%00",
        "actor=%ed%a0%80",
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_any_question_to_the_journal_is_answered(client, chief, settings, query, zone):
    settings.TIME_ZONE = zone
    client.force_login(chief)
    answer = client.get(f"/journal?{query}")
    assert answer.status_code == 200
    assert "\x00" not in answer.content.decode()


def test_a_name_with_a_nul_is_a_name_like_any_other(client, chief):
    answer = client.post("/sign-in", {"username": "chi\x00ef", "password": "wrong"})
    assert answer.status_code == 403


def test_texts_of_a_note_are_made_storable(chief, noon):
    note = add_premise_note(
        acting(chief), kind="hazard", text="Ice\x00 on\ud800 the steps", reason="seen\udfff", lon=24.9, lat=60.1,
        expires_at=noon + timedelta(days=1), at=noon,
    )  # fmt: skip
    assert (note.text, note.reason) == ("Ice on the steps", "seen")
    with pytest.raises(BadInput):
        withdraw_premise_note(acting(chief), note_id=note.pk, reason="\ud800\x00", at=noon)
    assert withdraw_premise_note(acting(chief), note_id=note.pk, reason="melted\x00", at=noon).withdrawn


def test_a_reason_for_a_look_is_made_storable(chief, noon):
    last = Entry.objects.latest("position").position
    consult_entry(acting(chief), position=last, reason="a complaint\x00\ud800 came in", at=noon)
    kept = Entry.objects.latest("position").private.get(name="reason")
    assert kept.content == "a complaint came in"


def test_lines_and_every_script_stay():
    assert storable("枫桥\n\tline é 🚓") == "枫桥\n\tline é 🚓"
