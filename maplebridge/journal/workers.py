"""Processes that derive stretches of the journal side by side, each over a database connection of its own."""

import gc
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from maplebridge.journal.stretch import Derived, Rows, derive

Task = tuple[int, int, tuple[int, ...]]  # first and last position, sizes at which the tree's edge is wanted
_AHEAD = 3  # stretches that wait for each process, so that none is idle and few results wait
_WORTH = 12  # stretches below which processes cost more than they save
_mine: tuple[Rows, str] | None = None


def side_by_side(vendor: str, address: dict[str, Any], tasks: Sequence[Task], processes: int) -> Iterator[Derived]:
    """Derive the stretches in processes and give what they come to in order; leaving early ends the processes."""
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (vendor, address))
    try:
        waiting: list[Future[Derived]] = []
        for task in tasks:
            waiting.append(pool.submit(_derive, task))
            if len(waiting) >= _AHEAD * processes:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def processes_for(stretches: int) -> int:
    """How many processes are worth their start: one for each core, where there are stretches enough."""
    if multiprocessing.current_process().daemon or stretches < _WORTH:  # a daemon has none
        return 1
    return min(os.cpu_count() or 1, stretches, 16)


def _begin(vendor: str, address: dict[str, Any]) -> None:
    global _mine
    gc.disable()  # nothing here is in cycles, and millions of rows come and go
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process hears of it and ends the others
    _mine = (_sqlite(address) if vendor == "sqlite" else _postgresql(address)), vendor


def _derive(task: Task) -> Derived:
    if _mine is None:
        raise RuntimeError("this process was not begun")
    rows, vendor = _mine
    first, last, sizes = task
    return derive(rows, vendor, first, last, sizes)


def _sqlite(address: dict[str, Any]) -> Rows:
    connection = sqlite3.connect(address["database"], timeout=20, isolation_level=None)
    connection.execute("PRAGMA query_only = 1")
    connection.execute("PRAGMA mmap_size = 268435456")
    return lambda statement, values: connection.execute(statement.replace("%s", "?"), values).fetchall()


def _postgresql(address: dict[str, Any]) -> Rows:
    import psycopg

    connection = psycopg.connect(**address, autocommit=True)
    connection.read_only = True
    cursor = connection.cursor(binary=True)
    return lambda statement, values: cursor.execute(statement, values).fetchall()
