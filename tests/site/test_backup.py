"""Backup while the service writes, restore, and the proof that the journal is the same; damage is named."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg
import pytest

from benchmarks.served import PASSWORD, ROOT, command, script, throwaway

WRITE = """
import sys, time
from maplebridge.journal.act import act
from maplebridge.kernel import clock
from maplebridge.people.actor import system
for number in range({count}):
    with act(system("test"), "test.happened", at=clock.now()) as entry:
        entry.about(f"thing:{{number}}", number=number).keep_private(words=f"words {{number}}")
    if number == 30:
        print("going", flush=True)
"""


def at_home(home, url=""):
    """The environment of an installation."""
    values = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
    values |= {"MAPLEBRIDGE_HOME": str(home), "MAPLEBRIDGE_PASSWORD": PASSWORD}
    return values | ({"MAPLEBRIDGE_DATABASE": url} if url else {})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def made(request, tmp_path_factory, first_day):
    """An installation with some history, on either database: its home, and where its database is."""
    home = tmp_path_factory.mktemp("made") / "home"
    with throwaway(durable=False) if request.param == "postgresql" else nullcontext("") as url:
        if url:
            command(at_home(home, url), "init", "--admin", "chief")
        else:
            shutil.copytree(first_day[0], home)
        script(at_home(home, url), WRITE.format(count=40))
        files = home / "files" / "incidents"
        files.mkdir(parents=True)
        (files / "photo.jpg").write_bytes(b"a photo")
        yield home, url


@pytest.fixture
def env(made, tmp_path):
    """A copy of that installation, to do with as one likes."""
    home, url = made
    shutil.copytree(home, tmp_path / "home")
    if url:
        server, whole = url.rpartition("/")[0], url.rpartition("/")[2]
        with psycopg.connect(f"{server}/template1", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS copied WITH (FORCE)")
            connection.execute(f"CREATE DATABASE copied TEMPLATE {whole}")
        url = f"{server}/copied"
    return at_home(tmp_path / "home", url)


@contextmanager
def writing(env):
    """Acts by another process for as long as the block lasts, begun before it."""
    head = "import django, os; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'maplebridge.site.settings')\n"
    source = f"{head}django.setup()\n{WRITE.format(count=100_000)}"
    process = subprocess.Popen([sys.executable, "-c", source], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "going\n"
        yield
        assert process.poll() is None, "it stopped writing before the backup was made"
    finally:
        process.kill()
        process.wait()


def verified(env):
    return command(env, "journal", "verify")


def test_a_backup_made_while_others_write_restores_to_the_root_of_its_checkpoint(env, tmp_path):
    folder = tmp_path / "backup"
    with writing(env):
        command(env, "backup", str(folder))
    manifest = json.loads((folder / "manifest.json").read_text())
    grown = verified(env)
    assert manifest["size"] > 40
    assert manifest["root"] not in grown
    shutil.rmtree(tmp_path / "home" / "files")
    told = command(env, "restore", str(folder), "--replace")
    assert f"root equals the backup's checkpoint: {manifest['root']}" in told
    assert "Set aside" in told
    assert f"{manifest['size']} entries, root {manifest['root']}" in verified(env)
    assert (tmp_path / "home" / "files" / "incidents" / "photo.jpg").read_bytes() == b"a photo"


def test_a_restore_touches_nothing_where_data_are_or_a_part_is_damaged(env, tmp_path):
    folder = tmp_path / "backup"
    command(env, "backup", str(folder))
    before = verified(env)
    refused = failing(env, "restore", str(folder))
    assert "With --replace they are set aside" in refused
    part = next(name for name in json.loads((folder / "manifest.json").read_text())["parts"] if "database" in name)
    content = bytearray((folder / part).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / part).write_bytes(content)
    assert f"{part} in the backup was changed" in failing(env, "restore", str(folder), "--replace")
    (folder / part).unlink()
    assert f"lacks {part}" in failing(env, "restore", str(folder), "--replace")
    (folder / "manifest.json").write_text("{}")
    assert "is no backup" in failing(env, "restore", str(folder), "--replace")
    assert verified(env) == before


def failing(env, *arguments):
    with pytest.raises(RuntimeError) as error:
        command(env, *arguments)
    return str(error.value)


def test_a_backup_never_overwrites_and_takes_keys_only_when_told(env, tmp_path):
    folder = tmp_path / "backup"
    command(env, "backup", str(folder))
    assert not (folder / "keys").exists()
    assert "is there already" in failing(env, "backup", str(folder))
    command(env, "backup", str(tmp_path / "with keys"), "--with-keys")
    kept = tmp_path / "with keys" / "keys" / "journal.key"
    assert kept.read_text() == (tmp_path / "home" / "keys" / "journal.key").read_text()
    assert not any(Path(tmp_path).glob(".*.part"))


def test_an_empty_place_is_restored_without_being_asked_to_replace(tmp_path, first_day):
    env = at_home(shutil.copytree(first_day[0], tmp_path / "first"))
    command(env, "backup", str(tmp_path / "backup"), "--with-keys")
    there = env | {"MAPLEBRIDGE_HOME": str(tmp_path / "second")}
    assert "root equals" in command(there, "restore", str(tmp_path / "backup"))
    assert command(there, "journal", "key") == command(env, "journal", "key")
