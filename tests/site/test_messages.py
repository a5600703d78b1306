"""Catalogues without gettext: what is found, compiled and missed."""

import gettext

import pytest

from maplebridge.site import messages


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of its own with a Python file and a template."""
    package = tmp_path / "shop"
    (package / "templates" / "shop").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "pages.py").write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        'A = _("Open %(door)s")\nB = ngettext("%(n)d key", "%(n)d keys", n)\n'
    )
    (package / "templates" / "shop" / "a.html").write_text(
        "{% load i18n %}{% translate 'Closed' %}{% blocktranslate with n=3 %}Room {{ n }}{% endblocktranslate %}"
    )
    monkeypatch.setattr(messages, "PACKAGES", tmp_path)
    return package


def ids(found):
    return {messages._key(message) for message in found if message.id}


def test_messages_are_found_in_python_and_in_templates(package):
    assert ids(messages.found_in(package)) == {"Open %(door)s", "%(n)d key", "Closed", "Room %(n)s"}


def test_what_has_no_translation_is_missed_until_it_has_one(package):
    assert ids(messages.untranslated(package)) == {"Open %(door)s", "%(n)d key", "Closed", "Room %(n)s"}
    messages.update_all()
    catalog = messages.read(package)
    for message in catalog:
        if message.id:
            message.string = ("%(n)d 把",) if isinstance(message.id, tuple) else f"译{message.id}"
    messages.store(package, catalog)
    assert messages.untranslated(package) == []


def test_a_compiled_catalogue_is_read_by_gettext(package):
    messages.update_all()
    catalog = messages.read(package)
    catalog["Closed"].string = "关门"
    messages.store(package, catalog)
    assert messages.compile_all() == 1
    assert messages.compile_all() == 0
    with messages.catalogue_of(package).with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Closed") == "关门"


def test_an_update_keeps_translations_and_drops_what_is_gone(package):
    messages.update_all()
    catalog = messages.read(package)
    catalog["Closed"].string = "关门"
    messages.store(package, catalog)
    (package / "pages.py").write_text("")
    messages.update_all()
    again = messages.read(package)
    assert again["Closed"].string == "关门"
    assert "Open %(door)s" not in again
