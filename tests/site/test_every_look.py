"""No page and no operation shows what somebody said, or who they are, without an entry that says who looked."""

import pytest
from access_walk import CANARIES, ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.timeout(900)]  # some thousand requests


@pytest.mark.parametrize("role", ROLES)
def test_whatever_shows_words_or_callers_leaves_an_entry(walked, role):
    of_role = [told for told in walked if told.role == role]
    assert [(told.request[:2], told.shown) for told in of_role if told.shown and not told.left] == []
    if role == "chief":
        seen = {word for told in of_role for word in told.shown}
        assert seen == set(CANARIES)  # the walk does come across each of them


def test_nobody_is_shown_any_of_it(walked):
    assert [told.request[:2] for told in walked if not told.role and told.shown] == []
