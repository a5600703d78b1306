"""ODK Collect as it behaves towards a server, with a network that cuts, doubles and delays.

Its rules, from its documentation and OpenRosa's submission API: a form is sent in one POST, or in several where the
files are more than the server takes at once, each with the XML again and all but the last marked `*isIncomplete*`; 201
and 202 count as arrived; any other answer, or none, and the whole form is sent again later, from its first batch; a
form that has arrived is never sent again unless its answer was lost.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

Post = Callable[[bytes, dict[str, bytes], bool], int]


class Cut(Exception):
    """The network went away: before the server heard of it, or after."""


@dataclass
class Form:
    """One filled-in form on a phone."""

    instance_id: str
    xml: bytes
    files: dict[str, bytes]
    arrived: bool = False

    def batches(self, most: int) -> list[dict[str, bytes]]:
        names = list(self.files)
        return [{name: self.files[name] for name in names[i : i + most]} for i in range(0, len(names), most)] or [{}]


@dataclass
class Network:
    """Loses requests on the way there and answers on the way back, and now and then delivers one twice."""

    chance: random.Random
    lost_there: float = 0.15
    lost_back: float = 0.15
    doubled: float = 0.1
    sent: int = 0

    def carry(self, post: Callable[[], int]) -> int:
        self.sent += 1
        if self.chance.random() < self.lost_there:
            raise Cut
        status = post()
        if self.chance.random() < self.doubled:
            post()
        if self.chance.random() < self.lost_back:
            raise Cut
        return status


@dataclass
class Phone:
    """A worker's phone: forms wait in its outbox and are sent in any order whenever there is a network."""

    post: Post
    network: Network
    most: int = 2
    outbox: list[Form] = field(default_factory=list)

    def flush(self) -> None:
        """Try to send everything that waits, once."""
        self.network.chance.shuffle(self.outbox)
        for form in [form for form in self.outbox if not form.arrived]:
            try:
                form.arrived = self._send(form)
            except Cut:
                continue

    def _send(self, form: Form) -> bool:
        batches = form.batches(self.most)
        for number, files in enumerate(batches, 1):
            status = self.network.carry(lambda f=files, n=number: self.post(form.xml, f, n < len(batches)))
            if status not in (201, 202):
                return False
        return True
