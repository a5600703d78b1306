"""Who gets in where: every page and every operation of the API, asked for in every role, beside a table to read.

The table is docs/security/access.md. `ACCESS_WRITE=1 pytest tests/site/test_access.py` writes it anew; read the
difference before you commit it.
"""

import os
import re
from pathlib import Path

import pytest
from access_open import ONE_S_OWN, OPEN
from access_requests import API, PAGES
from access_walk import ROLES, rows
from django.urls import get_resolver

from maplebridge.people.models import Approval, Device
from maplebridge.site.api import api

pytestmark = [pytest.mark.any_database, pytest.mark.timeout(900)]  # the walk is some thousand requests
TABLE = Path(__file__).parents[2] / "docs" / "security" / "access.md"


HEAD = """# Who gets in where

Every page and every operation of the API, asked for in every role as it is shipped. A test asks for all of it and
compares (`tests/site/test_access.py`); what an agency changes in its roles stands on the page *Which role may what*.

● yes · ○ the role may, but here the state of things or somebody else's part in it stands against it · `·` no
(403, or 404 for what the role may not even know of) · → sign in first

The world of the test: one city, six incidents, four units, a stolen item, all made by others; whoever asks is on no
crew, has no part in any incident, and has just proven who they are. So a crew's own job reads `·` or ○ here.

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


@pytest.mark.django_db  # makes the database where this test runs alone
def test_every_page_and_operation_lets_in_whom_the_table_says(walked):
    text = table(rows(walked))
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
