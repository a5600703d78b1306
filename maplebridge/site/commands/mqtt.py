"""`maplebridge mqtt`: the MQTT edge."""

import argparse
import asyncio
import contextlib
import signal

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "mqtt",
        """
        Take positions of OwnTracks, and tag reads of fixed readers, from a broker, such as Mosquitto with the
        configuration in ops/. The broker is named by MAPLEBRIDGE_MQTT. Positions that come while this is not running
        it keeps; tag reads it does not.
        """,
        examples="MAPLEBRIDGE_MQTT=mqtt://maplebridge:secret@127.0.0.1:1883 maplebridge mqtt",
    )
    it.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Take positions and tag reads until SIGINT or SIGTERM."""
    from django.conf import settings

    from maplebridge.site.config import BadConfiguration
    from maplebridge.site.fitting import must_fit

    must_fit()
    if not settings.CONFIG.mqtt:
        raise BadConfiguration("Name the broker: MAPLEBRIDGE_MQTT=mqtt://user:password@host:1883.")
    say("Maplebridge takes positions and tag reads from the broker (Ctrl+C ends it)")
    asyncio.run(_edge(settings.CONFIG.mqtt))
    return 0


async def _edge(broker: str) -> None:
    from maplebridge.positions.intake import Intake
    from maplebridge.positions.mqtt import Edge
    from maplebridge.property.tag_intake import TagIntake
    from maplebridge.property.tag_mqtt import TagEdge
    from maplebridge.site.duties import open_bus

    bus = await open_bus()
    intake, tags = Intake(lambda: bus), TagIntake()
    task = asyncio.gather(Edge(intake, broker).run(), TagEdge(tags, broker).run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await intake.settled()
    await tags.close()
    await bus.close()
