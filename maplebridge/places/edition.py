"""The files of one edition of the city: tiles, street lines for reverse geocoding, spots. Each is made once, whole.

`directory/editions/HASH/` holds `base.pmtiles`, `streets.npz` and `spots.json`, `directory/source*` the file they came
from and `directory/roads` the road graphs. A run that was interrupted goes on with the first file that is missing.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _

from maplebridge.places.archive import write_archive
from maplebridge.places.basemap import base_layers
from maplebridge.places.osm import Box, CannotReadMap, MapData, Spot, read_map
from maplebridge.places.roads.modes import Speeds
from maplebridge.places.roads.network import BuildReport, RoadFileUnreadable, build
from maplebridge.places.rules import ATTRIBUTION, Names
from maplebridge.places.streets import crossing_spots, street_spots
from maplebridge.places.tiles import cut

FORMAT = 2  # raise when the files are made differently: every city is then made again at its next import
Progress = Callable[[str, float], None]  # what is being done, share of it done


@dataclass(frozen=True, slots=True)
class Edition:
    """The files of one edition and what is known of them."""

    digest: str
    folder: Path
    box: Box
    spots: list[Spot]
    roads: BuildReport


def digest_of(file: Path | None) -> str:
    """Hash a file's bytes and our format: 16 hexadecimal digits, "" for no file."""
    if file is None:
        return ""
    digest = hashlib.sha256(f"maplebridge city {FORMAT}\n".encode())
    try:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError:
        raise CannotReadMap(
            _("There is no file %(file)s. Give the path of a file that can be read.") % {"file": file}
        ) from None
    return digest.hexdigest()[:16]


def make_edition(
    source: Path, directory: Path, *, speeds: Speeds | None = None, progress: Progress | None = None
) -> Edition:
    """Make what is missing of the edition of an OSM file; what is in use stays till the end. Raises CannotReadMap."""
    say = progress or (lambda stage, fraction: None)
    digest = digest_of(source)
    folder = directory / "editions" / digest
    data: MapData | None = None
    if not all((folder / name).is_file() for name in ("spots.json", "streets.npz", "base.pmtiles")):
        data = read_map(source, lambda fraction: say(_("Reading the map"), fraction))
        folder.mkdir(parents=True, exist_ok=True)
    if data is not None and not (folder / "streets.npz").is_file():
        _write_streets(folder / "streets.npz", data)
    if data is not None and not (folder / "base.pmtiles").is_file():
        tiles = cut(base_layers(data), lambda fraction: say(_("Drawing the base map"), fraction))
        write_archive(folder / "base.pmtiles", tiles, box=data.box, name=source.name, attribution=ATTRIBUTION)
    if data is not None and not (folder / "spots.json").is_file():
        say(_("Finding streets, corners and addresses"), 0.0)
        _write_spots(folder / "spots.json", data)
        say(_("Finding streets, corners and addresses"), 1.0)
    report = _build_roads(source, directory, speeds, say)
    box, spots = _read_spots(folder / "spots.json")
    _keep_source(source, directory)
    return Edition(digest, folder, box, spots, report)


def _build_roads(source: Path, directory: Path, speeds: Speeds | None, say: Progress) -> BuildReport:
    stage = _("Building the roads")
    try:
        return build(
            source, directory / "roads", speeds=speeds or None, progress=lambda _text, share: say(stage, share)
        )
    except RoadFileUnreadable as error:
        raise CannotReadMap(str(error)) from None


def rebuild_roads(directory: Path, speeds: Speeds | None, progress: Progress | None = None) -> BuildReport:
    """Build the road graphs again from the kept source with other speeds. Raises CannotReadMap where none is kept."""
    source = kept_source(directory)
    if source is None:
        raise CannotReadMap(_("The map file of this city is no longer kept. Import the city again."))
    return _build_roads(source, directory, speeds, progress or (lambda stage, fraction: None))


def kept_source(directory: Path) -> Path | None:
    """Give the kept copy of the imported OSM file, None where there is none."""
    return next(iter(sorted(directory.glob("source.*"))), None)


def sweep(directory: Path, keep: set[str]) -> None:
    """Remove the editions that are neither current nor the one before."""
    for folder in (directory / "editions").iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _keep_source(source: Path, directory: Path) -> None:
    suffix = "".join(source.suffixes[-2:]) if ".osm" in source.suffixes else source.suffix
    target = directory / f"source{suffix}"
    if target.exists() and os.path.samefile(source, target):
        return
    draft = directory / ".source.part"
    shutil.copyfile(source, draft)
    for old in directory.glob("source.*"):
        old.unlink()
    draft.replace(target)


def _write_streets(file: Path, data: MapData) -> None:
    """Write the lines and names of named streets, points in units of 1e-7 degree as in OpenStreetMap."""
    named = [i for i, street in enumerate(data.streets) if street.names]
    coords, line = shapely.get_coordinates(data.street_lines[named], return_index=True)
    names = [data.streets[i].names or Names("") for i in named]
    draft = file.with_suffix(".part")
    with draft.open("wb") as out:
        np.savez(
            out, coords=np.rint(coords * 1e7).astype(np.int32), line=line.astype(np.int32),
            names=np.array([name.name for name in names], np.str_),
            names_zh=np.array([name.zh for name in names], np.str_),
        )  # fmt: skip
    draft.replace(file)


def read_streets(file: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32], list[str], list[str]]:
    """Give the points (lon, lat), the line each belongs to, and the names and Chinese names of the lines."""
    with np.load(file) as data:
        return data["coords"] / 1e7, data["line"], data["names"].tolist(), data["names_zh"].tolist()


def _write_spots(file: Path, data: MapData) -> None:
    spots = [*street_spots(data), *crossing_spots(data), *data.spots]
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps({"box": data.box, "spots": spots}, ensure_ascii=False), "utf-8")
    draft.replace(file)


def _read_spots(file: Path) -> tuple[Box, list[Spot]]:
    data = json.loads(file.read_text("utf-8"))
    west, south, east, north = data["box"]
    spots = [Spot(*row)._replace(names=Names(row[3][0], row[3][1], tuple(row[3][2]))) for row in data["spots"]]
    return (west, south, east, north), spots
