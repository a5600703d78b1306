"""Sign-in by the agency's own directory: a real OpenID Connect exchange with a small issuer on this machine."""

import json
import threading
from base64 import urlsafe_b64encode
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from staff_for_tests import make_staff

from maplebridge.journal.models import Entry
from maplebridge.people.models import User
from maplebridge.site.config import BadConfiguration, Config, directory_of, load

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
CLIENT, SECRET = "maplebridge", "a-secret-of-the-test"


class Issuer(ThreadingHTTPServer):
    """An OpenID Connect issuer that vouches for one name (OpenID Connect Core 1.0, section 3.1)."""

    name = "an.li"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked = {}

    def id_token(self):
        now = int(time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 60,
                  "preferred_username": self.name}  # fmt: skip
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        issuer, path = self.server, urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self.say({
                "issuer": issuer.url, "authorization_endpoint": f"{issuer.url}/authorize",
                "token_endpoint": f"{issuer.url}/token", "userinfo_endpoint": f"{issuer.url}/userinfo",
                "jwks_uri": f"{issuer.url}/keys", "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        elif path == "/keys":
            public = issuer.key.public_key().public_numbers()
            n = urlsafe_b64encode(public.n.to_bytes(256, "big")).decode().rstrip("=")
            self.say({"keys": [{"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": n, "e": "AQAB"}]})
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
            self.say({"sub": "42", "preferred_username": issuer.name})
        else:
            self.send_error(404)

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        given = (body["code"], body["client_id"], body["client_secret"])
        if given != (["the-code"], [CLIENT], [SECRET]) or "code_verifier" not in body:
            self.send_error(400)
            return
        self.say({"access_token": "access", "token_type": "Bearer", "expires_in": 60,
                  "id_token": self.server.id_token()})  # fmt: skip

    def say(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        pass


@pytest.fixture
def issuer():
    cache.clear()
    server = Issuer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    given = replace(settings.CONFIG, demo=False, require_mfa=True, directory_url=server.url, directory_client=CLIENT,
                    directory_secret=SECRET, directory_name="City directory")  # fmt: skip
    apps = {"openid_connect": {"APPS": directory_of(given), "OAUTH_PKCE_ENABLED": True}}
    with override_settings(CONFIG=given, SOCIALACCOUNT_PROVIDERS=apps):
        yield server
    server.shutdown()
    server.server_close()
    thread.join()


def enter(client=None):
    """Go through the directory and come back, as a browser does that is signed in there."""
    client = client or Client()
    away = client.post("/sign-in/directory/", {"next": "/account/"}).headers["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/directory/back/"]
    return client, client.get("/sign-in/directory/back/", {"code": "the-code", "state": asked["state"][0]})


def test_the_form_offers_the_directory_by_its_name(issuer):
    assert "Sign in with City directory" in Client().get("/sign-in").content.decode()


def test_whoever_the_directory_vouches_for_enters_the_account_of_that_name(issuer):
    user = make_staff("dispatcher", username="an.li")
    client, answer = enter()
    assert answer.headers["Location"] == "/account/"
    assert client.get("/console").status_code == 200  # the directory is the second factor's keeper, too
    assert Entry.objects.get(verb="people.signed_in").actor == f"user:{user.pk}"
    assert enter()[1].headers["Location"] == "/account/"
    assert User.objects.count() == 1


def test_a_name_that_nobody_enrolled_is_told_so_and_makes_no_account(issuer):
    make_staff("dispatcher", username="someone.else")
    client, answer = enter()
    assert answer.status_code == 403
    assert "The directory knows you as “an.li”" in answer.content.decode()
    assert User.objects.count() == 1
    assert client.get("/console").status_code == 302


@pytest.mark.parametrize("ended", [{"is_active": False}, {"expires_at": "2020-01-01T00:00:00Z"}])
def test_an_account_that_has_ended_stays_closed(issuer, ended):
    make_staff("dispatcher", username="an.li")
    enter()
    User.objects.update(**ended)
    client, answer = enter()
    assert answer.status_code in (302, 403)
    assert client.get("/console").headers["Location"].startswith("/sign-in")


def test_an_answer_that_nobody_asked_for_signs_nobody_in(issuer):
    make_staff("dispatcher", username="an.li")
    client = Client()
    client.get("/sign-in/directory/back/", {"code": "the-code", "state": "made-up"})
    assert client.get("/console").status_code == 302
    assert not Entry.objects.filter(verb="people.signed_in").exists()


def test_a_cancelled_sign_in_leads_back_to_the_door(issuer):
    client = Client()
    away = client.post("/sign-in/directory/").headers["Location"]
    state = parse_qs(urlsplit(away).query)["state"][0]
    answer = client.get("/sign-in/directory/back/", {"error": "access_denied", "state": state}, follow=True)
    assert answer.status_code < 500


def test_without_a_directory_there_is_no_such_door(client):
    assert directory_of(Config()) == []
    assert client.post("/sign-in/directory/").status_code == 404
    assert "directory" not in client.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    "values",
    [
        {"DIRECTORY_URL": "http://issuer.example"},
        {"DIRECTORY_URL": "https://issuer.example"},
        {"DIRECTORY_CLIENT": "x"},
    ],
)
def test_half_a_directory_is_refused_at_the_start(values, tmp_path):
    given = {f"MAPLEBRIDGE_{name}": value for name, value in values.items()} | {"MAPLEBRIDGE_HOME": str(tmp_path)}
    with pytest.raises(BadConfiguration, match="directory_url"):
        load(given)
