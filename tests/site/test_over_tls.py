"""The headers, cookies and redirects of a service that is reached over TLS: settings are read afresh, in a process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
import json, logging, sys
import django
django.setup()
from django.test import Client
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user, issue_token
from maplebridge.people.actor import system
user = enrol_user(system("test"), username="a", display_name="A", role="registrar", password="long enough 1",
                  at=clock.now())
bearer = {"authorization": "Bearer " + issue_token(system("test"), user=user, at=clock.now())}
client = Client(headers={"host": "police.example"})
def told(answer):
    return {"status": answer.status_code, "headers": dict(answer.headers.items()),
            "text": answer.content.decode()[:300],
            "cookies": {name: dict(cookie.items()) for name, cookie in answer.cookies.items()}}
print(json.dumps({
    "page": told(client.get("/sign-in", secure=True)),
    "signed in": told(client.post("/sign-in", {"username": "a", "password": "long enough 1"}, secure=True)),
    "account": told(client.get("/account/", secure=True)),
    "plain page": told(client.get("/sign-in")),
    "plain api": told(client.get("/api/areas", headers=bearer)),
    "api": told(client.get("/api/areas", headers=bearer, secure=True)),
    "origin": told(client.get("/api/areas", headers=bearer | {"origin": "https://evil.example"}, secure=True)),
    "refused": told(client.get("/api/board?x=%0aforged", headers=bearer, secure=True)),
    "refused page": told(client.get("/record/a%0aforged", secure=True)),
    "trace": told(client.trace("/account/", secure=True)),
    "signed out": told(client.post("/sign-out", secure=True)),
}))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory, first_day):
    home = shutil.copytree(first_day[0], tmp_path_factory.mktemp("tls") / "home")
    given = {"MAPLEBRIDGE_HOME": str(home), "MAPLEBRIDGE_ORIGIN": "https://police.example",
             "MAPLEBRIDGE_HOSTS": "police.example", "DJANGO_SETTINGS_MODULE": "maplebridge.site.settings"}  # fmt: skip
    keep = {name: value for name, value in os.environ.items() if not name.startswith("MAPLEBRIDGE_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=keep | given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) | {"log": done.stderr}


@pytest.mark.parametrize("which", ["page", "account", "api"])
def test_every_answer_carries_the_headers_of_a_careful_site(answers, which):
    headers = answers[which]["headers"]
    assert "max-age=31536000; includeSubDomains" in headers["Strict-Transport-Security"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert "no-store" in headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers


def test_another_origin_is_not_let_read(answers):
    assert "Access-Control-Allow-Origin" not in answers["origin"]["headers"]


def test_cookies_are_for_this_host_over_tls_and_the_session_for_no_script(answers):
    session = answers["signed in"]["cookies"]["__Host-sessionid"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert (session["path"], session["domain"]) == ("/", "")
    token = answers["page"]["cookies"]["__Host-csrftoken"]
    assert (token["secure"], token["samesite"]) == (True, "Lax")


def test_a_page_is_led_to_tls_and_a_program_is_told_so(answers):
    assert answers["plain page"]["headers"]["Location"] == "https://police.example/sign-in"
    assert answers["plain api"]["status"] == 403
    assert json.loads(answers["plain api"]["text"])["code"] == "not_secure"


def test_signing_out_clears_what_the_browser_cached_and_keeps_what_is_not_yet_sent(answers):
    assert answers["signed out"]["headers"]["Clear-Site-Data"] == '"cache"'


def test_trace_is_not_answered(answers):
    assert answers["trace"]["status"] == 405


def test_a_refusal_is_logged_on_one_line_with_who_and_without_what_was_sent(answers):
    lines = [line for line in answers["log"].splitlines() if "Refused to" in line]
    assert any("Refused to user:2: GET '/api/board'" in line for line in lines)
    assert not any(line.startswith("forged") for line in answers["log"].splitlines())
