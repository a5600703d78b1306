"""Accounts with one role, for tests of every domain."""

from datetime import UTC, datetime

from maplebridge.people.actor import actor_of
from maplebridge.people.models import Grant, User

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2090, 1, 1, tzinfo=UTC)


def make_staff(role="dispatcher", *, area_code="", **values):
    """Write an account with one role since long ago, without an entry in the journal."""
    values.setdefault("username", f"{role}{User.objects.count() + 1}")
    user = User.objects.create(display_name=values.pop("display_name", values["username"]), **values)
    Grant.objects.create(user=user, role=role, area_code=area_code, given_by="system:test", starts_at=LONG_AGO)
    return user


def acting(user):
    """The actor of an account, by its grants without an end."""
    return actor_of(user, at=FAR_OFF)
