"""Reads about staff, units and shifts."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from maplebridge.people.models import Shift, Unit, User


def crewed_units(user_id: int | None, *, at: datetime) -> list[Unit]:
    """Units whose crew the user is in, on a shift that covers the moment; by call sign."""
    if user_id is None:
        return []
    shifts = Shift.objects.filter(crew=user_id, starts_at__lte=at, ends_at__gt=at, unit__active=True)
    return sorted({shift.unit for shift in shifts.select_related("unit")}, key=lambda unit: unit.call_sign)


def current_shifts(*, at: datetime) -> QuerySet[Shift]:
    """Shifts that cover the moment, with their units."""
    return Shift.objects.filter(starts_at__lte=at, ends_at__gt=at, unit__active=True).select_related("unit")


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Names shown of actors given as the journal writes them (`user:3`); refs of programs are left out."""
    ids = [int(ref[5:]) for ref in refs if ref.startswith("user:") and ref[5:].isdigit()]
    return {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)}
