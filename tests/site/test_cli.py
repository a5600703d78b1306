"""The command line: it teaches, it says faults as sentences, and it never shows a traceback for one."""

import os
import shutil
import socket
import subprocess
import sys
from functools import partial

import pytest

from maplebridge.site.cli import COMMANDS, main, parser

PASSWORD = "Only-for-tests-5"


def run_in(home, *arguments, **settings):
    """Run the command in a process of its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
    env |= {"MAPLEBRIDGE_HOME": str(home), "MAPLEBRIDGE_PASSWORD": PASSWORD, **settings}
    text = [sys.executable, "-m", "maplebridge.site.cli", *arguments]
    return subprocess.run(text, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def maplebridge(tmp_path, first_day):
    """Run the command in a copy of that home."""
    shutil.copytree(first_day[0], tmp_path, dirs_exist_ok=True)
    return partial(run_in, tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_itself_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "examples:" in capsys.readouterr().out


def test_the_first_page_of_help_shows_the_first_steps(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert "maplebridge demo" in text
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["city", "import", "--roads", "x.osm.pbf", "--areas", "a.geojson", "--name", "X"],
        ["city", "speeds", "speeds.toml"],
        ["staff", "import", "staff.toml", "--check"],
        ["incidents", "import", "x.csv.gz", "--map", "x.toml"],
        ["replay", "--from", "2018-03-01", "--days", "7", "--speed", "60", "--units", "60"],
        ["journal", "verify"],
        ["token", "chief"],
        ["demo"], ["init"], ["serve"], ["worker"],
    ],
)  # fmt: skip
def test_the_commands_of_the_handbook_are_understood(arguments):
    assert callable(parser().parse_args(arguments).run)


def test_from_an_empty_folder_to_a_token_and_a_sound_journal(maplebridge, first_day):
    assert "can sign in as station chief" in first_day[1]
    assert maplebridge("init").stdout.startswith("The database is ready")
    assert maplebridge("token", "chief").stdout.startswith("mb_")
    verified = maplebridge("journal", "verify")
    assert verified.returncode == 0
    assert "The journal is sound: 34 entries" in verified.stdout


def fault_of(done):
    """The one line that a refused command prints."""
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (["init"], {"MAPLEBRIDGE_PORT": "x"}, "whole number"),
        (["token", "nobody"], {}, "There is no account “nobody”"),
        (["city", "import"], {}, "Say what to import"),
        (["city", "import", "--roads", "/no/such.osm.pbf"], {}, "no/such.osm.pbf"),
        (["staff", "import", "/no/such.toml"], {}, "no/such.toml"),
        (["replay", "--from", "soon"], {}, "is not a day"),
        (["serve", "--processes", "2"], {}, "need PostgreSQL"),
        (["init"], {"MAPLEBRIDGE_DATABASE": "postgresql://x@127.0.0.1:1/x"}, "The database does not answer"),
        (["init", "--admin", "chief"], {"MAPLEBRIDGE_PASSWORD": "short"}, "too short"),
    ],
)
def test_a_fault_of_the_person_or_the_place_is_one_sentence(maplebridge, arguments, settings, says):
    assert says in fault_of(maplebridge(*arguments, **settings))


def test_a_port_that_is_taken_is_named_with_another_to_try(maplebridge):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is in use" in fault_of(maplebridge("serve", "--port", str(port)))


def test_a_forged_journal_ends_with_one_and_names_the_entry(maplebridge, tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "maplebridge.sqlite3") as database:
        database.execute("UPDATE journal_entry SET verb = 'forged' WHERE position = 2")
    done = maplebridge("journal", "verify")
    assert done.returncode == 1
    assert "Entry 2 was changed" in done.stdout


@pytest.mark.parametrize("command", [["init"], ["serve"], ["token", "chief"], ["journal", "verify"]])
def test_a_database_of_an_unreleased_version_is_said_to_be_one(maplebridge, tmp_path, command):
    import sqlite3

    with sqlite3.connect(tmp_path / "maplebridge.sqlite3") as database:
        database.execute("ALTER TABLE people_unit RENAME COLUMN skills TO abilities")
    said = fault_of(maplebridge(*command))
    assert "made by an unreleased version (see its table people_unit)" in said
    assert str(tmp_path) in said


def test_a_database_that_was_never_made_is_said_to_be_behind(tmp_path):
    assert "Run `maplebridge init` first" in fault_of(run_in(tmp_path, "token", "chief"))
