"""Who gets in where: every page and every operation of the API, asked for in every role, beside a table to read.

The table is docs/security/access.md. `ACCESS_WRITE=1 pytest tests/site/test_access.py` writes it anew; read the
difference before you commit it.
"""

import io
import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from access_requests import API, FORM, ONE_S_OWN, OPEN, PAGES
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from PIL import Image
from staff_for_tests import acting, make_staff

from maplebridge.dispatch.actions import assign_unit, install_plans
from maplebridge.dispatch.models import ResponsePlan
from maplebridge.incidents import actions as incidents
from maplebridge.journal.checkpoints import make_checkpoint
from maplebridge.kernel import clock
from maplebridge.people import actions as people
from maplebridge.people.models import ApiToken, Approval, Device, Grant
from maplebridge.people.rules import NOT_GIVEN, SHIPPED
from maplebridge.places.actions import add_premise_note
from maplebridge.places.models import City
from maplebridge.site.api import api

TABLE = Path(__file__).parents[2] / "docs" / "security" / "access.md"
ROLES = [code for code in SHIPPED if code not in NOT_GIVEN]
SPOT = {"lon": 24.94, "lat": 60.17}


def picture():
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def world(db, machine):
    """A small city with one of everything that a request may be about, made by others than whoever asks."""
    cache.clear()
    at = clock.now()
    City.objects.create(name="T", time_zone="UTC", west=24.9, south=60.1, east=25.0, north=60.2, edition="test")
    incidents.install_types(machine, at=at)
    install_plans(machine, at=at)
    made = {
        name: incidents.report_incident(machine, type="noise", caller="A. Caller", **SPOT, at=at).incident
        for name in ("incident", "other", "merged", "closed", "busy_with")
    }
    incidents.merge_incidents(machine, incident=made["merged"], into=made["other"], at=at)
    incidents.close_incident(machine, incident=made["closed"], disposition="05", at=at)
    file = incidents.attach_file(machine, incident=made["incident"], name="p.png", content=picture(), at=at)
    note = add_premise_note(machine, kind="hazard", text="Dog", reason="seen by crew", **SPOT,
                            expires_at=at + timedelta(days=9), at=at)  # fmt: skip
    them = make_staff("chief", username="them")
    units = {}
    for name, kind in (("free", "car"), ("busy", "car"), ("post", "post"), ("rested", "car")):
        unit = people.enlist_unit(machine, call_sign=name[:4], kind=kind, home=(24.94, 60.17), at=at)
        if name != "rested":
            hour = timedelta(hours=1)
            people.open_shift(machine, unit=unit, crew=[them], starts_at=at - hour, ends_at=at + hour, at=at)
        units[name] = unit.pk
        if name == "busy":
            assign_unit(machine, incident=made["busy_with"], unit=unit, at=at)
    found = {name: each.pk for name, each in made.items()} | units | of_others(them, made["incident"], at)
    return found | {"file": file.pk, "note": note.pk, "plan": ResponsePlan.objects.first().pk, "them": them.pk,
                    "number": made["incident"].number, "now": clock.stamp(at),
                    "soon": clock.stamp(at + timedelta(days=3)), "size": signed(at)}  # fmt: skip


def signed(at):
    """Sign the journal as it is and return how many entries of its last, partial tile anyone may ask for."""
    made = make_checkpoint(at=at)
    assert made is not None and made.size < 256
    return made.size


def of_others(them, incident, at):
    """What belongs to another person: a grant, a token, a phone, a session, a passkey, requests for approval."""
    actor = acting(them)
    people.issue_token(actor, user=them, days=9, at=at)
    device, code = people.offer_device(actor, user=them, name="phone", at=at)
    people.enrol_device(actor, code=code, at=at)
    officer = make_staff("post_officer", username="hurried")
    emergency = people.break_glass(acting(officer), user=officer, reason="a fire in the next area", at=at)
    session = UserSession.objects.create(user=them, ip="192.0.2.1", session_key="k", user_agent="x")
    key = Authenticator.objects.create(user=them, type="webauthn", data={"name": "key", "credential": {}})
    ask = {"user": them, "kind": "erasure", "subject": f"incident:{incident.pk}", "reason": "a request by them"}
    asked, approved = (people.ask_approval(actor, **ask, at=at) for _n in range(2))
    second = make_staff("chief", username="second")
    people.decide_approval(acting(second), approval=approved, user=second, approved=True, at=at)
    return {
        "their_grant": Grant.objects.get(user=them).pk, "their_token": ApiToken.objects.get(user=them).pk,
        "their_device": device.pk, "their_session": session.pk, "their_key": key.pk, "emergency": emergency.pk,
        "asked": asked.pk, "approved": approved.pk,
    }  # fmt: skip


def filled(value, names):
    """Fill {names} into a path or a body; a value that is one name alone keeps its type."""
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, str):
        alone = re.fullmatch(r"\{(\w+)\}", value)
        return names[alone[1]] if alone else re.sub(r"\{(\w+)\}", lambda m: str(names[m[1]]), value)
    return value


def send(client, request, names):
    """Send one request of the list."""
    method, _registered, path, *body = request
    call = getattr(client, method.lower())
    if not body:
        return call(filled(path, names))
    kind, content = body
    if content == "picture":
        return call(filled(path, names), {"file": io.BytesIO(picture())})
    content = filled(content, names)
    if kind == FORM:
        return call(filled(path, names), content)
    return call(filled(path, names), json.dumps(content), content_type="application/json")


def mark(answer):
    """How an answer reads in the table."""
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/sign-in"):
        return "→"
    if answer.status_code in (403, 404):
        return "·"
    return "○" if answer.status_code in (409, 422) else "●"


def client_of(role):
    """A browser in a role that has proven who it is just now; nobody's without one."""
    client = Client()
    if role:
        user = make_staff(role, username=f"as.{role}")
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        session = client.session
        proof = {"method": "password", "at": clock.now().timestamp(), "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def outcome(client, request, names):
    """What a request is answered, undone afterwards."""
    with transaction.atomic():
        answer = mark(send(client, request, names))
        transaction.set_rollback(True)
    return answer


def rows(names):
    clients = {role: client_of(role) for role in ["", *ROLES]}
    for request in [*PAGES, *API]:
        yield f"{request[0]} {request[1]}", [outcome(client, request, names) for client in clients.values()]


HEAD = """# Who gets in where

Every page and every operation of the API, asked for in every role as it is shipped. A test asks for all of it and
compares (`tests/site/test_access.py`); what an agency changes in its roles stands on the page *Which role may what*.

● yes · ○ the role may, but here the state of things or somebody else's part in it stands against it · `·` no
(403, or 404 for what the role may not even know of) · → sign in first

The world of the test: one city, five incidents, four units, all made by others; whoever asks is on no crew, has no
part in any incident, and has just proven who they are. So a crew's own job reads `·` or ○ here.

"""


def table(found):
    words = ["nobody", *(code.replace("_", " ") for code in ROLES)]
    lines = [HEAD + f"| | {' | '.join(words)} |", "|---|" + ":-:|" * len(words)]
    lines += [f"| `{name}` | {' | '.join(marks)} |" for name, marks in found]
    lines += ["", "## Open to everyone", "", "| page | because it is |", "|---|---|"]
    lines += [f"| `{path}` | {why} |" for path, why in OPEN.items()]
    lines += ["", "## For whoever is signed in, about themselves alone", "", "| page | what for |", "|---|---|"]
    lines += [f"| `{path}` | {why} |" for path, why in ONE_S_OWN.items()]
    return "\n".join(lines) + "\n"


def test_every_page_and_operation_lets_in_whom_the_table_says(world):
    text = table(rows(world))
    if os.environ.get("ACCESS_WRITE"):
        TABLE.write_text(text, encoding="utf-8")
    wrong = set(text.splitlines()) ^ set(TABLE.read_text(encoding="utf-8").splitlines())
    assert wrong == set()


def registered(patterns=None, before="/"):
    """Every address of the site as the table writes it, but the API's, which its schema lists."""
    for each in patterns or get_resolver().url_patterns:
        path = before + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(each.pattern))
        if hasattr(each, "url_patterns"):
            if path != "/api/":
                yield from registered(each.url_patterns, path)
        else:
            yield path


def test_no_page_is_missing_from_the_table():
    listed = {path for _method, path, *_more in PAGES} | set(OPEN) | set(ONE_S_OWN)
    assert set(registered()) - listed == set()
    assert listed - set(registered()) == set()


def test_no_operation_is_missing_from_the_table():
    listed = {(method, path) for method, path, *_more in API}
    paths = api.get_openapi_schema()["paths"]
    assert {(method.upper(), path) for path, methods in paths.items() for method in methods} ^ listed == set()


def sample(path):
    return re.sub(r"<\w+>", "0", path)


@pytest.mark.parametrize("path", sorted(OPEN))
def test_what_is_open_to_everyone_asks_nobody_to_sign_in(client, db, path):
    answer = client.get(sample(path))
    assert answer.status_code < 500
    beyond = answer.headers.get("Location", "")
    assert "next=" not in beyond


@pytest.mark.parametrize("path", sorted(ONE_S_OWN))
def test_what_is_ones_own_leads_nobody_past_the_door(client, db, path):
    answer = client.get(path)
    assert answer.headers.get("Location", "").startswith("/sign-in") or answer.status_code in (403, 404)


def test_an_approval_is_never_left_used_by_the_walk(world):
    assert not Approval.objects.exclude(used_at=None).exists()
    assert Device.objects.filter(revoked_at=None).exists()
