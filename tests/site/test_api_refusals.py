"""What the API says when it refuses before any work is done: always a sentence and a code."""

from datetime import timedelta

import pytest
from django.test import Client

from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user, issue_token
from maplebridge.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)
INCIDENTS = "/api/incidents"


@pytest.fixture
def chief(machine):
    return enrol_user(machine, username="chief", display_name="Chief", role="chief", password=None, at=clock.now())


@pytest.fixture
def browser(chief):
    client = Client(enforce_csrf_checks=True)
    client.force_login(chief)
    return client


@pytest.fixture
def bearer(machine, chief):
    text = issue_token(machine, user=chief, at=clock.now())
    return {"HTTP_AUTHORIZATION": f"Bearer {text}", "content_type": "application/json"}


def refused(response, status, code):
    """Check a refusal and give its sentence."""
    assert response.status_code == status
    body = response.json()
    assert body["code"] == code
    assert len(body["refused"]) > 10
    return body["refused"]


@pytest.mark.parametrize("headers", [{}, {"HTTP_AUTHORIZATION": "Bearer mb_wrong"}])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_asked_to_sign_in_with_and_without_a_body(method, headers):
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)("/api/board" if method == "get" else INCIDENTS, **headers)
    assert refused(answer, 401, "sign_in_needed") == "Sign in first."


def test_a_session_without_the_pages_token_is_told_to_load_the_page_again(browser):
    answer = browser.post(INCIDENTS, "{}", content_type="application/json")
    assert "Load it again" in refused(answer, 403, "page_too_old")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe{}", b'{"type": "\xc3"}', b"[1,"])
def test_a_body_that_is_no_json_is_bad_input(client, bearer, body):
    answer = client.post(INCIDENTS, body, **bearer)
    assert "JSON in UTF-8" in refused(answer, 422, "bad_input")
    assert answer.json()["fields"][0]["field"] == "body"


def test_a_body_too_large_is_refused_as_such(client, bearer, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused(client.post(INCIDENTS, b"[" + b"1," * 1000 + b"1]", **bearer), 413, "too_large")


def test_the_refusals_are_declared(client):
    from maplebridge.site.api import api

    answers = api.get_openapi_schema()["paths"][INCIDENTS]["post"]["responses"]
    assert {401, 403, 404, 409, 413, 422} <= set(answers)


def test_an_ended_account_ends_its_sessions(browser, chief):
    assert browser.get("/api/board").status_code == 200
    assert browser.get("/journal").status_code == 200
    User.objects.filter(pk=chief.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    refused(browser.get("/api/board"), 401, "sign_in_needed")
    for page in ("/journal", "/console", "/unit"):
        assert browser.get(page).headers["Location"].startswith("/sign-in?next=")
    start = browser.get("/", follow=True)
    assert start.redirect_chain == [("/sign-in", 302)]
    assert b'href="/console"' not in start.content
    assert browser.get("/sign-in").status_code == 200


def test_the_way_back_after_the_sign_in_keeps_its_own_question():
    answer = Client().get("/journal?subject=a%26b&verb=c")
    assert answer.headers["Location"] == "/sign-in?next=/journal%3Fsubject%3Da%2526b%26verb%3Dc"
