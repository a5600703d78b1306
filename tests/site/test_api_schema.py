"""The API against its own schema: whatever is sent, no fault of the server and no answer that the schema does not name.

API_EXAMPLES=200 makes more of each operation than the suite does.
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from staff_for_tests import acting

from maplebridge.incidents.actions import install_types, report_incident
from maplebridge.kernel import clock
from maplebridge.kernel.moment import hold_for
from maplebridge.people.actions import enlist_unit, enrol_user, issue_token
from maplebridge.places.models import City
from maplebridge.site.wsgi import application

pytestmark = pytest.mark.any_database
EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture
def kept_open():
    """Requests leave the test's own connection and its transaction open, as those of Django's client do.

    As in a server, whose token it is and what they hold is kept for a moment.
    """
    hold_for(seconds=300)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    hold_for(seconds=0)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def bearer(db, kept_open, machine):
    """A chief's token in a small city with one incident and one unit, in a transaction that is rolled back."""
    at = clock.now()
    City.objects.create(name="T", time_zone="UTC", west=24.9, south=60.1, east=25.0, north=60.2, edition="test")
    install_types(machine, at=at)
    chief = enrol_user(machine, username="c", display_name="C", role="chief", password="long enough 1", at=at)
    enlist_unit(machine, call_sign="M1", kind="motorbike", home=(24.95, 60.15), at=at)
    report_incident(acting(chief), type="noise", lon=24.94, lat=60.17, caller="A. Caller", at=at)
    return issue_token(machine, user=chief, at=at)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_is_answered_otherwise_than_the_schema_says(case, bearer):
    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"}, checks=CHECKS)
