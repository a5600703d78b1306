"""One's phones with ODK Collect: set one up by a QR code, take one away."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maplebridge.fieldwork.actions import issue_field_key, revoke_field_key
from maplebridge.fieldwork.collect import qr_of, settings_code
from maplebridge.fieldwork.models import FieldKey
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.people.sessions import actor_of_request

_View = Callable[..., HttpResponse]
_proven: Callable[..., Callable[[_View], _View]] = reauthentication_required


@login_required
@never_cache
@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """Show which phones of one's own get forms and send, and how to set up another."""
    actor = actor_of_request(request)
    if not actor.may("people.manage"):
        actor.must("forms.fill")
    now = clock.now()
    keys = FieldKey.objects.filter(user=actor.user_id or 0, revoked_at=None, expires_at__gt=now).order_by("-pk")
    return render(request, "fieldwork/phones.html", {"keys": keys, "for_others": actor.may("people.manage")})


@require_POST
@login_required
@_proven(allow_get=True)
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """Make a key for a phone and show it as Collect's QR code, this once."""
    actor = actor_of_request(request)
    try:
        user = _whose(actor, request.POST.get("username", "").strip())
        text = issue_field_key(actor, user=user, name=request.POST.get("name", ""), at=clock.now())
    except BadInput as fault:
        messages.error(request, fault.sentence)
        return redirect("field_phones")
    path = reverse("openrosa_key_form_list", kwargs={"key": text}).removesuffix("/formList")
    address = settings.CONFIG.origin + path if settings.CONFIG.origin else request.build_absolute_uri(path)
    code = settings_code(address, f"Maplebridge · {user}")
    return render(request, "fieldwork/phone_code.html", {"worker": user, "address": address, "qr": qr_of(code)})


def _whose(actor: Actor, username: str) -> User:
    """For whom a phone is: oneself, or whoever is named. Raises BadInput."""
    found = (
        User.objects.filter(username=username, is_active=True)
        if username
        else User.objects.filter(pk=actor.user_id or 0)
    )
    user = found.first()
    if user is None:
        sentence = _("There is no account “%(name)s”. Make it under People first.")
        raise BadInput("username", sentence % {"name": username[:60]})
    return user


@require_POST
@login_required
def take_away(request: HttpRequest, number: int) -> HttpResponse:
    """End the key of one of one's own phones."""
    actor = actor_of_request(request)
    key = FieldKey.objects.filter(pk=number, user=actor.user_id or 0).first()
    if key is None:
        raise NotFound(_("There is no such phone."))
    revoke_field_key(actor, key=key, at=clock.now())
    messages.success(request, _("That phone no longer gets forms, and sends nothing more."))
    return redirect("field_phones")
