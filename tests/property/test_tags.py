"""Fixed readers: stolen tags raise one alarm for each pass; of every other tag not a byte is left anywhere."""

import asyncio
import json
import logging
import secrets
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Cursor

from maplebridge.property import actions
from maplebridge.property.actions import Code
from maplebridge.property.index import StolenIndex
from maplebridge.property.models import Alarm, Sighting
from maplebridge.property.tag_ingest import TagIngest
from maplebridge.property.tag_intake import PASS_S, TagIntake
from maplebridge.property.tag_reads import Unreadable, read_tags

NOW = 1_777_896_000.0
TAG = "3034257BF7194E4000001A85"


def llrp(*epcs, at=NOW):
    """As LLRP's RO_ACCESS_REPORT looks in JSON, times in microseconds."""
    rows = [
        {"EPC": epc.lower(), "AntennaID": 1, "PeakRSSI": -52, "FirstSeenTimestampUTC": int(at * 1e6),
         "LastSeenTimestampUTC": int(at * 1e6), "TagSeenCount": 3} for epc in epcs
    ]  # fmt: skip
    return json.dumps({"TagReportData": rows}).encode()


class Gateway:
    """Sends messages to the intake as the server hands them on."""

    def __init__(self, token, now=NOW):
        self.token, self.now = token, now
        self.intake = TagIntake(index=StolenIndex(), now=lambda: self.now)
        self.ingest = TagIngest(self.intake)

    def send(self, *bodies, token=None):
        found = asyncio.run(self._all(bodies, token or self.token))
        self.intake._thread.submit(connections.close_all).result()
        return found

    async def _all(self, bodies, token):
        return [await self._one(body, token) for body in bodies]

    async def _one(self, body, token):
        told = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            told.append(message)

        await self.ingest({"path": f"/r/{token}", "method": "POST", "headers": []}, receive, send)
        return told[0]["status"]


@pytest.fixture
def gateway(world):
    reader, token = actions.issue_reader(world.system, name="Market gate", lon=24.95, lat=60.16, at=world.noon)
    gateway = Gateway(token)
    yield gateway
    connection.close()


def tagged(world, epc=TAG):
    return world.register(codes=[Code("frame", f"WTU{secrets.randbelow(10**7):07d}"), Code("rfid", epc)]).item


@pytest.mark.django_db(transaction=True)
def test_a_stolen_tag_is_one_alarm_for_each_pass_and_then_when_it_was_last_seen(world, gateway):
    world.steal(tagged(world))
    assert gateway.send(llrp(TAG), llrp(TAG, at=NOW + 1)) == [200, 200]
    alarm = Alarm.objects.get()
    assert (alarm.sighting.channel, alarm.sighting.reader.name) == ("reader", "Market gate")
    for _each in range(4):
        gateway.now += 20
        gateway.send(llrp(TAG, at=gateway.now))
    seen = Sighting.objects.get()
    assert (seen.last_at - seen.at).total_seconds() >= 60 and Alarm.objects.count() == 1
    gateway.now += PASS_S + 600
    gateway.send(llrp(TAG, at=gateway.now))
    assert Alarm.objects.count() == 2, "it went, and came back"


@pytest.mark.django_db(transaction=True)
def test_a_tag_is_looked_for_from_the_report_until_it_is_withdrawn(world, gateway):
    item = tagged(world)
    gateway.send(llrp(TAG))
    assert not Sighting.objects.exists(), "what was read before the report is gone"
    theft = world.steal(item)
    gateway.now += 1
    gateway.send(llrp(TAG, at=gateway.now))
    assert Alarm.objects.count() == 1
    actions.withdraw_report(world.officer, theft=theft, reason="found in the cellar", at=world.later(minutes=1))
    gateway.now += PASS_S + 700
    gateway.send(llrp(TAG, at=gateway.now))
    assert Alarm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_no_reader_is_404_and_a_revoked_one_too(world, gateway):
    assert gateway.send(llrp(TAG), token="made-up") == [404]
    assert gateway.send(b"{", b"[1, 2", "不".encode("gb18030")) == [200, 200, 200]
    from maplebridge.property.models import Reader

    actions.revoke_reader(world.system, reader=Reader.objects.get(), at=world.noon)
    gateway.now += 10
    assert gateway.send(llrp(TAG)) == [404]


def everywhere(folder: Path) -> bytes:
    """Every byte that the installation has on disk: the database, its log ahead, all other files."""
    files = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    if connection.vendor == "postgresql":
        rows = connection.connection.execute("SELECT string_agg(t::text, ' ') FROM property_sighting t").fetchone()
        ahead = "SELECT pg_read_binary_file('pg_wal/' || pg_walfile_name(pg_current_wal_insert_lsn()))"
        with Cursor(connection.connection) as cursor:  # Django's own asks for text
            return files + str(rows[0]).encode() + cursor.execute(ahead, binary=True).fetchone()[0]
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        return files + connection.connection.serialize()
    database = [Path(name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    return files + b"".join(file.read_bytes() for file in database if file.is_file())


BYTES = st.binary(min_size=12, max_size=12).filter(lambda epc: len(set(epc)) > 3)  # noughts are everywhere
FRESH_TAGS = st.lists(BYTES.map(lambda epc: epc.hex().upper()), min_size=1, max_size=20)


def said_by(shape, epcs):
    """A message of a gateway with these tags."""
    if shape == "llrp":
        return llrp(*epcs)
    if shape == "plain":
        return json.dumps([{"epc": epc, "antenna": 2, "rssi": -60} for epc in epcs]).encode()
    return json.dumps([{"timestamp": "2026-05-04T12:00:00Z", "data": {"idHex": epc}} for epc in epcs]).encode()


@pytest.mark.django_db(transaction=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(epcs=FRESH_TAGS, shape=st.sampled_from(["llrp", "plain", "zebra"]))
def test_a_read_of_a_tag_that_nobody_reported_leaves_no_byte(world, gateway, caplog, capfd, epcs, shape):
    caplog.set_level(logging.DEBUG)
    connection.ensure_connection()
    caplog.clear()
    gateway.now += 1
    assert gateway.send(said_by(shape, epcs)) == [200]
    connection.ensure_connection()
    left = everywhere(Path(site.HOME)) + caplog.text.encode() + "".join(capfd.readouterr()).encode()
    for epc in epcs:
        for spelt in (epc.encode(), epc.lower().encode(), bytes.fromhex(epc)):
            assert spelt not in left
        assert epc not in repr(vars(gateway.intake)), "nothing is remembered"
    assert not Sighting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_that_proof_would_see_a_tag_that_was_kept(world, gateway):
    world.steal(tagged(world))
    gateway.send(llrp(TAG))
    connection.ensure_connection()
    assert TAG.encode() in everywhere(Path(site.HOME))


@pytest.mark.parametrize(
    "body",
    [
        llrp(TAG),
        json.dumps({"tagReads": [{"epc": TAG, "antennaPort": 1, "peakRssi": -52}]}).encode(),
        json.dumps({"eventType": "tagInventory", "tagInventoryEvent": {"epc": "MDQ=", "epcHex": TAG}}).encode(),
        json.dumps([{"data": {"idHex": TAG.lower(), "antenna": 1}, "timestamp": "2026-05-04T12:00:00+00:00"}]).encode(),
        json.dumps({"epc": f"urn:epc:raw:96.x{TAG}"}).encode(),
    ],
)
def test_every_usual_gateway_is_understood(body):
    (read,) = read_tags(body, now=NOW)
    assert (read.epc, read.first_seen, read.last_seen) == (TAG, NOW, NOW)


WHATEVER = st.recursive(
    st.none() | st.text() | st.floats() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["data", "reads", "epc", "timestamp"]), inner),
).map(lambda said: json.dumps(said).encode())


@given(st.binary(max_size=200) | WHATEVER)
def test_whatever_comes_is_read_or_refused_quietly(body):
    try:
        reads = read_tags(body, now=NOW)
    except Unreadable:
        return
    assert all(read.first_seen <= read.last_seen <= NOW for read in reads)
