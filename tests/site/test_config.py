"""Configuration: the environment over one file, and a sentence for what cannot be."""

import pytest

from maplebridge.site.config import BadConfiguration, database_of, load, secret_of


def test_without_anything_it_is_a_laptop(tmp_path):
    config = load({"MAPLEBRIDGE_HOME": str(tmp_path)})
    assert (config.port, config.database, config.demo, config.worker) == (8000, "", False, True)
    assert database_of(config)["ENGINE"].endswith("sqlite3")
    assert "synchronous=FULL" in database_of(config)["OPTIONS"]["init_command"]


def test_the_environment_counts_before_the_file(tmp_path):
    (tmp_path / "maplebridge.toml").write_text('port = 8001\ntime_zone = "Asia/Shanghai"\n')
    config = load({"MAPLEBRIDGE_HOME": str(tmp_path), "MAPLEBRIDGE_PORT": "8002"})
    assert (config.port, config.time_zone) == (8002, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("PORT", "eighty", "whole number from 1 to 65535"),
        ("PORT", "70000", "whole number from 1 to 65535"),
        ("THREADS", "0", "whole number from 1 to 256"),
        ("TRACKS_FULL_DAYS", "31", "whole number from 1 to 30"),
        ("TRACKS_DAYS", "91", "whole number from 1 to 90"),
        ("TRACKS_DAYS", "0", "whole number from 1 to 90"),
        ("BUS", "redis://10.0.0.1", "names NATS servers"),
        ("MQTT", "tcp://10.0.0.1", "address of a broker"),
        ("DEBUG", "perhaps", "write true or false"),
        ("TIME_ZONE", "Helsinki", "Europe/Helsinki"),
        ("DATABASE", "mysql://x", "must start with postgresql://"),
        ("LANGUAGE", "fr", "write en or zh-hans"),
        ("CONFIG", "/nowhere/at/all.toml", "is not there"),
    ],
)
def test_a_bad_setting_gets_a_sentence_that_names_it(tmp_path, setting, value, says):
    with pytest.raises(BadConfiguration, match=says):
        load({"MAPLEBRIDGE_HOME": str(tmp_path), f"MAPLEBRIDGE_{setting}": value})


@pytest.mark.parametrize(
    ("text", "says"), [("port = [", "not valid TOML"), ("prot = 1", "prot, which Maplebridge does not")]
)
def test_a_bad_file_gets_a_sentence_that_names_it(tmp_path, text, says):
    (tmp_path / "maplebridge.toml").write_text(text)
    with pytest.raises(BadConfiguration, match=says):
        load({"MAPLEBRIDGE_HOME": str(tmp_path)})


def test_a_database_address_is_taken_apart_with_its_escapes(tmp_path):
    url = "postgresql://maple:p%40ss@db.example:5433/bridge"
    found = database_of(load({"MAPLEBRIDGE_HOME": str(tmp_path), "MAPLEBRIDGE_DATABASE": url}))
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "maple", "p@ss", "db.example", "5433", "bridge",
    )  # fmt: skip


def test_the_secret_is_made_once_and_for_the_owner_alone(tmp_path):
    config = load({"MAPLEBRIDGE_HOME": str(tmp_path / "new")})
    secret = secret_of(config)
    assert len(secret) > 40
    assert secret_of(config) == secret
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0


def test_cookies_are_secure_where_the_origin_is(tmp_path):
    assert load({"MAPLEBRIDGE_HOME": str(tmp_path), "MAPLEBRIDGE_ORIGIN": "https://police.example"}).secure
    assert not load({"MAPLEBRIDGE_HOME": str(tmp_path)}).secure


def test_an_online_map_is_let_through_the_content_security_policy_and_nothing_else_is():
    from maplebridge.site.middleware import content_security_policy

    ours = content_security_policy(load({}))
    assert "http" not in ours
    theirs = content_security_policy(
        load(
            {
                "MAPLEBRIDGE_STYLE_URL": "https://maps.example.org/style.json",
                "MAPLEBRIDGE_MAP_HOSTS": "https://tiles.example.org",
            }
        )
    )
    assert "connect-src 'self' https://maps.example.org https://tiles.example.org;" in theirs
    assert "script-src 'self';" in theirs


def test_a_map_address_that_is_none_is_refused_with_a_sentence():
    with pytest.raises(BadConfiguration, match="https://"):
        load({"MAPLEBRIDGE_STYLE_URL": "javascript:alert(1)"})
