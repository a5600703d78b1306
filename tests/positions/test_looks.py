"""Looking at a track: always an entry, with a reason, which its crew sees; and bringing a recorded one in."""

from datetime import timedelta

import pytest
from door_for_tests import AT
from staff_for_tests import acting, make_staff

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import open_shift
from maplebridge.positions.actions import consult_track, import_track
from maplebridge.positions.actions.looks import LONGEST
from maplebridge.positions.queries import looks_at
from maplebridge.positions.steps import Point

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
WHY = "complaint 17 about a patrol that did not come"


@pytest.fixture
def crew(machine, unit, noon):
    user = make_staff("post_officer", display_name="Crew")
    open_shift(machine, unit=unit, crew=[user], starts_at=noon - HOUR, ends_at=noon + HOUR, at=noon)
    return acting(user)


@pytest.fixture
def chief(db):
    return acting(make_staff("chief", display_name="The chief"))


@pytest.fixture
def track(tracks, unit):
    tracks.write([Point(unit.pk, 24.9, 60.1 + n * 1e-5, AT - 60 + n) for n in range(60)])
    return tracks


def look(actor, track, unit, noon, *, since=-HOUR, until=HOUR, reason=WHY):
    return consult_track(actor, tracks=track, unit=unit, since=noon + since, until=noon + until, reason=reason, at=noon)


def test_a_look_gives_the_track_and_leaves_an_entry_with_its_reason_erasable(track, unit, noon, chief):
    assert len(look(chief, track, unit, noon)) == 60
    entry = Entry.objects.get(verb="positions.track_consulted")
    assert (entry.subject, entry.operation, entry.actor) == (f"unit:{unit.pk}", "consulted", chief.ref)
    assert WHY not in entry.body
    assert "location" in entry.body


@pytest.mark.parametrize("reason", ["", "too short", "   spaces    "])
def test_without_a_reason_nobody_looks_at_a_colleagues_track(track, unit, noon, chief, reason):
    with pytest.raises(BadInput, match="at least ten characters"):
        look(chief, track, unit, noon, reason=reason)
    assert not Entry.objects.filter(verb="positions.track_consulted").exists()


def test_whoever_has_no_such_duty_is_refused_and_a_crew_sees_its_own_patrol(track, unit, noon, crew):
    stranger = acting(make_staff("post_officer"))
    with pytest.raises(NotAllowed, match="your own shifts only"):
        look(stranger, track, unit, noon)
    with pytest.raises(NotAllowed, match="your own shifts only"):
        look(crew, track, unit, noon, since=-2 * HOUR)
    assert len(look(crew, track, unit, noon, reason="")) == 60
    assert Entry.objects.get(verb="positions.track_consulted").purpose == "own patrol"


@pytest.mark.parametrize(("since", "until"), [(HOUR, -HOUR), (timedelta(0), timedelta(0)), (-LONGEST, HOUR)])
def test_a_span_that_is_none_or_longer_than_a_shift_is_refused(track, unit, noon, chief, since, until):
    with pytest.raises(BadInput, match="at most 26 hours"):
        look(chief, track, unit, noon, since=since, until=until)


def test_the_crew_sees_who_looked_at_its_shift_when_and_why(track, unit, noon, crew, chief):
    look(chief, track, unit, noon)
    look(chief, track, unit, noon, since=timedelta(hours=5), until=timedelta(hours=6))
    look(crew, track, unit, noon, reason="")
    (seen,) = looks_at(crew, unit=unit)
    assert (seen.name, seen.reason, seen.since, seen.until) == ("The chief", WHY, noon - HOUR, noon + HOUR)
    assert looks_at(acting(make_staff("post_officer")), unit=unit) == []


class TestBringingIn:
    def file(self, *seconds):
        return ("time,lon,lat\n" + "".join(f"{AT + s},24.9,{60.1 + s * 1e-6:.6f}\n" for s in seconds)).encode()

    def test_a_file_goes_through_the_same_steps(self, tracks, unit, noon, crew):
        done = import_track(crew, tracks=tracks, unit=unit, data=self.file(-7200, -100, -90, -90, 0), at=noon)
        assert (done.read, done.kept) == (5, 3)
        assert [row[1] // 1000 - AT for row in tracks.of(unit.pk, 0, 10**13)] == [-100, -90, 0]
        assert Entry.objects.get(verb="positions.track_imported").subject == f"unit:{unit.pk}"

    def test_only_the_crew_and_who_delivers_positions_bring_one_in(self, tracks, unit, noon, machine):
        with pytest.raises(NotAllowed):
            import_track(acting(make_staff("dispatcher")), tracks=tracks, unit=unit, data=self.file(0), at=noon)
        assert import_track(machine, tracks=tracks, unit=unit, data=self.file(0), at=noon).kept == 1

    def test_a_file_that_is_none_says_what_is_wrong_and_nothing_is_kept(self, tracks, unit, noon, machine):
        with pytest.raises(BadInput, match="cannot be read: its first line names no column") as refused:
            import_track(machine, tracks=tracks, unit=unit, data=b"a,b\n1,2\n", at=noon)
        assert refused.value.field == "file"
        assert not Entry.objects.filter(verb="positions.track_imported").exists()

    def test_a_file_beyond_all_measure_is_refused(self, tracks, unit, noon, machine, monkeypatch):
        monkeypatch.setattr("maplebridge.positions.actions.looks.MOST_BYTES", 10)
        with pytest.raises(BadInput, match="larger than"):
            import_track(machine, tracks=tracks, unit=unit, data=self.file(0), at=noon)
