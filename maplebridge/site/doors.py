"""What a page asks of whoever opens it, as decorators: a session, fresh proof of who one is; and how it says no."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.site.pages import page_actor, to_sign_in

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Lead whoever is not signed in to the door; the view gets (request, actor, ...)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        actor = page_actor(request)
        return to_sign_in(request) if actor is None else view(request, actor, *args, **more)

    return guarded


def proven(view: View) -> View:
    """Before the gravest acts: ask for the password or a factor once more, unless it was given within five minutes."""
    asking: View = reauthentication_required(view, allow_get=True)
    return asking


def with_words(where: str) -> Callable[[View], View]:
    """Show a refused field of a form as a message on the page that it came from, named `where`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def told(request: HttpRequest, actor: Actor, *args: Any, **more: Any) -> HttpResponseBase:
            try:
                return view(request, actor, *args, **more)
            except BadInput as error:
                messages.error(request, error.sentence)
                back: HttpResponseBase = redirect(where, **more)
                return back

        return told

    return decorate
