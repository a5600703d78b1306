"""Writes of appraisal: schemes and their versions, deductions, and appeals against these."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from maplebridge.fieldwork.models import Deduction, Scheme
from maplebridge.fieldwork.models.appraisal import APPRAISALS_KEPT, DEDUCTION_STATES
from maplebridge.fieldwork.rules.appraisal import next_period, period_of, scheme_from
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.people.models import Grant, User
from maplebridge.places.models import Area
from maplebridge.places.queries import city_zone

SHIPPED = Path(__file__).resolve().parents[1] / "schemes"


class CannotAppraise(Refused):
    """The scheme, the deduction or the appeal is not in a state in which this is possible."""


def add_scheme(actor: Actor, *, code: str, rules: Mapping[str, object], at: datetime) -> Scheme:
    """Keep a new version of a scheme as a draft. Raises BadInput where its rules cannot be read."""
    actor.must("work.appraise")
    try:
        scheme_from(rules)
    except ValueError as error:
        raise BadInput("rules", _("This is no scheme of appraisal: %(why)s.") % {"why": str(error)[:200]}) from error
    with act(actor, "fieldwork.scheme_added", at=at) as entry:
        last = Scheme.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
        scheme = Scheme.objects.create(code=code, version=(last or 0) + 1, rules=dict(rules), made_at=at)
        entry.about(scheme, code=code, version=scheme.version, rules=scheme.rules)
    return scheme


def publish_scheme(actor: Actor, *, scheme: Scheme, starts_on: date | None = None, at: datetime) -> Scheme:
    """Publish a scheme from the first day of a period that has not begun yet (None: the next one).

    Who works by it can read it before they do. Raises CannotAppraise and BadInput.
    """
    actor.must("work.appraise")
    today, period = at.astimezone(city_zone()).date(), scheme.parsed.period
    begins = starts_on or next_period(today, period)
    if begins <= today or period_of(begins, period)[0] != begins:
        sentence = _("A scheme begins with a period that has not begun yet: %(day)s at the earliest.")
        raise BadInput("starts_on", sentence % {"day": next_period(today, period).isoformat()})
    with act(actor, "fieldwork.scheme_published", at=at) as entry:
        fresh = Scheme.objects.select_for_update().get(pk=scheme.pk)
        if fresh.published_at:
            raise CannotAppraise(_("This version is published already. Make another one."))
        fresh.starts_on, fresh.published_at = begins, at
        fresh.save(update_fields=["starts_on", "published_at"])
        entry.about(fresh, code=fresh.code, version=fresh.version, starts_on=begins.isoformat())
    return fresh


def install_schemes(actor: Actor, *, at: datetime) -> list[Scheme]:
    """Add and publish the schemes that come with the software, each once, from the next period on."""
    done = []
    for file in sorted(SHIPPED.glob("*.toml")):
        if not Scheme.objects.filter(code=file.stem).exists():
            made = add_scheme(actor, code=file.stem, rules=tomllib.loads(file.read_text(encoding="utf-8")), at=at)
            done.append(publish_scheme(actor, scheme=made, at=at))
    return done


def deduct_points(
    actor: Actor, *, user: User, starts_on: date, points: Decimal, reason: str, at: datetime
) -> Deduction:
    """Take points off a worker's period, with a reason that they read and can appeal against.

    `starts_on` is the first day of the period. Raises BadInput and NotAllowed.
    """
    if not points.is_finite() or not 0 < points <= 1000:
        raise BadInput("points", _("Deduct more than 0 and at most 1000 points."))
    if actor.user_id is None or actor.user_id == user.pk:
        raise NotAllowed(_("Nobody takes points off themselves."))
    made = Deduction(
        user=user, starts_on=starts_on, points=points, reason=_words("reason", reason, 400), given_by_id=actor.user_id,
        given_at=at, area_path=_area_path(user, at=at), expires_at=at + APPRAISALS_KEPT,
    )  # fmt: skip
    actor.must("work.appraise", about=made)
    with act(actor, "fieldwork.points_deducted", at=at) as entry:
        made.save(force_insert=True)
        _tell(entry, made)
        entry.keep_private(reason=made.reason)
    return made


def _area_path(user: User, *, at: datetime) -> str:
    """The path of the area of a person's post."""
    codes = Grant.objects.filter(user=user).in_force(at).exclude(area_code="").values_list("area_code", flat=True)
    return Area.objects.filter(code__in=list(codes)).order_by("-level").values_list("path", flat=True).first() or ""


def _tell(entry: Draft, made: Deduction) -> None:
    entry.about(made, user=f"user:{made.user_id}", starts_on=made.starts_on.isoformat(), points=str(made.points),
                state=made.state)  # fmt: skip


def appeal_deduction(actor: Actor, *, deduction: Deduction, words: str, at: datetime) -> Deduction:
    """Appeal against points taken off oneself; another person than who took them off decides."""
    if actor.user_id is None or deduction.user_id != actor.user_id:
        raise NotAllowed(_("Only the worker themselves appeals."))
    with act(actor, "fieldwork.deduction_appealed", at=at) as entry:
        fresh = _in_state(deduction, "stands")
        fresh.state, fresh.appeal = "appealed", _words("appeal", words, 1000)
        fresh.save(update_fields=["state", "appeal"])
        _tell(entry, fresh)
        entry.keep_private(appeal=fresh.appeal)
    return fresh


def decide_appeal(actor: Actor, *, deduction: Deduction, lift: bool, words: str, at: datetime) -> Deduction:
    """Uphold or lift a deduction on appeal: neither by who gave it nor by the worker. Raises NotAllowed."""
    actor.must("work.appraise", about=deduction)
    if actor.user_id is None or actor.user_id in (deduction.given_by_id, deduction.user_id):
        raise NotAllowed(_("Somebody else decides: neither who took the points off nor the worker."))
    with act(actor, "fieldwork.appeal_decided", at=at) as entry:
        fresh = _in_state(deduction, "appealed")
        fresh.state, fresh.decision = "lifted" if lift else "upheld", _words("decision", words, 400)
        fresh.decided_by_id, fresh.decided_at = actor.user_id, at
        fresh.save(update_fields=["state", "decision", "decided_by", "decided_at"])
        _tell(entry, fresh)
        entry.keep_private(decision=fresh.decision)
    return fresh


def _in_state(deduction: Deduction, state: str) -> Deduction:
    fresh = Deduction.objects.select_for_update().get(pk=deduction.pk)
    if fresh.state != state:
        sentence = _("This deduction %(state)s now, so that this is not possible. Load it again.")
        raise CannotAppraise(sentence % {"state": DEDUCTION_STATES[fresh.state]})
    return fresh


def _words(field: str, text: str, most: int) -> str:
    words = storable(text).strip()
    if not 10 <= len(words) <= most:
        raise BadInput(field, _("Say why in 10 to %(most)d characters.") % {"most": most})
    return words
