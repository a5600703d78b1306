"""A unit's job in full is for its crew and for those who may see the incident."""

import pytest
from staff_for_tests import acting, make_staff

from maplebridge.dispatch.actions import assign_unit
from maplebridge.dispatch.queries import job_view
from maplebridge.incidents.models import Incident

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_incident_of_another_area_shows_to_the_crew_sent_there_alone(dispatcher, noon, make_unit, make_incident):
    crew, other = (
        make_staff(username=name, display_name=name, role="post_officer", area_code="south")
        for name in ("crew", "other")
    )
    unit, incident = make_unit("M21", crew=[crew]), make_incident()
    Incident.objects.update(area_path="/north/")
    assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    assert job_view(acting(crew), unit=unit, at=noon)["incident"]["id"] == incident.pk
    assert job_view(dispatcher, unit=unit, at=noon)["incident"]["id"] == incident.pk
    seen = job_view(acting(other), unit=unit, at=noon)
    assert (seen["incident"], seen["route"], seen["eta_s"]) == (None, [], None)
    Incident.objects.update(area_path="/south/")
    assert job_view(acting(other), unit=unit, at=noon)["incident"]["id"] == incident.pk
