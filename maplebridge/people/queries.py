"""Reads about staff."""

from collections.abc import Iterable

from maplebridge.people.models import User


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Names shown of actors given as the journal writes them (`user:3`); refs of programs are left out."""
    ids = [int(ref[5:]) for ref in refs if ref.startswith("user:") and ref[5:].isdigit()]
    return {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)}
