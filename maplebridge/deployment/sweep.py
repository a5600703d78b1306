"""Many scenarios, in chunks of replications, on all cores of this machine or on a Dask cluster; stopped and resumed.

MAPLEBRIDGE_DASK=tcp://host:8786 names a scheduler whose workers have this package installed (`pip install
maplebridge[dask]`); without it, a pool of processes works. The code is the same: both are executors of the standard
library's kind. The figures are the same, too: a replication depends on nothing but its scenario, seed and number.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.scenario import Scenario
from maplebridge.deployment.simulation import Outcome, joined, simulate
from maplebridge.kernel.refused import BadInput

CLUSTER = "MAPLEBRIDGE_DASK"
CHUNK = 100  # replications that one process runs before it tells


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: chunks done, chunks in all, and how many of those done were kept from a run before."""

    done: int
    chunks: int
    kept: int


@dataclass(frozen=True, slots=True)
class _Chunk:
    scenario: int
    first: int
    count: int
    name: str


def run(
    scenarios: Sequence[Scenario], *, replications: int, seed: int = 1, workers: int | None = None,
    kept_in: Path | None = None, progress: Callable[[Progress], None] | None = None, chunk: int = CHUNK,
) -> list[Outcome]:  # fmt: skip
    """Simulate each scenario; the same seeds meet all of them. Give an outcome for each, in order.

    Chunks done are kept in the folder `kept_in`, so that a run that was stopped, here or on another machine, goes on
    where it was. `progress` hears of each chunk, and stops the sweep by raising.
    """
    chunks = _chunks(scenarios, replications, seed, chunk)
    found: dict[_Chunk, Outcome] = {each: kept for each in chunks if (kept := _read(kept_in, each))}
    before = len(found)
    left = [each for each in chunks if each not in found]
    if left:
        with _executor(min(workers or os.cpu_count() or 1, len(left))) as pool:
            for each, outcome in _results(pool, scenarios, left, seed):
                found[each] = outcome
                _keep(kept_in, each, outcome)
                if progress:
                    progress(Progress(len(found), len(chunks), before))
    return [joined([found[each] for each in chunks if each.scenario == n]) for n in range(len(scenarios))]


def _chunks(scenarios: Sequence[Scenario], replications: int, seed: int, size: int) -> list[_Chunk]:
    return [
        _Chunk(number, first, min(size, replications - first), f"{name}-{seed}-{first}-{size}.npz")
        for number, name in enumerate(map(digest, scenarios))
        for first in range(0, replications, size)
    ]


def _results(
    pool: Executor, scenarios: Sequence[Scenario], chunks: Sequence[_Chunk], seed: int
) -> Iterator[tuple[_Chunk, Outcome]]:
    futures: dict[Future[Outcome], _Chunk] = {}
    try:
        for each in chunks:
            futures[pool.submit(work, scenarios[each.scenario], seed, each.first, each.count)] = each
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def work(scenario: Scenario, seed: int, first: int, count: int) -> Outcome:
    """Run one chunk on one core: what a process or a worker of the cluster does."""
    return simulate(scenario, replications=count, seed=seed, first=first, cores=1)


@contextmanager
def _executor(workers: int) -> Iterator[Executor]:
    """Open the cluster that is named, or a pool of processes that inherit nothing of this one's threads."""
    address = os.environ.get(CLUSTER, "")
    if not address:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
            yield pool
        return
    try:
        distributed = import_module("distributed")
        client = distributed.Client(address, timeout="10s")
    except ImportError:
        raise BadInput(
            "cluster", _("Install the extra “dask” to use a cluster, or unset %(n)s.") % {"n": CLUSTER}
        ) from None
    except OSError:
        raise BadInput("cluster", _("No cluster answers at %(address)s.") % {"address": address}) from None
    with client, client.get_executor() as pool:
        yield pool


def digest(scenario: Scenario) -> str:
    """Name a scenario by its content: equal scenarios have equal digests, on any machine."""
    found = hashlib.sha256()
    for part in _parts(scenario):
        found.update(part)
    return found.hexdigest()[:24]


def _parts(value: Any) -> Iterator[bytes]:
    if is_dataclass(value):
        yield type(value).__name__.encode()
        for each in fields(value):
            yield from _parts(getattr(value, each.name))
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    else:
        yield repr(tuple(value) if isinstance(value, tuple) else value).encode() + b"\0"


def _path(folder: Path | None, chunk: _Chunk) -> Path | None:
    return folder / chunk.name if folder else None


def _read(folder: Path | None, chunk: _Chunk) -> Outcome | None:
    path = _path(folder, chunk)
    if path is None or not path.exists():
        return None
    with np.load(path, allow_pickle=False) as kept:
        return Outcome(int(kept["first"]), *(kept[each.name] for each in fields(Outcome) if each.name != "first"))


def _keep(folder: Path | None, chunk: _Chunk, outcome: Outcome) -> None:
    """Write a chunk beside its place, then put it there: one that was torn is not taken for done."""
    path = _path(folder, chunk)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.part")
    with beside.open("wb") as out:
        np.savez(out, **{each.name: getattr(outcome, each.name) for each in fields(outcome)})
    beside.replace(path)
