"""Every word a person sees is there in Chinese too, and says the same things."""

import re

import pytest
from house_source import PACKAGE

from maplebridge.site.messages import catalogue_of, packages, read, untranslated


@pytest.mark.parametrize("package", packages(), ids=lambda p: p.name)
def test_every_message_of_a_package_is_translated(package):
    assert [message.id for message in untranslated(package)] == []


def placeholders(text):
    return set(re.findall(r"%\(\w+\)|%[sd]", text))


@pytest.mark.parametrize("package", [p for p in packages() if catalogue_of(p).exists()], ids=lambda p: p.name)
def test_translations_keep_their_placeholders(package):
    wrong = []
    for message in read(package):
        ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        for text in filter(None, strings):
            if message.id and placeholders(text) - {"%(count)"} != placeholders(ids[-1]) - {"%(count)"}:
                wrong.append(message.id)
    assert wrong == []


def test_no_catalogue_is_marked_as_a_guess():
    assert [file.as_posix() for file in PACKAGE.rglob("*.po") if "#, fuzzy" in file.read_text("utf-8")] == []
