"""Valhalla as a peer: the programs of the pyvalhalla 3.9.1 wheel, run as a service beside us.

The wheel is for Python 3.12, so nothing of it is imported: `valhalla_build_tiles` makes tiles from the same file and
`valhalla_service` answers over HTTP on this machine. Kept in $MAPLEBRIDGE_BENCH_CACHE, or ~/.cache/maplebridge-bench.
"""

import http.client
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any

VERSION = "3.9.1"


class NoValhalla(Exception):
    """Valhalla can't be had or started here; says why."""


def cache() -> Path:
    """Give the folder, outside the repository, that keeps the wheel and the tiles."""
    return Path(os.environ.get("MAPLEBRIDGE_BENCH_CACHE") or Path.home() / ".cache" / "maplebridge-bench")


def programs() -> Path:
    """Give the folder with Valhalla's wheel unpacked, downloading it where need be; raises NoValhalla."""
    folder = cache() / f"valhalla-{VERSION}"
    if (folder / "valhalla" / "bin" / "valhalla_service").exists():
        return folder
    cache().mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--python-version", "3.12",
        "--platform", f"manylinux_2_28_{platform.machine()}", "-d", str(cache()), f"pyvalhalla=={VERSION}",
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    wheels = sorted(cache().glob(f"pyvalhalla-{VERSION}-*.whl"))
    if not wheels:
        raise NoValhalla(f"The wheel of pyvalhalla {VERSION} can't be downloaded: {result.stderr.strip()[-200:]}")
    draft = folder.with_suffix(".part")
    shutil.rmtree(draft, ignore_errors=True)
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(draft)
    for program in (draft / "valhalla" / "bin").iterdir():
        program.chmod(0o755)
    draft.rename(folder)
    return folder


class Valhalla:
    """A running service over the tiles of one OSM file."""

    def __init__(self, osm_file: Path, algorithm: str = "timedistancematrix") -> None:
        self.bin = programs() / "valhalla" / "bin"
        self.folder = cache() / f"tiles-{osm_file.stem}-{osm_file.stat().st_size}"
        self.port = _free_port()
        self.config = self._configured(algorithm)
        self._make_tiles(osm_file)
        self._service: subprocess.Popen[bytes] | None = None

    def _configured(self, algorithm: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        script = self.bin.parent / "valhalla_build_config.py"
        made = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
        if made.returncode:
            raise NoValhalla(f"Valhalla's configuration can't be made: {made.stderr.strip()[-200:]}")
        config = json.loads(made.stdout)
        config["mjolnir"].update(tile_dir=str(self.folder / "tiles"), concurrency=2, tile_extract="")
        config["mjolnir"].pop("traffic_extract", None)
        config["thor"]["source_to_target_algorithm"] = algorithm
        config["service_limits"]["auto"].update(
            max_locations=3000, max_matrix_location_pairs=100_000, max_matrix_distance=1e6
        )
        sockets = self.folder / "s"
        for part in ("loki", "thor", "odin", "meili"):
            config.get(part, {}).get("service", {}).update(proxy=f"ipc://{sockets}-{part}")
        config["httpd"]["service"].update(
            listen=f"tcp://127.0.0.1:{self.port}", loopback=f"ipc://{sockets}-loop", interrupt=f"ipc://{sockets}-int"
        )
        for part in ("loki", "thor", "odin"):
            config[part]["logging"] = {"type": ""}
        path = self.folder / "valhalla.json"
        path.write_text(json.dumps(config))
        return path

    def _make_tiles(self, osm_file: Path) -> None:
        if any((self.folder / "tiles").rglob("*.gph")):
            return
        (self.folder / "tiles").mkdir(exist_ok=True)
        command = [str(self.bin / "valhalla_build_tiles"), "-c", str(self.config), str(osm_file)]
        made = subprocess.run(command, capture_output=True, text=True, timeout=900)
        if not any((self.folder / "tiles").rglob("*.gph")):
            raise NoValhalla(f"Valhalla made no tiles: {(made.stderr or made.stdout).strip()[-200:]}")

    def __enter__(self) -> "Valhalla":
        command = [str(self.bin / "valhalla_service"), str(self.config), "1"]
        with (self.folder / "service.log").open("wb") as log:
            self._service = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(100):
            time.sleep(0.1)
            try:
                self.ask("status", {})
                return self
            except OSError:
                if self._service.poll() is not None:
                    break
        self.__exit__(None, None, None)
        log_end = (self.folder / "service.log").read_text(errors="replace")[-300:]
        raise NoValhalla(f"Valhalla's service does not answer: {log_end}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._service:
            self._service.kill()  # it answers a polite end only after half a minute
            self._service.wait(20)

    def ask(self, action: str, question: dict[str, Any]) -> dict[str, Any]:
        """Put one question; returns the answer, which holds `error` where Valhalla refuses."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            link.request("POST", f"/{action}", json.dumps(question), {"Content-Type": "application/json"})
            answer: dict[str, Any] = json.loads(link.getresponse().read())
        finally:
            link.close()
        return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
