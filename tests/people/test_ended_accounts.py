"""Names of accounts that ended long ago are erased, in table and journal; what they did keeps its author."""

from datetime import timedelta

import pytest

from maplebridge.journal.models import Entry, Private
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.actions import enrol_user, erase_ended_accounts
from maplebridge.people.actor import Actor
from maplebridge.people.models import NAMES_KEPT, User
from maplebridge.people.tasks import erase_ended

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(machine, noon):
    """Three members of staff: one whose account ended, one whose will end, one without an end."""
    ends = {"gone": noon, "leaving": noon + timedelta(days=9), "staying": None}
    for name, end in ends.items():
        enrol_user(
            machine, username=name, display_name=f"Name of {name}", role="dispatcher", password="long enough 1",
            expires_at=end, at=noon,
        )  # fmt: skip


def test_names_go_a_year_after_the_end_and_not_before(staff, machine, noon):
    assert erase_ended_accounts(machine, at=noon + NAMES_KEPT - timedelta(seconds=1)) == 0
    erase_ended(noon + NAMES_KEPT)
    assert erase_ended_accounts(machine, at=noon + NAMES_KEPT) == 0
    names = set(User.objects.values_list("display_name", flat=True))
    assert names == {"", "Name of leaving", "Name of staying"}
    left = " ".join(Private.objects.values_list("content", flat=True))
    assert "gone" not in left
    assert "leaving" in left
    assert verify().sound


def test_an_erased_account_signs_in_no_more_and_its_entries_keep_their_author(staff, client, machine, noon):
    pk = User.objects.get(username="gone").pk
    erase_ended(noon + NAMES_KEPT)
    assert not User.objects.get(pk=pk).check_password("long enough 1")
    assert not User.objects.get(pk=pk).is_active
    assert Entry.objects.filter(subject=f"user:{pk}", verb="people.user_enrolled").exists()
    assert Entry.objects.get(verb="people.names_erased").operation == "erased"


def test_only_who_manages_people_erases(staff, noon):
    auditor = Actor(ref="user:9", name="A", role="auditor")
    with pytest.raises(NotAllowed):
        erase_ended_accounts(auditor, at=noon + 2 * NAMES_KEPT)
