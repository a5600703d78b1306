"""Figures of field work: quiet villages and days beside the same days of the year before."""

from datetime import date, timedelta

import pytest
from django.test import Client

from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.incidents.queries.quiet import field_figures, kinds_of_places
from maplebridge.incidents.rules.quiet import by_place, days_without, half_year_to, longest_quiet, quiet


@pytest.mark.parametrize(
    ("day", "first", "before", "days", "days_before"),
    [
        ("2026-11-28", "2026-07-01", "2025-07-01", 151, 151),
        ("2026-01-01", "2026-01-01", "2025-01-01", 1, 1),
        ("2028-02-29", "2028-01-01", "2027-01-01", 60, 59),
        ("2029-03-01", "2029-01-01", "2028-01-01", 60, 61),
    ],
)
def test_a_half_year_stands_beside_the_same_days_of_the_year_before(day, first, before, days, days_before):
    span = half_year_to(date.fromisoformat(day))
    assert (span.first.isoformat(), span.before_first.isoformat()) == (first, before)
    assert (span.days, span.days_before) == (days, days_before)


def test_counts_go_to_the_village_that_holds_the_hamlet():
    counts = by_place([("/T/V/H1/", 2), ("/T/V/", 1), ("/T/W/H9/", 1), ("", 5)], ["V", "W", "X"])
    assert counts == {"V": 3, "W": 1, "X": 0}
    assert quiet(counts) == ["X"]


def test_days_without_anything_and_the_longest_stretch_of_them():
    span = half_year_to(date(2026, 7, 10))
    days = [date(2026, 7, 3), date(2026, 7, 3), date(2026, 7, 5), date(2026, 6, 30)]
    assert days_without(span, days) == 8
    assert longest_quiet(span, days) == 5
    assert longest_quiet(span, []) == 10


@pytest.fixture
def officer(machine, noon):
    """A post officer of a township with two villages, in which things were reported this half-year and last year."""
    from maplebridge.incidents.actions import install_types
    from maplebridge.people.actions import enrol_user
    from maplebridge.places.models import Area

    box = {"west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "geometry": {"type": "Polygon", "coordinates": []}}
    areas = (("T", "/T/", "township"), ("V", "/T/V/", "village"), ("W", "/T/W/", "village"), ("X", "/X/", "village"))
    for code, path, kind in areas:
        Area.objects.create(code=code, name=code, path=path, kind=kind, level=path.count("/") - 2, **box)
    install_types(machine, at=noon)
    for number, (path, days) in enumerate((("/T/V/", 3), ("/T/V/", 4), ("/T/V/", 365), ("/T/W/", 367), ("/X/", 2)), 1):
        when = noon - timedelta(days=days)
        Incident.objects.create(
            number=number, type=IncidentType.objects.first(), priority=3, own_priority=3, source="call", lon=0.5,
            lat=0.5, cell=1, area_code=path.split("/")[-2], area_path=path, reported_at=when,
        )  # fmt: skip
    enrol_user(machine, username="auxiliary", display_name="A", role="auxiliary", area_code="V", password=None, at=noon)
    return enrol_user(machine, username="officer", display_name="Officer", role="post_officer", area_code="T",
                      password="Bamboo bridge 7", at=noon)  # fmt: skip


@pytest.mark.django_db
def test_an_officer_sees_the_villages_of_the_township_alone(officer, noon):
    from maplebridge.people.actor import actor_of

    actor = actor_of(officer, at=noon)
    villages = kinds_of_places(actor)["village"]
    assert [area.code for area in villages] == ["V", "W"]
    found = field_figures(actor, places=villages, span=half_year_to(noon.date()), at=noon)
    assert (found.quiet_now.part, found.quiet_before.part, found.quiet_now.whole) == (1, 0, 2)
    assert (found.incidents.after, found.incidents.before) == (2, 2)
    assert found.days_without.part == found.span.days - 2
    assert found.days_without_before.part == found.span.days_before - 2
    assert [(each.held.part, each.held.whole) for each in found.places] == [(1, 1), (0, 1)]
    assert (found.held.part, found.held.whole) == (1, 2)
    assert [(each.incidents.after, each.incidents.before) for each in found.places] == [(2, 1), (0, 1)]
    assert found.places[0].last == date(2026, 5, 1)
    assert found.incidents.low < 1 < found.incidents.high


@pytest.mark.django_db
def test_the_page_tells_them(officer, settings):
    client = Client()
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[-1])
    response = client.get("/workbook/figures?kind=village")
    assert response.status_code == 200
    assert "Without an incident" in response.content.decode()


@pytest.mark.django_db
def test_a_hundred_villages_more_ask_no_more_of_the_database(officer, settings, django_assert_max_num_queries):
    from maplebridge.places.models import Area

    client = Client()
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[-1])
    Area.objects.bulk_create(
        Area(code=f"N{number}", name=f"N{number}", path=f"/T/N{number}/", kind="village", level=1)
        for number in range(100)
    )
    with django_assert_max_num_queries(35):
        response = client.get("/workbook/figures?kind=village")
    assert "N99" in response.content.decode()
