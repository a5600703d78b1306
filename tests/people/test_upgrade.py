"""An installation of before grants were: the role and area of each account become its first grant."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from staff_for_tests import acting

from maplebridge.people.models import Grant, User


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_the_role_and_area_of_an_account_become_its_first_grant():
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        before = migrate([("people", "0001_initial")])
        table = before.get_model("people", "User")
        table.objects.create(username="o", display_name="O", role="post_officer", area_code="north")
        table.objects.create(username="c", display_name="C", role="chief")
    finally:
        migrate(latest)
    found = {(g.user.username, g.role, g.area_code, g.given_by) for g in Grant.objects.all()}
    assert found == {("o", "post_officer", "north", "system:upgrade"), ("c", "chief", "", "system:upgrade")}
    assert acting(User.objects.get(username="o")).areas("incidents.view") == {"north"}
