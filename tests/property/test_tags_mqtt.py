"""Fixed readers over a real Mosquitto: a stolen tag is an alarm, and what came while nobody read is gone."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from django.db import connection, connections
from paho.mqtt.client import CallbackAPIVersion, Client

from maplebridge.property import actions
from maplebridge.property.actions import Code
from maplebridge.property.index import StolenIndex
from maplebridge.property.models import Alarm, Sighting
from maplebridge.property.tag_intake import TagIntake
from maplebridge.property.tag_mqtt import TagEdge

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from engines import mosquitto

NOW = 1_777_896_000.0
TAG, CLEAN = "3034257BF7194E4000001A85", "3034257BF7194E4000009999"


def publish(server, token, *bodies):
    client = Client(CallbackAPIVersion.VERSION2, client_id="")
    client.username_pw_set(token, token)
    client.connect("127.0.0.1", server.port)
    client.loop_start()
    for body in bodies:
        client.publish(f"tags/{token}/gate", body, qos=0).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


@pytest.mark.django_db(transaction=True)
def test_a_stolen_tag_comes_through_and_the_broker_keeps_none(world):
    item = world.register(codes=[Code("frame", "WTU123456"), Code("rfid", TAG)]).item
    world.steal(item)
    _reader, token = actions.issue_reader(world.system, name="Gate", lon=24.95, lat=60.16, at=world.noon)
    intake = TagIntake(index=StolenIndex(), now=lambda: NOW)

    async def session(address, work, *, taken):
        edge = TagEdge(intake, address)
        running = asyncio.create_task(edge.run())
        await asyncio.to_thread(edge.reading.wait, 10)
        await asyncio.to_thread(work)
        for _try in range(500):
            if edge.taken >= taken:
                break
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return edge.taken

    with mosquitto() as (address, server):
        publish(server, token, json.dumps({"epc": TAG}))  # before anybody reads: gone
        reads = [json.dumps({"epc": each}) for each in (CLEAN, TAG, CLEAN)]
        assert asyncio.run(session(address, lambda: publish(server, token, *reads), taken=3)) == 3
        assert asyncio.run(session(address, lambda: publish(server, "stranger", *reads), taken=3)) == 3
    intake._thread.submit(connections.close_all).result()
    assert [each.sighting.canonical for each in Alarm.objects.all()] == [TAG]
    assert Sighting.objects.count() == 1
    connection.close()
