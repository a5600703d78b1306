"""Sign-in with two factors, and proof of who one is before the gravest acts: with real codes, as a browser does it."""

from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from staff_for_tests import make_staff

from maplebridge.journal.models import Entry
from maplebridge.live.stream import actor_of_headers
from maplebridge.people.models import ApiToken, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
PASSWORD = "a long enough one"


@pytest.fixture(autouse=True)
def two_factors():
    """As in production: whoever sees personal data needs a second factor."""
    cache.clear()
    with override_settings(CONFIG=replace(settings.CONFIG, demo=False, require_mfa=True)):
        yield


def staff(role):
    user = make_staff(role, username=role)
    user.set_password(PASSWORD)
    user.save()
    return user


def enter(username, client=None):
    client = client or Client()
    answer = client.post("/sign-in", {"username": username, "password": PASSWORD})
    return client, answer


def code_of(secret):
    """The six digits that an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def prove(client):
    """Give the password once more."""
    return client.post("/account/reauthenticate/", {"password": PASSWORD})


def set_up(client):
    """Set an authenticator app up as the page leads one through it; returns its secret."""
    prove(client)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    cache.clear()  # the same code is not taken twice within its half minute
    return secret


def test_who_sees_personal_data_sets_a_second_factor_up_before_anything_else():
    staff("dispatcher")
    client, _answer = enter("dispatcher")
    for page in ("/console", "/journal", "/people/"):
        assert client.get(page).headers["Location"] == "/account/2fa/"
    refused = client.get("/api/board")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    assert client.get("/account/").status_code == 200
    assert client.get("/account/2fa/").status_code == 200


def test_the_live_stream_asks_for_it_too():
    staff("dispatcher")
    client, _answer = enter("dispatcher")
    headers = {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
    assert actor_of_headers(headers) is None
    set_up(client)
    headers = {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
    assert actor_of_headers(headers) is not None


def test_a_role_that_sees_nothing_personal_needs_none():
    staff("registrar")
    client, _answer = enter("registrar")
    assert client.get("/api/areas").status_code == 200


def test_setting_an_app_up_opens_the_work_at_once_and_is_journaled():
    user = staff("dispatcher")
    client, _answer = enter("dispatcher")
    secret = set_up(client)
    assert client.get("/console").status_code == 200
    changed = Entry.objects.filter(verb="people.sign_in_changed", actor=f"user:{user.pk}")
    assert "totp_activated" in {entry.facts["event"] for entry in changed}
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept


def test_the_next_sign_in_asks_for_the_code_and_lets_nobody_in_without():
    staff("dispatcher")
    client, _answer = enter("dispatcher")
    secret = set_up(client)
    other, answer = enter("dispatcher")
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert other.get("/console").headers["Location"].startswith("/sign-in")
    assert other.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.get("/console").headers["Location"].startswith("/sign-in")
    assert not Entry.objects.filter(verb="people.signed_in").exclude(actor="").count() > 1
    assert other.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert other.get("/console").status_code == 200
    assert Entry.objects.filter(verb="people.signed_in").count() == 2


def test_a_recovery_code_opens_once():
    staff("dispatcher")
    client, _answer = enter("dispatcher")
    set_up(client)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    for status in (302, 200):
        other, _answer = enter("dispatcher")
        assert other.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == status


def test_the_last_factor_of_who_needs_one_cannot_be_removed():
    staff("dispatcher")
    client, _answer = enter("dispatcher")
    set_up(client)
    client.post("/account/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_guessing_codes_is_stopped():
    staff("dispatcher")
    client, _answer = enter("dispatcher")
    secret = set_up(client)
    other, _answer = enter("dispatcher")
    for _try in range(12):
        answer = other.post("/account/2fa/authenticate/", {"code": "000000"})
    assert answer.status_code in (200, 429)
    answer = other.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert answer.status_code != 302
    assert other.get("/console").headers["Location"].startswith("/sign-in")


class TestProof:
    """Before the gravest acts."""

    @pytest.fixture
    def chief(self):
        staff("chief")
        client, _answer = enter("chief")
        set_up(client)
        session = client.session
        for record in session["account_authentication_methods"]:
            record["at"] -= 3600  # an hour ago
        session.save()
        return client

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/people/{them}/give", {"role": "guard", "reason": "a good enough reason"}),
            ("/people/{them}/password", {}),
            ("/people/new", {"username": "x", "display_name": "X", "role": "guard"}),
            ("/account/tokens", {"name": "x", "days": "3"}),
            ("/account/devices", {"name": "x"}),
            ("/approvals/decide", {"approval": "1", "approved": "yes"}),
            ("/approvals/carry-out", {"approval": "1"}),
        ],
    )
    def test_a_grave_act_waits_for_the_password_or_a_factor(self, chief, path, body):
        them = make_staff("guard", username="them")
        before = Entry.objects.count()
        answer = chief.post(path.format(them=them.pk), body)
        assert "/account/" in answer.headers["Location"] and "reauthenticate" in answer.headers["Location"]
        assert Entry.objects.count() == before

    def test_once_given_it_goes_on_with_what_was_asked(self, chief):
        asked = chief.post("/account/tokens", {"name": "nightly export", "days": "3"})
        shown = chief.post(asked.headers["Location"], {"password": PASSWORD})
        assert shown.status_code == 200
        assert "mb_" in shown.content.decode()
        assert ApiToken.objects.get().name == "nightly export"

    def test_a_wrong_password_proves_nothing(self, chief):
        asked = chief.post("/account/tokens", {"name": "nightly export", "days": "3"})
        assert chief.post(asked.headers["Location"], {"password": "wrong"}).status_code == 200
        assert not ApiToken.objects.exists()

    def test_looking_asks_for_nothing(self, chief):
        for page in ("/people/", "/people/new", "/approvals", "/people/roles", "/account/"):
            assert chief.get(page).status_code == 200


def test_a_changed_password_ends_the_other_sessions():
    user = staff("registrar")
    one, _answer = enter("registrar")
    two, _answer = enter("registrar")
    prove(one)
    new = "another long enough one"
    one.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert User.objects.get(pk=user.pk).check_password(new)
    assert two.get("/account/").headers["Location"].startswith("/sign-in")
    events = {entry.facts["event"] for entry in Entry.objects.filter(verb="people.sign_in_changed")}
    assert "password_changed" in events


def test_a_lost_factor_is_removed_by_another_who_manages_people_and_set_up_anew():
    user = staff("dispatcher")
    client, _answer = enter("dispatcher")
    set_up(client)
    staff("administrator")
    admin, _answer = enter("administrator")
    set_up(admin)
    assert admin.post(f"/people/{user.pk}/factors").status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert Entry.objects.get(verb="people.factors_reset").facts["factors"] == 2
    again, answer = enter("dispatcher")
    assert answer.headers["Location"] == "/"
    assert again.get("/console").headers["Location"] == "/account/2fa/"
    own = User.objects.get(username="administrator")
    assert admin.post(f"/people/{own.pk}/factors").status_code == 403
