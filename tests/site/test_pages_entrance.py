"""Start, sign-in and sign-out, language and theme: as a browser without scripts meets them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.people.actor import system
from maplebridge.people.models import User
from maplebridge.site.demo_accounts import DEMO_ACCOUNTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
PASSWORD = "a long enough one"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


@pytest.fixture
def enrolled():
    def enrol(role: str, *, username: str = "", language: str = "") -> User:
        name = username or role
        return enrol_user(
            system("test"), username=name, display_name=name, role=role, password=PASSWORD, language=language,
            at=clock.now(),
        )  # fmt: skip

    return enrol


@pytest.fixture
def demo():
    with override_settings(CONFIG=replace(settings.CONFIG, demo=True)):
        yield


@pytest.fixture
def no_demo():
    with override_settings(CONFIG=replace(settings.CONFIG, demo=False)):
        yield


def enter(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", {"username": username, "password": password, **more})


@pytest.mark.parametrize(
    ("role", "workplace"),
    [
        ("dispatcher", "/console"),
        ("call_taker", "/console"),
        ("chief", "/console"),
        ("post_officer", "/unit"),
        ("auditor", "/journal"),
    ],
)
def test_the_start_page_leads_each_role_to_its_workplace(client, enrolled, role, workplace):
    client.force_login(enrolled(role))
    assert client.get("/").headers["Location"] == workplace


@pytest.mark.parametrize("role", ["volunteer_coordinator", "mediator", "integration"])
def test_a_role_without_a_workplace_is_led_to_its_account_or_the_console(client, enrolled, role):
    client.force_login(enrolled(role))
    assert client.get("/").headers["Location"] == ("/account/" if role == "volunteer_coordinator" else "/console")


def test_nobody_signed_in_gets_the_sign_in_form(client, no_demo):
    assert client.get("/").headers["Location"] == "/sign-in"
    assert 'name="password"' in client.get("/sign-in").content.decode()


def test_signing_in_leads_to_the_start_page_and_is_journaled(client, enrolled):
    user = enrolled("dispatcher")
    assert enter(client, "dispatcher").headers["Location"] == "/"
    entry = Entry.objects.get(verb="people.signed_in")
    assert (entry.actor, entry.subject) == (f"user:{user.pk}", f"user:{user.pk}")


def test_signing_in_goes_on_to_the_page_that_was_asked_for(client, enrolled):
    enrolled("auditor")
    asked = client.get("/journal?verb=people.").headers["Location"]
    assert asked.startswith("/sign-in?next=")
    page = client.get(asked)
    assert page.context["next"] == "/journal?verb=people."
    assert enter(client, "auditor", next="/journal?verb=people.").headers["Location"] == "/journal?verb=people."


@pytest.mark.parametrize("goal", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client, enrolled, goal):
    enrolled("auditor")
    assert enter(client, "auditor", next=goal).headers["Location"] == "/"


def test_a_wrong_password_is_answered_with_a_sentence_and_keeps_the_name(client, enrolled):
    enrolled("dispatcher")
    answer = enter(client, "dispatcher", "wrong")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "do not belong together" in text
    assert 'value="dispatcher"' in text
    assert "wrong" not in text


def test_an_unknown_name_is_answered_exactly_like_a_wrong_password(client, enrolled):
    enrolled("dispatcher")
    known, unknown = enter(client, "dispatcher", "wrong"), enter(client, "nobody", "wrong")
    assert known.context["sentence"] == unknown.context["sentence"]


def test_guessing_is_slowed_down_after_five_failures_even_with_the_right_password(client, enrolled):
    enrolled("dispatcher")
    for _try in range(4):
        assert enter(client, "dispatcher", "wrong").status_code == 403
    assert enter(client, "dispatcher", "wrong").status_code == 429
    answer = enter(client, "dispatcher")
    assert answer.status_code == 429
    assert "Wait" in answer.content.decode()


def test_the_wait_of_one_name_does_not_hold_up_another(client, enrolled):
    enrolled("dispatcher")
    enrolled("auditor")
    for _try in range(6):
        enter(client, "dispatcher", "wrong")
    assert enter(client, "auditor").status_code == 302


def test_neither_name_nor_address_nor_password_is_kept_of_a_failed_try(client, enrolled, caplog):
    enrolled("dispatcher")
    enter(client, "my-password-by-mistake", "wrong-one")
    kept = "".join(str(row) for model in apps.get_models() for row in model.objects.values_list())
    assert not any(word in kept + caplog.text for word in ("my-password-by-mistake", "wrong-one"))


def test_an_account_that_has_ended_does_not_get_in(client, enrolled):
    user = enrolled("dispatcher")
    User.objects.filter(pk=user.pk).update(expires_at=clock.now() - timedelta(days=1))
    answer = enter(client, "dispatcher")
    assert answer.status_code == 403
    assert "This account ended on" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_out_ends_the_session_and_takes_a_post(client, enrolled):
    client.force_login(enrolled("dispatcher"))
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_signing_in_needs_the_forms_token():
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


def test_the_demo_shows_its_sign_ins_with_their_passwords(client, demo):
    text = client.get("/").content.decode()
    for account in DEMO_ACCOUNTS:
        assert f"<code>{account.password}</code>" in text
    assert 'href="/report"' in text
    assert 'href="/tour"' in text
    assert "invented" in text


def test_one_press_signs_in_to_the_demo(client, enrolled, demo):
    enrolled("post_officer", username="officer")
    assert client.post("/sign-in/demo", {"username": "officer", "next": "/unit#new"}).headers["Location"] == "/unit#new"
    assert client.get("/").headers["Location"] == "/unit"


def test_a_demo_that_is_not_ready_says_so(client, demo):
    answer = client.post("/sign-in/demo", {"username": "officer"})
    assert answer.status_code == 409
    assert "still being set up" in answer.content.decode()


def test_one_press_works_for_nobody_else_and_nowhere_but_in_the_demo(client, enrolled, demo):
    enrolled("chief", username="real-chief")
    assert client.post("/sign-in/demo", {"username": "real-chief"}).status_code == 404
    with override_settings(CONFIG=replace(settings.CONFIG, demo=False)):
        enrolled("post_officer", username="officer")
        assert client.post("/sign-in/demo", {"username": "officer"}).status_code == 404
        assert client.get("/tour").status_code == 404


def test_the_language_switch_is_remembered_and_leads_back(client, no_demo):
    answer = client.post("/language", {"language": "zh-hans", "next": "/sign-in"})
    assert answer.headers["Location"] == "/sign-in"
    page = client.get("/sign-in").content.decode()
    assert '<html lang="zh-hans"' in page
    assert "登录" in page
    client.post("/language", {"language": "xx", "next": "/"})
    assert client.cookies["django_language"].value == "zh-hans"


def test_a_users_own_language_is_taken_at_sign_in(client, enrolled):
    enrolled("auditor", language="zh-hans")
    enter(client, "auditor")
    assert '<html lang="zh-hans"' in client.get("/journal").content.decode()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_remembered_and_written_by_the_server(client, no_demo, theme):
    client.post("/theme", {"theme": theme, "next": "/"})
    assert f'data-theme="{theme}"' in client.get("/sign-in").content.decode()


def test_any_other_theme_forgets_the_choice(client, no_demo):
    client.post("/theme", {"theme": "dark"})
    client.post("/theme", {"theme": "system"})
    assert "data-theme" not in client.get("/sign-in").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/sign-in").content.decode()
