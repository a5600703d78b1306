"""Every write of deployment: studies are saved, simulated in parts, stopped, gone on with, and taken off the list."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.deployment.choices import Choices
from maplebridge.deployment.frozen import digest_of
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.models import OPEN_STATES, Study, StudyPart, StudyRun
from maplebridge.deployment.record import Record
from maplebridge.journal.act import act
from maplebridge.journal.queries import last_position
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor

MOST_REPLICATIONS = 2_000
TERM = timedelta(minutes=2)  # a process that keeps no part for so long has lost its run to the next


class CannotRun(Refused):
    """The run is not in a state for what was asked."""


def save_study(
    actor: Actor, *, name: str, a: Layout, b: Layout, choices: Choices, record: Record, seed: int, at: datetime
) -> Study:
    """Keep a comparison with everything it needs to be run again: the layouts, the record as it is now, the seed, and
    where the journal stood. Raises BadInput.
    """
    actor.must("studies.run")
    name = storable(name).strip()[:80]
    if not name:
        raise BadInput("name", _("Give the study a name by which you will find it again."))
    if not a.posts or not b.posts:
        raise BadInput("posts", _("Both layouts need a post at least."))
    if not 0 <= seed < 2**31:
        raise BadInput("seed", _("The seed is a whole number from 0 to 2,147,483,647."))
    if not 2 <= choices.replications <= MOST_REPLICATIONS:
        raise BadInput("replications", _("Ask for 2 to %(n)d replications.") % {"n": MOST_REPLICATIONS})
    inputs = {"a": a.as_json(), "b": b.as_json(), "choices": choices.as_json(), "seed": seed}
    with act(actor, "deployment.study_saved", at=at) as entry:
        study = Study.objects.create(
            name=name, made_by=actor.ref, made_at=at, position=last_position(), seed=seed, inputs=inputs,
            need=record.packed(), digest=digest_of(inputs, record.arrays()),
        )  # fmt: skip
        entry.about(study, digest=study.digest, read_up_to=study.position, posts_a=len(a.posts), posts_b=len(b.posts))
        entry.keep_private(name=name)
    return study


def drop_study(actor: Actor, *, study: Study, at: datetime) -> None:
    """Take a study off the list and stop its run; what it said stays for whoever has its number. Again: no change."""
    actor.must("studies.run")
    with act(actor, "deployment.study_dropped", at=at) as entry:
        fresh = Study.objects.select_for_update().get(pk=study.pk)
        fresh.dropped_at = fresh.dropped_at or at
        fresh.save(update_fields=["dropped_at"])
        StudyRun.objects.filter(study=fresh, state__in=OPEN_STATES).update(state="stopped", held_until=None)
        entry.about(fresh)


def begin_run(actor: Actor, *, study: Study, at: datetime) -> StudyRun:
    """Ask for a simulation of a study from its first replication. Raises CannotRun while another is under way."""
    actor.must("studies.run")
    if StudyRun.objects.filter(study=study, state__in=OPEN_STATES).exists():
        raise CannotRun(_("This study is being simulated. Stop that run, or wait for its end."))
    with act(actor, "deployment.run_begun", at=at) as entry:
        total = int(study.inputs["choices"]["replications"])
        run = StudyRun.objects.create(study=study, total=total, asked_at=at)
        entry.about(run, study=f"study:{study.pk}", total=total)
    return run


def stop_run(actor: Actor, *, run: StudyRun, at: datetime) -> None:
    """Stop a run after the part it is at; what is done is kept. Raises CannotRun where it has ended."""
    actor.must("studies.run")
    with act(actor, "deployment.run_stopped", at=at) as entry:
        fresh = _fresh(run)
        if fresh.state not in OPEN_STATES:
            raise CannotRun(_("This run has ended already."))
        _set(fresh, state="stopped", held_until=None)
        entry.about(fresh, done=fresh.done)


def resume_run(actor: Actor, *, run: StudyRun, at: datetime) -> None:
    """Go on with a run that was stopped or failed, after what is done. Raises CannotRun where it has nothing left."""
    actor.must("studies.run")
    with act(actor, "deployment.run_resumed", at=at) as entry:
        fresh = _fresh(run)
        if fresh.state not in ("stopped", "failed"):
            raise CannotRun(_("This run is not stopped; there is nothing to go on with."))
        if StudyRun.objects.filter(study=fresh.study_id, state__in=OPEN_STATES).exists():
            raise CannotRun(_("This study is being simulated. Stop that run, or wait for its end."))
        _set(fresh, state="waiting", fault="")
        entry.about(fresh, done=fresh.done)


def take_run(actor: Actor, *, run: StudyRun, at: datetime) -> bool:
    """Take a run to work on it for a term; False where another process holds it or it was stopped."""
    actor.must("studies.run")
    with act(actor, "deployment.run_taken", at=at) as entry:
        fresh = _fresh(run)
        free = fresh.state in OPEN_STATES and (fresh.held_until is None or fresh.held_until <= at)
        if free:
            _set(fresh, state="running", held_until=at + TERM)
        entry.about(fresh, taken=free)
    return free


def keep_part(actor: Actor, *, run: StudyRun, first: int, count: int, figures: bytes, at: datetime) -> bool:
    """Keep the figures of some replications; the same part again changes nothing. False: stop, somebody said so."""
    actor.must("studies.run")
    with act(actor, "deployment.part_kept", at=at) as entry:
        fresh = _fresh(run)
        _part, new = StudyPart.objects.get_or_create(
            run=fresh, first=first, defaults={"count": count, "figures": figures}
        )
        goes_on = fresh.state == "running"
        _set(fresh, done=fresh.done + (count if new else 0), held_until=at + TERM if goes_on else None)
        entry.about(fresh, done=fresh.done)
    return goes_on


def end_run(actor: Actor, *, run: StudyRun, figures: dict[str, Any], at: datetime) -> None:
    """Keep the figures of a whole run."""
    actor.must("studies.run")
    with act(actor, "deployment.run_ended", at=at) as entry:
        fresh = _fresh(run)
        _set(fresh, state="done", figures=figures, ended_at=at, held_until=None)
        entry.about(fresh, done=fresh.done)


def fail_run(actor: Actor, *, run: StudyRun, fault: str, at: datetime) -> None:
    """Set a run aside that cannot go on, with the reason."""
    actor.must("studies.run")
    with act(actor, "deployment.run_failed", at=at) as entry:
        fresh = _fresh(run)
        _set(fresh, state="failed", fault=storable(fault)[:200], held_until=None)
        entry.about(fresh, done=fresh.done)


def _fresh(run: StudyRun) -> StudyRun:
    return StudyRun.objects.select_for_update().get(pk=run.pk)


def _set(run: StudyRun, **values: Any) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=list(values))
