"""Configuration: `MAPLEBRIDGE_*` in the environment over one TOML file, checked at start with sentences."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadConfiguration(Exception):
    """A setting is unusable; the message says which, why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that an operator may set. Names in the environment: MAPLEBRIDGE_ + the name in capitals."""

    home: Path = field(default_factory=lambda: Path("var"))
    database: str = ""  # empty: SQLite in `home`; else postgresql://user:password@host:port/name
    secret_key: str = ""  # empty: made once and kept in `home`
    hosts: str = "127.0.0.1,localhost"
    origin: str = ""  # public address, for example https://police.example.org
    port: int = 8000
    debug: bool = False
    time_zone: str = "UTC"
    style_url: str = ""  # an online map style instead of our own base map
    map_hosts: str = ""  # where that style takes its tiles from besides its own host: https://tiles.example.org ...
    language: str = "en"
    demo: bool = False
    worker: bool = True  # run reactions and timers inside the server; false where `maplebridge worker` runs apart
    trusted_proxies: str = "127.0.0.1,::1"  # where the TLS proxy speaks from; counts only where `origin` is https
    journal_name: str = "maplebridge.local/journal"  # by which others know this journal: a name such as an address
    journal_open: bool = False  # whether anyone may fetch the entries themselves; their hashes are open to all
    require_mfa: bool = True  # a second factor for whoever may see personal data; the demo does without
    breached_passwords: str = ""  # a file of breached passwords: SHA-1:count, ordered by hash, as published
    directory_url: str = ""  # the agency's own directory (OpenID Connect): the address of its issuer
    directory_name: str = "Directory"
    directory_client: str = ""
    directory_secret: str = ""
    bus: str = ""  # several machines: nats://10.0.0.1:4222,nats://10.0.0.2:4222,... ; empty: within this process
    mqtt: str = ""  # the broker that the MQTT edge reads: mqtt://user:password@host:1883
    mqtt_public: str = ""  # the same as phones reach it: mqtts://positions.example.org:8883
    tracks_full_days: int = 30  # whole tracks of units, at most 30 days
    tracks_days: int = 90  # thinned to a fix a minute, at most 90 days
    sightings_days: int = 7  # checks of items that nobody reported stolen, from 1 to 7 days
    checks_a_minute: int = 60  # codes that one address may ask for over the API without an account, of each process
    threads: int = 4  # requests that Django answers at once in one process

    @property
    def map_origins(self) -> tuple[str, ...]:
        """Origins that a browser may fetch the configured online map from; none with our own base map."""
        if not self.style_url:
            return ()
        style = urlsplit(self.style_url)
        return tuple(dict.fromkeys((f"{style.scheme}://{style.netloc}", *self.map_hosts.split())))

    @property
    def bus_servers(self) -> tuple[str, ...]:
        """Addresses of the NATS servers; none where the bus lies within the process."""
        return tuple(name.strip() for name in self.bus.split(",") if name.strip())

    @property
    def proxies(self) -> tuple[str, ...]:
        """Addresses and networks whose X-Forwarded-For is believed; none where no TLS proxy stands in front."""
        names = (part.strip() for part in self.trusted_proxies.split(","))
        return tuple(name for name in names if name) if self.secure else ()

    @property
    def mfa_required(self) -> bool:
        """Whether roles that see personal data need a second factor."""
        return self.require_mfa and not self.demo

    @property
    def secure(self) -> bool:
        """Whether the service is reached over TLS, so that cookies must be too."""
        return self.origin.startswith("https://")


def load(environment: Mapping[str, str] | None = None) -> Config:
    """Read the TOML file named by MAPLEBRIDGE_CONFIG (or HOME/maplebridge.toml), then the environment over it.

    Raises BadConfiguration with a sentence.
    """
    env = os.environ if environment is None else environment
    config = Config()
    home = Path(env.get("MAPLEBRIDGE_HOME", config.home))
    file = Path(env.get("MAPLEBRIDGE_CONFIG", home / "maplebridge.toml"))
    values: dict[str, Any] = {}
    if file.exists():
        values |= _from_toml(file)
    elif "MAPLEBRIDGE_CONFIG" in env:
        raise BadConfiguration(f"MAPLEBRIDGE_CONFIG names {file}, which is not there. Create it or unset the variable.")
    known = {f.name for f in fields(Config)}
    values |= {n: env[f"MAPLEBRIDGE_{n.upper()}"] for n in known if f"MAPLEBRIDGE_{n.upper()}" in env}
    if unknown := set(values) - known:
        names, all_names = ", ".join(sorted(unknown)), ", ".join(sorted(known))
        raise BadConfiguration(f"{file} sets {names}, which Maplebridge does not know. Known: {all_names}.")
    return _checked(replace(config, **{name: _converted(name, value) for name, value in values.items()}))


def _from_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{file} is not valid TOML: {error}.") from error


_MOST = {
    "port": 65_535, "threads": 256, "tracks_full_days": 30, "tracks_days": 90, "sightings_days": 7,
    "checks_a_minute": 1_000_000_000,
}  # fmt: skip


def _converted(name: str, value: Any) -> Any:
    if name == "home":
        return Path(value)
    if name in ("debug", "demo", "worker", "journal_open", "require_mfa"):
        if str(value).lower() not in ("1", "0", "true", "false", "yes", "no", ""):
            raise BadConfiguration(f"{name} is {value!r}; write true or false.")
        return str(value).lower() in ("1", "true", "yes")
    if name in _MOST:
        if not str(value).isdigit() or not 0 < int(value) <= _MOST[name]:
            raise BadConfiguration(f"{name} is {value!r}; write a whole number from 1 to {_MOST[name]}.")
        return int(value)
    return str(value)


def _checked(config: Config) -> Config:
    try:
        ZoneInfo(config.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadConfiguration(
            f"time_zone is {config.time_zone!r}; write a name such as Europe/Helsinki or Asia/Shanghai."
        ) from error
    if config.database and urlsplit(config.database).scheme not in ("postgresql", "postgres"):
        raise BadConfiguration("database must start with postgresql:// , or be empty for the embedded SQLite.")
    if any(
        urlsplit(url).scheme not in ("http", "https") for url in (config.style_url, *config.map_hosts.split()) if url
    ):
        raise BadConfiguration("style_url and map_hosts are addresses that start with https:// (or http://).")
    for name in config.trusted_proxies.split(","):
        try:
            ip_network(name.strip() or "127.0.0.1", strict=False)
        except ValueError as error:
            raise BadConfiguration(
                f"trusted_proxies has {name.strip()!r}; write addresses or networks with commas, such as 10.0.0.0/8."
            ) from error
    if config.breached_passwords and not Path(config.breached_passwords).is_file():
        raise BadConfiguration(f"breached_passwords names {config.breached_passwords}, which is not there.")
    if config.directory_url and not (config.directory_url.startswith("https://") or config.debug):
        raise BadConfiguration("directory_url is the https:// address of an OpenID Connect issuer.")
    if bool(config.directory_url) != bool(config.directory_client):
        raise BadConfiguration("directory_url and directory_client are given together, or neither.")
    if any(urlsplit(server).scheme not in ("nats", "tls") for server in config.bus_servers):
        raise BadConfiguration("bus names NATS servers with commas: nats://10.0.0.1:4222,nats://10.0.0.2:4222.")
    if any(urlsplit(broker).scheme not in ("mqtt", "mqtts", "") for broker in (config.mqtt, config.mqtt_public)):
        raise BadConfiguration("mqtt is the address of a broker: mqtt://user:password@host:1883, or mqtts:// with TLS.")
    if not config.journal_name or any(char.isspace() or char == "+" for char in config.journal_name):
        raise BadConfiguration(f"journal_name is {config.journal_name!r}; write a name without spaces and plus signs.")
    if config.language not in ("en", "zh-hans"):
        raise BadConfiguration(f"language is {config.language!r}; write en or zh-hans.")
    return replace(config, home=config.home.expanduser().resolve())


def secret_of(config: Config) -> str:
    """Return the secret key: the configured one, or one made once and kept readable by the owner alone."""
    if config.secret_key:
        return config.secret_key
    file = config.home / "secret_key"
    if not file.exists():
        config.home.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def words_of_the_place() -> list[str]:
    """Names of the city, which make weak passwords; none before the first city is imported."""
    from maplebridge.places.models import City

    return list(City.objects.values_list("name", flat=True))


def directory_of(config: Config) -> list[dict[str, Any]]:
    """The agency's directory as django-allauth takes it; empty without one."""
    if not config.directory_url:
        return []
    return [
        {
            "provider_id": "directory",
            "name": config.directory_name,
            "client_id": config.directory_client,
            "secret": config.directory_secret,
            "settings": {"server_url": config.directory_url, "uid_field": "sub"},
        }
    ]


def database_of(config: Config) -> dict[str, Any]:
    """Django's DATABASES["default"] for this configuration."""
    if not config.database:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(config.home / "maplebridge.sqlite3"),
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": str(config.home / "test.sqlite3")},  # a file, so that threads meet as they do in earnest
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
            },
        }
    url = urlsplit(config.database)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
