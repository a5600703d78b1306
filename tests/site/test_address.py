"""Whose address counts: the peer's, or the client's that a trusted proxy names."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from maplebridge.kernel.address import client_address
from maplebridge.site.config import BadConfiguration, load


def asked(peer, forwarded=None):
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **more)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.2.3.4", " 2001:DB8::1 ", "2001:db8::1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("", "203.0.113.9", ""),
    ],
)
def test_only_the_last_word_of_a_trusted_proxy_counts(settings, peer, forwarded, address):
    settings.TRUSTED_PROXIES = ("127.0.0.1", "::1", "10.0.0.0/8")
    assert client_address(asked(peer, forwarded)) == address


def test_without_a_proxy_nobody_is_believed():
    assert client_address(asked("127.0.0.1", "203.0.113.9")) == "127.0.0.1"


def test_a_proxy_counts_only_where_the_origin_is_https():
    assert load({}).proxies == ()
    assert load({"MAPLEBRIDGE_ORIGIN": "https://police.example"}).proxies == ("127.0.0.1", "::1")


def test_a_proxy_that_is_no_address_is_refused_with_a_sentence():
    with pytest.raises(BadConfiguration, match="addresses or networks"):
        load({"MAPLEBRIDGE_TRUSTED_PROXIES": "the proxy"})


def test_counts_of_several_processes_come_together(settings):
    from django.core.cache.backends.filebased import FileBasedCache

    assert isinstance(cache._connections["default"], FileBasedCache)
    cache.set("test:count", 3, 60)
    other = FileBasedCache(str(settings.HOME / "cache"), {})  # as another process would open it
    assert other.get("test:count") == 3
    cache.delete("test:count")


@pytest.mark.django_db(transaction=True)
def test_behind_a_proxy_one_guesser_does_not_lock_out_another_address(settings, client):
    settings.TRUSTED_PROXIES = ("127.0.0.1",)
    cache.clear()

    def guess(address):
        form = {"username": "jo", "password": "wrong"}
        return client.post("/sign-in", form, HTTP_X_FORWARDED_FOR=address).status_code

    assert [guess("203.0.113.9") for _ in range(7)][-1] == 429
    assert guess("203.0.113.10") == 403
    cache.clear()
