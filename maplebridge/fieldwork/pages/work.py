"""What the pages of review, ledger and appraisal share: which of them one may open, and how they refuse."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.models import Area

View = Callable[..., HttpResponseBase]


def for_whoever(*permissions: str) -> Callable[[View], View]:
    """Let in whoever has one of these permissions; the view gets (request, actor, ...)."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, **more: int | str) -> HttpResponseBase:
            actor = actor_of_request(request)
            if not any(actor.may(permission) for permission in permissions):
                actor.must(permissions[0])
            return view(request, actor, **more)

        return guarded

    return decorate


def told_on(where: str) -> Callable[[View], View]:
    """Show what an action refuses as a message on the page named `where`, with the arguments of the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def told(request: HttpRequest, actor: Actor, **more: Any) -> HttpResponseBase:
            try:
                return view(request, actor, **more)
            except (NotAllowed, NotFound):
                raise
            except Refused as refused:
                messages.error(request, refused.sentence)
                back: HttpResponseBase = redirect(where, **more)
                return back

        return told

    return decorate


def day_from(text: str, field: str) -> date | None:
    """A day as a form sends it; None where it is empty. Raises BadInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(field, _("Write the day as 2026-05-04.")) from error


def areas_for(actor: Actor, permission: str) -> list[Area]:
    """The areas in which an actor has a permission, the largest first."""
    codes = actor.areas(permission)
    rows = Area.objects.filter(gone=False).defer("geometry").order_by("level", "code")
    if codes is None:
        return list(rows[:500])
    return [area for area in rows.filter(level__gte=0) if any(f"/{code}/" in area.path for code in codes)][:500]
