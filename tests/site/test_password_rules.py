"""Which passwords are taken: by length and by what is known, never by composition (OWASP ASVS 5.0, 6.2)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from maplebridge.people.models import User
from maplebridge.places.models import City

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password",
    [
        "all small letters",
        "9081726354 1",
        "春眠不觉晓处处闻啼鸟也",
        " spaces around it ",
        "x" * 50 + "y" * 50,
        "ÄÖ÷×¿¡ÿþ ðñ",
    ],
)
def test_any_composition_of_ten_characters_and_more_is_taken_exactly_as_typed(password):
    validate_password(password)
    user = User(username="u")
    user.set_password(password)
    assert user.check_password(password)
    assert not user.check_password(password.strip() if password != password.strip() else password.upper() + "x")


@pytest.mark.parametrize(
    "password", ["short one", "password12", "1234567890", "qwertyuiop", "maplebridge", "Testville-1"]
)
def test_a_short_a_common_or_an_obvious_one_is_refused(password):
    City.objects.create(name="Testville", time_zone="UTC", west=1, south=1, east=2, north=2, edition="test")
    with pytest.raises(ValidationError):
        validate_password(password)


def test_one_that_is_nearly_the_own_name_is_refused():
    with pytest.raises(ValidationError, match="similar"):
        validate_password("margarethe.k1", User(username="margarethe.k", display_name="M"))
