"""Writes of stipend sheets: drawn up from the ledger, approved by two, then frozen."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.fieldwork.actions.appraisal import CannotAppraise
from maplebridge.fieldwork.appraising import appraisal_of, counted_lines, scheme_on, steps_as_json
from maplebridge.fieldwork.models import Deduction, LedgerLine, StipendLine, StipendSheet
from maplebridge.fieldwork.rules.appraisal import period_of
from maplebridge.journal.act import Draft, act
from maplebridge.journal.queries import last_position
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import Actor
from maplebridge.people.models import Grant
from maplebridge.places.models import Area
from maplebridge.places.queries import city_zone


class CannotApprove(CannotAppraise):
    """The sheet is not as the approver saw it, its period is not over, or an appeal is open."""


def draw_up_sheet(actor: Actor, *, area: Area | None, day: date, at: datetime) -> StipendSheet:
    """Draw up the sheet of the period that holds a day, for the workers of an area (None: all); a draft is drawn anew.

    Approvals that a draft had are void then. Raises BadInput without a scheme, CannotAppraise for a frozen sheet or
    where another sheet holds some of these workers.
    """
    scheme = scheme_on(day)
    if scheme is None:
        raise BadInput("day", _("No scheme of appraisal holds on this day. Publish one before the period begins."))
    starts_on, ends_on = period_of(day, scheme.parsed.period)
    code, path = (area.code, area.path) if area else ("", "")
    sheet = StipendSheet(scheme=scheme, area_code=code, area_path=path, starts_on=starts_on, ends_on=ends_on)
    actor.must("work.appraise", about=sheet)
    with act(actor, "fieldwork.sheet_drawn_up", at=at) as entry:
        same = StipendSheet.objects.select_for_update().filter(starts_on=starts_on, ends_on=ends_on)
        _must_not_overlap(sheet, same)
        known = same.filter(area_code=code).first()
        if known and known.state == "frozen":
            raise CannotAppraise(_("This sheet is approved by two: it stays as it is."))
        sheet.pk = known.pk if known else None
        sheet.made_at, sheet.upto, sheet.state = at, last_position(), "draft"
        lines = lines_of_sheet(sheet)
        sheet.digest = digest_of(lines)
        sheet.save()
        sheet.lines.all().delete()
        StipendLine.objects.bulk_create(lines)
        _tell(entry, sheet, lines=len(lines))
    return sheet


def _must_not_overlap(sheet: StipendSheet, same: Iterable[StipendSheet]) -> None:
    """Raise CannotAppraise where another sheet of the period is of an area above or below: nobody is paid twice."""
    for other in same:
        if other.area_code != sheet.area_code and (
            sheet.area_path.startswith(other.area_path) or other.area_path.startswith(sheet.area_path)
        ):
            name = other.area_code or _("all areas")
            raise CannotAppraise(_("The sheet of %(area)s holds these workers already.") % {"area": name})


def lines_of_sheet(sheet: StipendSheet) -> list[StipendLine]:
    """Work out the lines of a sheet, not saved: one for each worker who held one of its roles in its area."""
    rules = sheet.scheme.parsed
    grants = Grant.objects.filter(role__in=rules.roles, starts_at__date__lte=sheet.ends_on)
    codes = set(Area.objects.filter(path__startswith=sheet.area_path).values_list("code", flat=True))
    held = {
        grant.user_id
        for grant in grants
        if (not sheet.area_code or grant.area_code in codes)
        and all(end is None or end.date() > sheet.starts_on for end in (grant.ends_at, grant.revoked_at))
    }
    counted = counted_lines(
        starts_on=sheet.starts_on, ends_on=sheet.ends_on, after=_entries_before(sheet), upto=sheet.upto
    ).filter(user_id__in=held, area_path__startswith=sheet.area_path)
    work: dict[int, list[LedgerLine]] = {}
    for line in counted:
        work.setdefault(line.user_id, []).append(line)
    taken: dict[int, list[Deduction]] = {}
    for each in Deduction.objects.in_force().filter(starts_on=sheet.starts_on, user_id__in=held).order_by("pk"):
        taken.setdefault(each.user_id, []).append(each)
    made = []
    for user in sorted(held):
        found = appraisal_of(sheet.scheme, work.get(user, []), taken.get(user, []))
        made.append(StipendLine(sheet=sheet, user_id=user, points=found.points, amount=found.amount,
                                steps=steps_as_json(found)))  # fmt: skip
    return made


def _entries_before(sheet: StipendSheet) -> int:
    """The last entry that counted in the frozen sheet of the period before; 0 where there is none."""
    before = StipendSheet.objects.filter(
        area_code=sheet.area_code, ends_on=sheet.starts_on - timedelta(days=1), state="frozen"
    )
    return before.values_list("upto", flat=True).first() or 0


def digest_of(lines: Sequence[StipendLine]) -> str:
    """The SHA-256 of a sheet's lines, by which two people approve the same."""
    rows = [[line.user_id, f"{line.points:f}", f"{line.amount:f}", line.steps] for line in lines]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def approve_sheet(actor: Actor, *, sheet: StipendSheet, digest: str, at: datetime) -> StipendSheet:
    """Approve a sheet as one saw it, by its digest. The second approval, by another person, freezes it.

    Whoever stands in it does not approve it. Raises NotAllowed and CannotApprove.
    """
    actor.must("work.appraise", about=sheet)
    if actor.user_id is None or sheet.lines.filter(user_id=actor.user_id).exists():
        raise NotAllowed(_("Whoever stands in a sheet does not approve it."))
    with act(actor, "fieldwork.sheet_approved", at=at) as entry:
        fresh = StipendSheet.objects.select_for_update().get(pk=sheet.pk)
        _must_be_ready(fresh, digest, at=at)
        if fresh.first_by_id is None:
            fresh.state, fresh.first_by_id, fresh.first_at = "approved", actor.user_id, at
        elif fresh.first_by_id == actor.user_id:
            raise CannotApprove(_("You have approved this sheet. A second person approves it now."))
        else:
            fresh.state, fresh.second_by_id, fresh.second_at = "frozen", actor.user_id, at
        fresh.save()
        _tell(entry, fresh)
    return fresh


def _must_be_ready(sheet: StipendSheet, digest: str, *, at: datetime) -> None:
    if sheet.state == "frozen":
        raise CannotApprove(_("This sheet is approved by two: it stays as it is."))
    if at.astimezone(city_zone()).date() <= sheet.ends_on:
        raise CannotApprove(_("The period is not over yet. Approve the sheet after its last day."))
    workers = sheet.lines.values_list("user_id", flat=True)
    if Deduction.objects.filter(state="appealed", starts_on=sheet.starts_on, user_id__in=list(workers)).exists():
        raise CannotApprove(_("An appeal is open. Decide on it, then draw the sheet up again."))
    if digest != sheet.digest or digest_of(lines_of_sheet(sheet)) != sheet.digest:
        raise CannotApprove(_("The figures have changed since. Draw the sheet up again and look at it."))


def _tell(entry: Draft, sheet: StipendSheet, **more: Any) -> None:
    entry.about(sheet, area=sheet.area_code, starts_on=sheet.starts_on.isoformat(), ends_on=sheet.ends_on.isoformat(),
                state=sheet.state, digest=sheet.digest, upto=sheet.upto, **more)  # fmt: skip


def export_sheet(actor: Actor, *, sheet: StipendSheet, at: datetime) -> StipendSheet:
    """Take a sheet out as a spreadsheet: names and amounts of staff leave the house, so an entry says so."""
    actor.must("work.appraise", about=sheet)
    with act(actor, "fieldwork.sheet_exported", at=at, purpose="payment of stipends") as entry:
        _tell(entry, sheet)
        users = [f"user:{number}" for number in sheet.lines.values_list("user_id", flat=True)]
        entry.processed("disclosed", records=[sheet, *users], classes=["staff"])
    return sheet
