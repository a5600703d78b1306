"""What work comes to, step by step; deductions with appeals; sheets that two people approve."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from work_for_tests import make_village, sent, settle_ledger

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.actions.appraisal import SHIPPED
from maplebridge.fieldwork.appraising import scheme_on
from maplebridge.fieldwork.models import Scheme, StipendLine
from maplebridge.fieldwork.rules.appraisal import appraise, next_period, period_of, scheme_from
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.models import User

TABLE = tomllib.loads((SHIPPED / "standard.toml").read_text(encoding="utf-8"))
STANDARD = scheme_from(TABLE)
REASON = "Forms of three visits were copied."


@pytest.mark.parametrize(
    ("day", "period", "first", "last", "after"),
    [
        ("2026-02-11", "month", "2026-02-01", "2026-02-28", "2026-03-01"),
        ("2026-12-31", "month", "2026-12-01", "2026-12-31", "2027-01-01"),
        ("2026-05-04", "quarter", "2026-04-01", "2026-06-30", "2026-07-01"),
        ("2026-11-28", "half_year", "2026-07-01", "2026-12-31", "2027-01-01"),
        ("2028-02-29", "year", "2028-01-01", "2028-12-31", "2029-01-01"),
    ],
)
def test_periods_follow_the_calendar(day, period, first, last, after):
    begins, ends = period_of(date.fromisoformat(day), period)
    assert [each.isoformat() for each in (begins, ends, next_period(ends, period))] == [first, last, after]


def pieces(kind, what, days, each=1):
    return [(date(2026, 6, 1) + timedelta(days=n), kind, what, each) for n in range(days)]


@pytest.mark.parametrize(
    ("work", "points"),
    [
        ([], "0"),
        (pieces("form", "visit", 3), "3"),
        (pieces("form", "visit", 3, 30), "40"),  # the cap of visits
        (pieces("form", "nothing", 15), "13"),  # 15 x 0.2 and the bonus of 15 days
        (pieces("form", "unknown", 14), "0"),  # no item holds it
        (pieces("form", "visit", 3, 0), "0"),
        (pieces("form", "visit", 20, 9) + pieces("task", "", 20, 9) + pieces("form", "hazard", 20, 9)
         + pieces("review", "visit", 20, 9), "120"),  # the cap of all
    ],
)  # fmt: skip
def test_the_standard_scheme_counts_work(work, points):
    assert appraise(STANDARD, work).points == Decimal(points)


def test_what_is_deducted_goes_down_to_nothing_and_says_which():
    found = appraise(STANDARD, pieces("form", "visit", 3), [("8", Decimal(2)), ("9", Decimal(5))])
    assert [(s.code, s.points) for s in found.steps if s.sort == "deduction"] == [("8", -2), ("9", -1)]
    assert (found.points, found.amount) == (0, Decimal("0.00"))


KINDS = st.tuples(st.dates(date(2026, 6, 1), date(2026, 6, 30)), st.sampled_from(["form", "task", "review"]),
                  st.sampled_from(["visit", "hazard", "nothing", ""]), st.integers(0, 9))  # fmt: skip


@given(st.lists(KINDS, max_size=60), st.lists(st.decimals("0.5", "50", places=1), max_size=3))
def test_the_steps_add_up_to_the_points_and_stay_between_nothing_and_the_cap(work, taken):
    found = appraise(STANDARD, work, [(str(n), points) for n, points in enumerate(taken)])
    assert sum(step.points for step in found.steps) == found.points
    assert 0 <= found.points <= STANDARD.cap
    assert found.amount == (found.points * STANDARD.value).quantize(Decimal("0.01"))


@pytest.mark.parametrize("wrong", [{"period": "week"}, {"items": []}, {"value": "NaN"}, {"cap": -1}, {"roles": None}])
def test_a_scheme_that_cannot_be_is_refused(wrong, machine, noon, db):
    with pytest.raises(BadInput):
        actions.add_scheme(machine, code="x", rules=TABLE | wrong, at=noon)


@pytest.fixture
def village(machine, noon, forms):
    """The people of a village, in the month after the standard scheme was published."""
    who = make_village(machine, noon)[1]
    actions.install_schemes(machine, at=noon)
    return who


JUNE = date(2026, 6, 1)


@pytest.mark.django_db
def test_a_scheme_is_published_before_its_first_period_and_stays_as_it_is(village, machine, noon):
    scheme = Scheme.objects.get()
    assert scheme.starts_on == JUNE
    assert scheme_on(date(2026, 5, 31)) is None
    assert scheme_on(JUNE) == scheme
    assert actions.install_schemes(machine, at=noon) == []
    with pytest.raises(actions.CannotAppraise):
        actions.publish_scheme(machine, scheme=scheme, at=noon)
    second = actions.add_scheme(machine, code="standard", rules=TABLE, at=noon)
    for day in (date(2026, 5, 1), date(2026, 6, 15)):
        with pytest.raises(BadInput):
            actions.publish_scheme(machine, scheme=second, starts_on=day, at=noon)


def worked(who, noon):
    """Visits in June: two of one, one of two, accepted by the auxiliary."""
    at = noon + timedelta(days=30)
    for name, day in (("one", 0), ("two", 0), ("one", 8)):
        when = at + timedelta(days=day)
        actions.accept_submission(who["auxiliary"], review=sent(who[name], when), at=when)
    settle_ledger()
    return noon + timedelta(days=60)  # July


def deducted(who, at, by="officer", points=Decimal("1.5")):
    user = User.objects.get(username="one")
    return actions.deduct_points(who[by], user=user, starts_on=JUNE, points=points, reason=REASON, at=at)


def amounts(sheet):
    return {str(line.user): line.amount for line in sheet.lines.select_related("user")}


@pytest.mark.django_db
def test_a_sheet_is_approved_by_two_who_do_not_stand_in_it_and_then_stays(village, noon):
    from maplebridge.places.models import Area

    area, july = Area.objects.get(code="V"), worked(village, noon)
    sheet = actions.draw_up_sheet(village["officer"], area=area, day=JUNE, at=july)
    assert amounts(sheet) == {"auxiliary": Decimal("7.50"), "one": Decimal("10.00"), "two": Decimal("5.00")}
    assert sheet.total == Decimal("22.50") == sum(amounts(sheet).values())
    with pytest.raises(NotAllowed):
        actions.approve_sheet(village["auxiliary"], sheet=sheet, digest=sheet.digest, at=july)
    first = actions.approve_sheet(village["officer"], sheet=sheet, digest=sheet.digest, at=july)
    assert first.state == "approved"
    with pytest.raises(actions.CannotApprove):
        actions.approve_sheet(village["officer"], sheet=sheet, digest=sheet.digest, at=july)
    done = actions.approve_sheet(village["second"], sheet=sheet, digest=sheet.digest, at=july)
    assert done.state == "frozen"
    with pytest.raises(actions.CannotAppraise):
        actions.draw_up_sheet(village["officer"], area=area, day=JUNE, at=july)
    with pytest.raises(actions.CannotAppraise):  # nobody is paid twice: a sheet of the township holds the same people
        actions.draw_up_sheet(village["officer"], area=Area.objects.get(code="T"), day=JUNE, at=july)


@pytest.mark.django_db
def test_work_accepted_after_the_sheet_counts_in_the_next(village, noon):
    from maplebridge.places.models import Area

    area, july = Area.objects.get(code="V"), worked(village, noon)
    sheet = actions.draw_up_sheet(village["officer"], area=area, day=JUNE, at=july)
    review = sent(village["two"], july, filled=noon + timedelta(days=50))
    actions.accept_submission(village["officer"], review=review, at=july)
    settle_ledger()
    for name in ("officer", "second"):
        actions.approve_sheet(village[name], sheet=sheet, digest=sheet.digest, at=july)
    after = actions.draw_up_sheet(village["officer"], area=area, day=date(2026, 7, 1), at=july)
    assert amounts(sheet)["two"] == Decimal("5.00") == amounts(after)["two"]
    assert amounts(after)["one"] == 0


@pytest.mark.django_db
def test_a_sheet_that_is_not_what_the_approver_saw_is_not_approved(village, noon):
    from maplebridge.places.models import Area

    july = worked(village, noon)
    sheet = actions.draw_up_sheet(village["officer"], area=Area.objects.get(code="V"), day=JUNE, at=july)
    with pytest.raises(actions.CannotApprove):
        actions.approve_sheet(village["officer"], sheet=sheet, digest="other", at=july)
    with pytest.raises(actions.CannotApprove):  # June is not over
        actions.approve_sheet(village["officer"], sheet=sheet, digest=sheet.digest, at=noon + timedelta(days=30))
    deducted(village, july)
    with pytest.raises(actions.CannotApprove):
        actions.approve_sheet(village["officer"], sheet=sheet, digest=sheet.digest, at=july)


@pytest.mark.django_db
def test_an_appeal_is_decided_by_another_and_holds_the_sheet_up(village, noon):
    from maplebridge.places.models import Area

    area, july = Area.objects.get(code="V"), worked(village, noon)
    taken = deducted(village, july)
    with pytest.raises(NotAllowed):
        actions.appeal_deduction(village["two"], deduction=taken, words=REASON, at=july)
    actions.appeal_deduction(village["one"], deduction=taken, words="They are of three doors of one house.", at=july)
    sheet = actions.draw_up_sheet(village["officer"], area=area, day=JUNE, at=july)
    assert amounts(sheet)["one"] == Decimal("2.50")
    with pytest.raises(actions.CannotApprove):
        actions.approve_sheet(village["officer"], sheet=sheet, digest=sheet.digest, at=july)
    with pytest.raises(NotAllowed):
        actions.decide_appeal(village["officer"], deduction=taken, lift=False, words=REASON, at=july)
    done = actions.decide_appeal(village["second"], deduction=taken, lift=True, words="The doors are there.", at=july)
    assert done.state == "lifted"
    again = actions.draw_up_sheet(village["officer"], area=area, day=JUNE, at=july)
    assert amounts(again)["one"] == Decimal("10.00")
    with pytest.raises(actions.CannotAppraise):
        actions.appeal_deduction(village["one"], deduction=taken, words=REASON, at=july)


@pytest.mark.django_db
def test_nobody_deducts_from_themselves_or_outside_their_area(village, noon):
    for by in ("one", "two", "auxiliary"):
        with pytest.raises(NotAllowed):
            deducted(village, noon, by=by)
    for points in (Decimal(0), Decimal("NaN"), Decimal(5000)):
        with pytest.raises(BadInput):
            deducted(village, noon, points=points)
    assert not StipendLine.objects.exists()
