"""The MQTT edge against a real Mosquitto with the configuration that ships: OwnTracks' messages, none lost."""

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from door_for_tests import AT, Door
from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv31

from maplebridge.positions.models import LatestPosition
from maplebridge.positions.mqtt import Edge

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from engines import mosquitto, program

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = (0, 9_999_999_999_999)


@pytest.fixture(scope="module")
def broker():
    with mosquitto() as (address, server):
        yield address, server


def location(at=AT, lat=60.1699, **more):
    return msgspec.json.encode({"_type": "location", "lat": lat, "lon": 24.9384, "tst": at, "tid": "21"} | more)


class Phone:
    """A device as the broker knows it: MQTT 3.1, as OwnTracks on Android speaks."""

    def __init__(self, server, token):
        self.client = Client(CallbackAPIVersion.VERSION2, client_id="", protocol=MQTTv31, clean_session=True)
        self.client.username_pw_set(token, token)
        self.client.connect("127.0.0.1", server.port)
        self.client.loop_start()

    def send(self, topic, *bodies, retain=False):
        for body in bodies:
            self.client.publish(topic, body, qos=1, retain=retain).wait_for_publish(10)

    def leave(self):
        self.client.disconnect()
        self.client.loop_stop()


async def with_edge(door, address, work, *, taken):
    """Run the edge while `work` is done and until it has taken so many messages."""
    edge = Edge(door.intake, address)
    running = asyncio.create_task(edge.run())
    try:
        await asyncio.to_thread(edge.reading.wait, 10)
        await asyncio.to_thread(work)
        for _try in range(1000):
            if edge.taken >= taken:
                break
            await asyncio.sleep(0.01)
        assert edge.taken >= taken
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_what_owntracks_publishes_is_kept_whatever_else_it_says(door, tracks, unit, token, broker):
    address, server = broker

    def phone_sends():
        phone = Phone(server, token)
        phone.send(f"owntracks/{token}/phone", location(AT - 20), location(AT - 10), b"", b"{", b'{"_type":"lwt"}')
        phone.send(f"owntracks/{token}/phone", location(AT), retain=True)
        phone.send(f"owntracks/{token}/phone/event", b'{"_type":"transition","event":"enter"}')
        phone.send(f"owntracks/{token}/phone", location(AT))
        phone.leave()

    door.run(with_edge(door, address, phone_sends, taken=8))
    assert [row[1] // 1000 for row in tracks.of(unit.pk, *WIDE)] == [AT - 20, AT - 10, AT]
    assert LatestPosition.objects.get().unit_id == unit.pk


def test_mosquittos_own_client_is_understood(door, tracks, unit, token, broker):
    address, server = broker

    def published():
        command = [program("mosquitto_pub"), "-p", str(server.port), "-u", token, "-P", token, "-q", "1"]
        topic = ["-t", f"owntracks/{token}/phone"]
        subprocess.run([*command, "-V", "mqttv31", *topic, "-m", location(AT - 5).decode()], check=True, timeout=20)
        subprocess.run([*command, "-V", "mqttv5", *topic, "-m", location(AT).decode()], check=True, timeout=20)

    door.run(with_edge(door, address, published, taken=2))
    assert [row[1] // 1000 for row in tracks.of(unit.pk, *WIDE)] == [AT - 5, AT]


def test_who_is_unknown_or_writes_under_another_name_is_not_heard(door, tracks, unit, token, broker):
    address, server = broker

    def strangers_send():
        stranger, thief = Phone(server, "made-up"), Phone(server, "another")
        stranger.send("owntracks/made-up/phone", location())
        thief.send(f"owntracks/{token}/phone", location())
        thief.send("owntracks/another/phone", location())
        stranger.leave()
        thief.leave()

    door.run(with_edge(door, address, strangers_send, taken=2))
    assert tracks.of(unit.pk, *WIDE) == []


def test_what_comes_while_the_edge_is_stopped_waits_at_the_broker(door, tracks, unit, token, broker):
    address, server = broker
    phone = Phone(server, token)
    topic = f"owntracks/{token}/phone"
    door.run(with_edge(door, address, lambda: phone.send(topic, location(AT - 100)), taken=1))
    phone.send(topic, *(location(AT - 90 + number) for number in range(50)))
    again = Door(door.keeper._make_tracks)
    again.run(with_edge(again, address, lambda: None, taken=50))
    phone.leave()
    assert [row[1] // 1000 for row in tracks.of(unit.pk, *WIDE)] == [AT - 100, *range(AT - 90, AT - 40)]


def test_what_could_not_be_kept_is_tried_until_it_is(door, tracks, unit, token, broker, monkeypatch):
    address, server = broker
    store, failures = door.keeper._make_tracks(), []
    working = store.write

    def fail_twice(points):
        if len(failures) < 2:
            failures.append(points)
            raise OSError(28, "No space left on device")
        working(points)

    store.write = fail_twice
    door.keeper._tracks = store
    monkeypatch.setattr("maplebridge.kernel.mqtt_edge.AGAIN_S", 0.05)

    def phone_sends():
        phone = Phone(server, token)
        phone.send(f"owntracks/{token}/phone", location())
        phone.leave()

    door.run(with_edge(door, address, phone_sends, taken=1))
    assert len(failures) == 2
    assert [row[1] // 1000 for row in tracks.of(unit.pk, *WIDE)] == [AT]
