"""What holds for every page: the security policy, nothing inline, a title, one heading, landmarks, both languages."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import override_settings

from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.people.actor import system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

PAGES = [
    ("", "/"),
    ("", "/sign-in"),
    ("", "/tour"),
    ("", "/no-such-page"),
    ("dispatcher", "/tour"),
    ("dispatcher", "/journal"),
    ("auditor", "/journal"),
    ("auditor", "/journal?verb=people."),
    ("auditor", "/journal?since=yesterday"),
    ("auditor", "/journal/1"),
    ("auditor", "/journal/99999"),
    ("auditor", "/journal/verify"),
    ("post_officer", "/unit"),
]


class Outline(HTMLParser):
    """What a page consists of, as far as the tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.fields: list[str] = []
        self.labels: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        data = given.get("type") == "application/json"  # a block of data; no browser runs it
        if tag == "style" or (tag == "script" and "src" not in given and not data):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.ids += [given["id"]] if "id" in given else []
        if tag == "label" and given.get("for"):
            self.labels.append(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "checkbox"):
            self.fields.append(given.get("id", ""))


@pytest.fixture(params=PAGES, ids=[f"{role or 'nobody'} {path}" for role, path in PAGES])
def page(request, client):
    role, path = request.param
    with override_settings(CONFIG=replace(settings.CONFIG, demo=True)):
        user = enrol_user(
            system("test"), username="someone", display_name="Someone", role=role or "auditor", password=None,
            at=clock.now(),
        )  # fmt: skip
        if role:
            client.force_login(user)
        yield lambda **headers: client.get(path, headers=headers or None)


def test_every_page_carries_the_strict_policy(page):
    policy = page().headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_no_page_has_an_inline_script_or_style(page):
    assert Outline(page().content.decode()).inline == []


def test_every_page_has_a_title_a_language_and_unique_ids(page):
    text = page().content.decode()
    outline = Outline(text)
    assert re.search(r"<title>[^<]+</title>", text)
    assert re.search(r'<html lang="(en|zh-hans)"', text)
    assert len(outline.ids) == len(set(outline.ids))


def test_every_page_of_the_frame_has_one_main_part_and_one_first_heading(page):
    outline = Outline(page().content.decode())
    if "main" in outline.tags:  # the phone's shell fills itself
        assert outline.tags.count("main") == 1
        assert outline.tags.count("h1") == 1


def test_every_field_has_its_label(page):
    outline = Outline(page().content.decode())
    assert [field for field in outline.fields if field not in outline.labels] == []


def test_every_page_speaks_chinese(page):
    text = page(accept_language="zh-CN").content.decode()
    assert '<html lang="zh-hans"' in text
    words = re.sub(r"<(script|style|code|pre)\b.*?</\1>|<[^>]+>", " ", text, flags=re.S)
    assert len(re.findall(r"[\u4e00-\u9fff]", words)) > 20


def test_the_hard_lines_stand_at_the_foot_of_the_pages(client):
    text = client.get("/sign-in").content.decode()
    assert "What it will never do" in text
    assert "face, gait or voice" in text


def test_the_phones_manifest_is_valid_json_in_both_languages(client):
    for language, name in (("en", "My unit"), ("zh-CN", "我的警组")):
        answer = client.get("/unit.webmanifest", headers={"accept-language": language})
        assert answer.headers["Content-Type"] == "application/manifest+json"
        assert name in answer.json()["name"]
        assert answer.json()["start_url"] == "/unit"


def test_the_phone_asks_for_a_sign_in_and_comes_back(client):
    assert client.get("/unit").headers["Location"] == "/sign-in?next=/unit"
