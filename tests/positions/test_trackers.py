"""Who may send a unit's positions, and what opens each app with its address."""

import base64
import json
from datetime import timedelta

import pytest
from door_for_tests import AT, query
from nacl.secret import SecretBox
from staff_for_tests import acting, make_staff

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import open_shift
from maplebridge.people.actor import Actor
from maplebridge.positions.actions import issue_tracker, lend_tracker, revoke_tracker
from maplebridge.positions.known import known_trackers
from maplebridge.positions.links import links_of
from maplebridge.positions.models import Tracker
from maplebridge.positions.rules import Address

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = (0, 9_999_999_999_999)


def encrypted(secret, body):
    data = base64.b64encode(SecretBox(secret.encode().ljust(32, b"\0")[:32]).encrypt(body)).decode()
    return json.dumps({"_type": "encrypted", "data": data}).encode()


def test_only_who_manages_people_gives_an_address_and_neither_token_nor_secret_stands_anywhere(unit, machine, noon):
    with pytest.raises(NotAllowed):
        issue_tracker(Actor("user:1", "A", "dispatcher"), unit=unit, at=noon)
    given = issue_tracker(machine, unit=unit, name="Phone", encrypted=True, at=noon)
    stored = str(Tracker.objects.values_list()[0])
    assert given.token not in stored
    assert given.secret not in stored
    assert len(given.secret) == 32
    assert "Phone" not in Entry.objects.get(verb="positions.tracker_issued").body


def test_a_unit_of_speed_that_nobody_uses_is_refused(unit, machine, noon):
    with pytest.raises(BadInput, match="knots, mps, kmh"):
        issue_tracker(machine, unit=unit, speed_unit="furlongs", at=noon)


def test_what_owntracks_encrypted_is_kept_and_what_another_secret_encrypted_is_not(door, tracks, unit, machine, noon):
    given = issue_tracker(machine, unit=unit, encrypted=True, at=noon)
    plain = b'{"_type":"location","lat":60.1,"lon":24.9,"tst":%d}'
    bodies = [encrypted(given.secret, plain % AT), encrypted("another", plain % (AT - 5)), plain % (AT - 10)]
    sent = [(given.token, b"", body, b"application/json") for body in bodies]
    assert [status for status, _body in door.send(*sent)] == [200] * 3
    assert [row[1] // 1000 for row in tracks.of(unit.pk, *WIDE)] == [AT - 10, AT]


class TestThePhonePage:
    @pytest.fixture
    def officer(self, machine, unit, noon):
        user = make_staff("post_officer")
        open_shift(machine, unit=unit, crew=[user], starts_at=noon, ends_at=noon + timedelta(hours=2), at=noon)
        return acting(user)

    def test_a_crew_on_shift_is_lent_an_address_until_half_a_day_after_it(self, door, tracks, unit, officer, noon):
        given = lend_tracker(officer, unit=unit, at=noon)
        body = b'[{"lon":24.93,"lat":60.16,"at":%d,"speed":3.0},{"lon":24.94,"lat":60.16,"at":%d}]' % (AT - 5, AT)
        assert door.send((given.token, b"", body, b"application/json"))[0][0] == 200
        assert [row[4] for row in tracks.of(unit.pk, *WIDE)] == [3.0, None]
        after = timedelta(hours=14)
        assert known_trackers(at=noon + after - timedelta(seconds=1))
        assert not known_trackers(at=noon + after)

    def test_nobody_else_is_lent_one(self, unit, officer, noon):
        with pytest.raises(NotAllowed, match="your own unit only"):
            lend_tracker(acting(make_staff("post_officer")), unit=unit, at=noon)
        with pytest.raises(NotAllowed):
            lend_tracker(officer, unit=unit, at=noon + timedelta(hours=2))


def test_a_closed_address_and_that_of_a_unit_out_of_service_count_no_more(unit, machine, noon):
    issue_tracker(machine, unit=unit, at=noon)
    assert len(known_trackers(at=noon)) == 1
    unit.active = False
    unit.save()
    assert known_trackers(at=noon) == {}
    unit.active = True
    unit.save()
    revoke_tracker(machine, tracker=Tracker.objects.get(), at=noon)
    assert known_trackers(at=noon) == {}


class TestLinks:
    GIVEN = Address("tok-en", "secret")

    def links(self, **more):
        return links_of(self.GIVEN, origin="https://p.example.org", call_sign="M21", **more)

    def config(self, link):
        head, _sign, inline = link.partition("inline=")
        assert head == "owntracks:///config?"
        return json.loads(base64.b64decode(inline))

    def test_traccar_takes_the_address_and_its_settings_from_one_link(self):
        assert self.links().traccar == (
            "https://p.example.org/p/tok-en?id=M21&accuracy=high&interval=10&distance=20&service=true"
        )

    def test_owntracks_over_http_sends_to_the_address_and_encrypts(self):
        config = self.config(self.links().owntracks)
        assert (config["_type"], config["mode"], config["url"]) == (
            "configuration",
            3,
            "https://p.example.org/p/tok-en",
        )
        assert (config["encryptionKey"], config["monitoring"], config["tid"]) == ("secret", 2, "21")

    def test_owntracks_over_mqtt_writes_where_its_token_may(self):
        assert self.links().owntracks_mqtt == ""
        config = self.config(self.links(broker="mqtts://b.example.org").owntracks_mqtt)
        assert (config["mode"], config["host"], config["port"], config["tls"]) == (0, "b.example.org", 8883, True)
        assert config["pubTopicBase"].startswith(f"owntracks/{config['username']}/")

    def test_osmand_keeps_its_own_names_of_values(self):
        assert self.links().osmand.startswith("https://p.example.org/p/tok-en?lat={0}&lon={1}&timestamp={2}")


def test_an_address_that_ends_is_said_so_in_the_journal(unit, machine, noon):
    issue_tracker(machine, unit=unit, at=noon)
    assert '"ends_at":null' in Entry.objects.get(verb="positions.tracker_issued").body
    assert query()
