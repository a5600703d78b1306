"""Runs of studies, worked on in parts in a thread of their own, so that the worker's timers never wait for them."""

import logging
import threading
from datetime import datetime

from django.db import close_old_connections
from django.utils.translation import gettext as _

from maplebridge.deployment import actions, queries
from maplebridge.deployment.frozen import packed_arrays, unpacked_arrays
from maplebridge.deployment.models import StudyRun
from maplebridge.deployment.simulated import PARTS, Pair, figures_of, pair_of, part_of
from maplebridge.kernel import clock
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import system

ACTOR = system("studies")
log = logging.getLogger(__name__)
_thread: threading.Thread | None = None


def work_on_studies(_at: datetime) -> None:
    """Begin to work on runs that wait, unless this process is at it already. Returns at once."""
    global _thread
    if (_thread and _thread.is_alive()) or not StudyRun.objects.unfinished().exists():
        return
    _thread = threading.Thread(target=_work, name="studies", daemon=True)
    _thread.start()


def _work() -> None:
    try:
        for run in StudyRun.objects.unfinished().select_related("study"):
            work_on(run)
    finally:
        close_old_connections()


def work_on(run: StudyRun) -> None:
    """Work on a run from its first part that is missing until it is done, stopped, or found impossible."""
    if not actions.take_run(ACTOR, run=run, at=clock.now()):
        return
    try:
        a, b = queries.layouts_of(run.study)
        record = queries.kept_record(run.study)
        pair = pair_of(a, b, record, minutes=queries.choices_of(run.study).minutes)
        if all(_kept(run, pair, first) for first in missing(run)):
            _end(run, pair)
    except Refused as refused:
        actions.fail_run(ACTOR, run=run, fault=refused.sentence, at=clock.now())
    except Exception:
        log.exception("A run of a study met a fault.")
        actions.fail_run(ACTOR, run=run, fault=_("a fault of the program; the log has it"), at=clock.now())


def size_of(run: StudyRun) -> int:
    """Replications of one part."""
    return max(1, -(-run.total // PARTS))


def missing(run: StudyRun) -> list[int]:
    """First replications of the parts that are not kept yet, in order."""
    kept = set(run.parts.values_list("first", flat=True))
    return [first for first in range(0, run.total, size_of(run)) if first not in kept]


def _kept(run: StudyRun, pair: Pair, first: int) -> bool:
    """Simulate and keep one part; False where the run was stopped."""
    count = min(size_of(run), run.total - first)
    figures = packed_arrays(part_of(pair, seed=run.study.seed, first=first, count=count))
    return actions.keep_part(ACTOR, run=run, first=first, count=count, figures=figures, at=clock.now())


def _end(run: StudyRun, pair: Pair) -> None:
    parts = (unpacked_arrays(bytes(part.figures)) for part in run.parts.order_by("first"))
    figures = figures_of(parts, pair.a.ground.area_codes)
    actions.end_run(ACTOR, run=run, figures=figures, at=clock.now())
