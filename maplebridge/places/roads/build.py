"""From an OpenStreetMap file to a directory of road graphs, all modes; repeatable, and safe to interrupt.

`directory/roads.json` names the version that counts; each version is a folder of its own, written beside and made
valid by replacing that one small file. Processes that still map an older version keep it until they let go.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maplebridge.places.roads.grow import CutOff, Delays, ModeReport, grow
from maplebridge.places.roads.modes import MODES, Speeds, SpeedTable
from maplebridge.places.roads.read import Progress, RawRoads, read_roads
from maplebridge.places.roads.states import TURNS

FORMAT = 2
STAMP = "roads.json"
_SETTLED_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made, by mode; `fresh` is False where the directory was already up to date."""

    source: str
    sha256: str
    modes: tuple[ModeReport, ...]
    unresolved_turns: int
    seconds: float
    fresh: bool

    def sentences(self) -> list[str]:
        """Tell a person what was imported and what was cut off, one line per mode (English)."""
        return [_sentence(report) for report in self.modes]


def _sentence(report: ModeReport) -> str:
    cut = report.cut
    text = f"{report.mode}: {report.metres / 1000:,.0f} km of street, {report.junctions:,} junctions"
    if cut.parts:
        names = ", ".join(f"{name or 'without a name'} ({metres:,.0f} m)" for name, metres in cut.largest[:3])
        text += f"; cut off as unreachable {cut.metres / 1000:,.1f} km in {cut.parts:,} pieces, the largest: {names}"
    return text + "."


def build(
    osm_file: Path,
    directory: Path,
    *,
    speeds: Speeds | None = None,
    signal_seconds: float = 0.0,
    turn_seconds: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Make the road graphs of every mode from an OSM file; does nothing when `directory` already holds them.

    `speeds` as in `SpeedTable.of`; `signal_seconds` are lost at every traffic signal passed; `turn_seconds`, as
    {"left": 4, "right": 2, "round": 20}, are lost in turning by motor vehicles (the graph is then larger by half);
    `progress(text, share)` is called with share 0..1. Raises RoadFileUnreadable with a sentence for a file that can't
    be used, ValueError for a table that can't.
    """
    say = progress or (lambda text, share: None)
    started = time.perf_counter()
    table, delays = SpeedTable.of(speeds), _delays(signal_seconds, turn_seconds)
    digest = _fingerprint(osm_file, [FORMAT, speeds, signal_seconds, turn_seconds])
    old = read_stamp(directory)
    if old and old["sha256"] == digest and old["format"] == FORMAT and (directory / old["version"]).is_dir():
        say("roads are up to date", 1.0)
        return _report(old, time.perf_counter() - started, fresh=False)
    raw = read_roads(osm_file, table, lambda text, share: say(text, share * 0.6))
    version = f"{digest[:12]}-{os.getpid()}-{time.time_ns():x}"
    target = directory / version
    target.mkdir(parents=True)
    try:
        reports = _write_modes(raw, delays, target, say)
        stamp = {
            "format": FORMAT, "version": version, "source": osm_file.name, "sha256": digest,
            "unresolved_turns": raw.unresolved, "modes": [asdict(report) for report in reports],
        }  # fmt: skip
        _replace(directory / STAMP, stamp)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    _sweep(directory, {version, old["version"] if old else version})
    say("roads are ready", 1.0)
    return _report(stamp, time.perf_counter() - started, fresh=True)


def _write_modes(raw: RawRoads, delays: Delays, target: Path, say: Progress) -> list[ModeReport]:
    reports = []
    for i, mode in enumerate(MODES):
        say(f"building the roads for {mode}", 0.6 + 0.08 * i)
        grown = grow(raw, mode, delays)
        if grown:
            (target / mode).mkdir()
            grown[0].save(target / mode)
            reports.append(grown[1])
    return reports


def read_stamp(directory: Path) -> dict[str, Any] | None:
    """Give the stamp of a built directory; None where there is none, or it is of another format or damaged."""
    try:
        stamp = json.loads((directory / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) and stamp.get("format") == FORMAT else None


def _delays(signal_seconds: float, turn_seconds: Mapping[str, float] | None) -> Delays:
    for name, seconds in {"signal": signal_seconds, **(turn_seconds or {})}.items():
        if name not in ("signal", *TURNS) or not 0 <= seconds <= 300:
            raise ValueError(f"{seconds} s for “{name}” is no delay; give left, right or round, 0 to 300 s.")
    return Delays(signal_seconds, turn_seconds)


def _fingerprint(osm_file: Path, settings: list[Any]) -> str:
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=dict).encode())
    if osm_file.is_file():
        with osm_file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _replace(path: Path, stamp: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(stamp, indent=1, ensure_ascii=False), "utf-8")
    os.replace(draft, path)


def _sweep(directory: Path, keep: set[str]) -> None:
    """Remove versions before the last, which processes may be just loading; young ones may still be in the making."""
    for folder in directory.iterdir():
        ours = folder.is_dir() and folder.name not in keep and folder.name.count("-") == 2
        if ours and time.time() - folder.stat().st_mtime > _SETTLED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _report(stamp: dict[str, Any], seconds: float, *, fresh: bool) -> BuildReport:
    modes = []
    for mode in stamp["modes"]:
        cut = dict(mode["cut"])
        cut["largest"] = tuple((name, metres) for name, metres in cut["largest"])
        modes.append(ModeReport(**{**mode, "cut": CutOff(**cut)}))
    return BuildReport(stamp["source"], stamp["sha256"], tuple(modes), stamp["unresolved_turns"], seconds, fresh)
