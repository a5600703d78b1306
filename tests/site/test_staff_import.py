"""A city's staff from a file: wrong rows get sentences, right ones are written once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from staff_for_tests import acting

from maplebridge.incidents.models import Target
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput
from maplebridge.people.models import Shift, Unit, User
from maplebridge.site.cli import parser
from maplebridge.site.commands.city import read_speeds
from maplebridge.site.staff_file import Known, read_staff

EXAMPLE = Path(__file__).parents[2] / "docs" / "howto" / "staff.example.toml"
HELSINKI = ZoneInfo("Europe/Helsinki")
KNOWN = Known(
    today=date(2026, 5, 4), zone=HELSINKI, box=(24.0, 60.0, 25.5, 60.5), areas=frozenset({"north"}),
    types=frozenset({"burglary"}), call_signs=frozenset({"C1"}), usernames=frozenset({"jo"}),
    password_faults=lambda password: [] if len(password) > 9 else ["Too short."],
)  # fmt: skip
USER = '[[user]]\nusername = "an"\nname = "An"\nrole = "dispatcher"\n'
UNIT = '[[unit]]\ncall_sign = "m21"\nkind = "car"\nhome = [24.9, 60.2]\n'
SHIFT = '[[shift]]\nunit = "C1"\n'
DAY = 'from = "08:00"\nto = "20:00"\n'
TARGET = '[[target]]\nmeasure = "response"\nseconds = 600\n'


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        file = tmp_path / "staff.toml"
        file.write_text(text, encoding="utf-8")
        return read_staff(file, KNOWN)

    return read_text


def test_a_daily_shift_is_local_time_for_so_many_days(read):
    staff = read(SHIFT + DAY + 'crew = ["jo"]\ndays = 3\n')
    assert staff.faults == []
    assert [shift.starts_at for shift in staff.shifts] == [datetime(2026, 5, 4 + n, 5, tzinfo=UTC) for n in range(3)]
    assert {shift.ends_at - shift.starts_at for shift in staff.shifts} == {timedelta(hours=12)}


def test_a_night_shift_ends_the_next_morning_on_the_weekdays_named(read):
    staff = read(SHIFT + 'from = "22:00"\nto = "06:00"\nweekdays = ["fri"]\n')
    assert [shift.starts_at.astimezone(HELSINKI).isoweekday() for shift in staff.shifts] == [5, 5]
    assert {shift.ends_at - shift.starts_at for shift in staff.shifts} == {timedelta(hours=8)}


def test_a_single_shift_is_of_the_citys_time_unless_it_says_otherwise(read):
    staff = read(SHIFT + "starts = 2026-12-01T08:00:00\nends = 2026-12-01T12:00:00Z\n")
    assert (staff.shifts[0].starts_at.hour, staff.shifts[0].ends_at.hour) == (6, 12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (USER.replace("dispatcher", "king"), "user 1 (an): role is “king”; write one of call_taker"),
        (USER.replace("dispatcher", "system"), "user 1 (an): role is “system”"),
        (USER + USER, "user 2 (an): this username stands in the file twice."),
        (USER + 'password = "short"\n', "user 1 (an): password: Too short."),
        (USER + 'area = "south"\n', "user 1 (an): there is no area “south”. Codes: north."),
        (USER + 'rank = "9"\n', "user 1 (an): there is no “rank” here; write area"),
        (USER.replace('"An"', '"A\\u0000n"'), "name must be one line"),
        (USER.replace('"An"', "7"), "name is 7; write it in quotation marks"),
        (USER.replace('"An"', '""'), "name is missing"),
        (UNIT.replace("24.9, 60.2", "60.2, 24.9"), "unit 1 (m21): home lies outside the city's map"),
        (UNIT.replace("24.9, 60.2", "nan, 60.2"), "home is not a place on Earth"),
        (UNIT.replace("[24.9, 60.2]", '"there"'), "home must be [longitude, latitude]"),
        (UNIT.replace('"car"', '"tank"'), "kind is “tank”; write one of foot"),
        (UNIT.replace("m21", "a-call-sign-too-long"), "call_sign must be one line of at most 12"),
        (UNIT + UNIT, "unit 2 (m21): this call sign stands"),
        (SHIFT.replace("C1", "X9") + DAY, "shift 1 (X9): there is no unit “X9”"),
        (SHIFT + DAY + 'crew = ["ghost"]\n', "shift 1 (C1): there is no account “ghost”"),
        (SHIFT + DAY + "days = 0\n", "days is 0"),
        (SHIFT + DAY + 'weekdays = ["someday"]\n', "“someday” is no weekday"),
        (SHIFT + 'from = "8"\nto = "20:00"\n', "from must be a time of day"),
        (SHIFT + "starts = 2026-12-01T08:00:00\nends = 2026-12-01T08:00:00\n", "ends after it starts"),
        (SHIFT + "starts = 2026-12-01T08:00:00\n", "ends must be a moment"),
        (SHIFT + DAY + SHIFT + DAY, "shift 2 (C1): this unit has another shift on 2026-05-04"),
        (TARGET + 'type = "theft"\n', "target 1 (response): there is no type “theft”. Types: burglary."),
        (TARGET.replace("600", "0"), "seconds must be a whole number"),
        (TARGET + "share = 90\n", "share must be above 0"),
        (TARGET.replace("response", "mood"), "measure is “mood”"),
        ("[[people]]\n", "There is no table “people”"),
        ("user = 3\n", "Begin each row with [[user]]"),
        ("[[user]\n", "is not valid TOML"),
    ],
)
def test_each_wrong_row_gets_a_sentence_with_its_table_and_number(read, text, says):
    faults = read(text).faults
    assert len(faults) == 1
    assert says in faults[0]


def test_all_wrong_rows_are_said_at_once(read):
    assert (
        len(read(USER.replace("dispatcher", "king") + UNIT.replace("car", "tank") + TARGET + "share = 2\n").faults) == 3
    )


def importing(file, *options):
    options = parser().parse_args(["staff", "import", str(file), *options])
    return options.run(options)


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    def test_the_example_of_the_handbook_is_imported_once(self, capsys):
        assert importing(EXAMPLE) == 0
        said = capsys.readouterr().out
        assert "Password of dispatch.1, shown this once: " in said
        assert (User.objects.count(), Unit.objects.count(), Target.objects.count()) == (3, 2, 1)
        password = said.split("dispatch.1, shown this once: ")[1].split("\n")[0]
        assert User.objects.get(username="dispatch.1").check_password(password)
        assert User.objects.get(username="officer.7").expires_at == datetime(2030, 1, 1, tzinfo=UTC)
        assert [user.username for user in Shift.objects.filter(unit__call_sign="M21")[0].crew.all()] == ["officer.7"]
        entries = Entry.objects.count()
        assert importing(EXAMPLE) == 0
        assert "New or changed: 0 accounts, 0 units, 0 shifts, 0 targets." in capsys.readouterr().out
        assert Entry.objects.count() == entries

    def test_a_check_writes_nothing(self, capsys):
        assert importing(EXAMPLE, "--check") == 0
        assert "Would change: 3 accounts, 2 units" in capsys.readouterr().out
        assert not User.objects.exists()
        assert not Unit.objects.exists()

    def test_one_wrong_row_keeps_all_from_being_written(self, tmp_path, capsys):
        file = tmp_path / "staff.toml"
        file.write_text(USER + UNIT.replace("car", "tank"))
        assert importing(file) == 2
        assert "unit 1 (m21): kind is “tank”" in capsys.readouterr().err
        assert not User.objects.exists()

    def test_a_changed_row_changes_its_record_and_keeps_the_password(self, tmp_path, capsys):
        file = tmp_path / "staff.toml"
        file.write_text(USER + 'password = "quite a long one"\n' + UNIT)
        importing(file)
        file.write_text(USER.replace("dispatcher", "chief") + UNIT.replace("car", "foot"))
        importing(file)
        assert "1 accounts, 1 units" in capsys.readouterr().out.splitlines()[-1]
        user = User.objects.get()
        assert [held.role for held in acting(user).grants] == ["chief"]
        assert user.check_password("quite a long one")
        assert Unit.objects.get().kind == "foot"

    def test_names_and_passwords_stay_out_of_the_journal(self, tmp_path):
        file = tmp_path / "staff.toml"
        file.write_text(USER.replace('"an"', '"an.li.secret"') + 'password = "quite a long one"\n')
        importing(file)
        assert not any(
            "an.li.secret" in body or "quite" in body for body in Entry.objects.values_list("body", flat=True)
        )


@pytest.mark.parametrize(
    ("text", "says"), [('residential = "fast"', "write a speed"), ("[foot]\nsteps = -1", "steps is -1"), ("[", "TOML")]
)
def test_a_speed_that_is_none_is_refused_with_a_sentence(tmp_path, text, says):
    file = tmp_path / "speeds.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=says):
        read_speeds(file)


def test_speeds_are_read_by_class_and_by_mode(tmp_path):
    file = tmp_path / "speeds.toml"
    file.write_text("residential = 22\n[foot]\nsteps = 2\n")
    assert read_speeds(file) == {"residential": 22, "foot": {"steps": 2}}
