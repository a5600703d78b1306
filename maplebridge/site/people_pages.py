"""Staff and what they may do: accounts, grants, roles, and the review of emergency access."""

import re
import secrets
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maplebridge.journal.reads import record_consulted
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable
from maplebridge.people import actions
from maplebridge.people.actor import Actor
from maplebridge.people.models import ApiToken, Device, Grant, Role, User
from maplebridge.people.queries import devices_of, names_of, needs_review, role_book, roles_to_give
from maplebridge.people.rules import NOT_GIVEN, PERMISSIONS
from maplebridge.places.models import Area
from maplebridge.site.account_pages import show_code
from maplebridge.site.doors import proven, signed_in, with_words

MOST_SHOWN = 200
MANAGING = "managing staff"


@require_safe
@signed_in
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List staff with their roles; whoever only reviews is led to the reviews."""
    if not actor.may("people.view") and actor.may("grants.review"):
        return redirect("emergencies")
    actor.must("people.view")
    now, asked = clock.now(), storable(request.GET.get("q", "")).strip()[:80]
    rows = User.objects.exclude(display_name="").order_by("display_name", "pk")
    if asked:
        rows = rows.filter(Q(display_name__icontains=asked) | Q(username__icontains=asked))
    shown = list(rows[: MOST_SHOWN + 1])
    if shown:
        record_consulted(actor, records=shown[:MOST_SHOWN], classes=["staff"], purpose=MANAGING, at=now)
    held: dict[int, list[str]] = {}
    book = role_book()
    for grant in Grant.objects.filter(user__in=shown).in_force(now):
        role = str(book[grant.role].name) if grant.role in book else grant.role
        held.setdefault(grant.user_id, []).append(f"{role} · {grant.area_code}" if grant.area_code else role)
    context: dict[str, Any] = {
        "staff": [{"user": user, "roles": held.get(user.pk, []), "ended": _ended(user, now)} for user in shown],
        "q": asked, "more": len(shown) > MOST_SHOWN, "manages": actor.may("people.manage"),
        "reviews": needs_review(now).count() if actor.may("grants.review") else 0,
    }  # fmt: skip
    return render(request, "site/people.html", context)


def _ended(user: User, now: datetime) -> bool:
    return not user.is_active or bool(user.expires_at and user.expires_at <= now)


@require_safe
@signed_in
@never_cache
def person(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show one account: what it holds and held, its tokens and phones."""
    actor.must("people.view")
    user, now, book = get_object_or_404(User, pk=number), clock.now(), role_book()
    grants = list(user.grants.order_by("-pk")[:50])
    givers = names_of([grant.given_by for grant in grants])
    standing = set(user.grants.in_force(now).values_list("pk", flat=True))
    rows = [
        {"grant": grant, "role": book[grant.role].name if grant.role in book else grant.role,
         "by": givers.get(grant.given_by, grant.given_by), "stands": grant.pk in standing} for grant in grants
    ]  # fmt: skip
    own = actor.user_id == user.pk
    if not own:
        record_consulted(actor, records=[user], classes=["staff"], purpose=MANAGING, at=now)
    context = {
        "person": user, "rows": rows, "ended": _ended(user, now),
        "gives": actor.may("grants.give") and not own, "manages": actor.may("people.manage"),
        "roles": roles_to_give().values(), "areas": Area.objects.filter(gone=False).order_by("name"),
        "tokens": user.api_tokens.filter(revoked_at=None, expires_at__gt=now), "devices": devices_of(user, at=now),
    }  # fmt: skip
    return render(request, "site/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven
def new_person(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Enrol an account; its first password is shown this once."""
    actor.must("people.manage")
    sentence, post = "", request.POST
    if request.method == "POST":
        try:
            username, name = _line(post, "username", 150), _line(post, "display_name", 80)
            if User.objects.filter(username=username).exists():
                raise BadInput("username", _("There is an account of that name already."))
            password = secrets.token_urlsafe(12)
            user = actions.enrol_user(
                actor, username=username, display_name=name, role=post.get("role", ""), password=password,
                area_code=post.get("area", ""), expires_at=_day(post.get("ends", "")), first_password=True,
                at=clock.now(),
            )  # fmt: skip
            return _shown_once(request, user, password)
        except BadInput as error:
            sentence = error.sentence
    context = {"sentence": sentence, "post": post, "roles": roles_to_give().values(),
               "areas": Area.objects.filter(gone=False).order_by("name")}  # fmt: skip
    return render(request, "site/new_person.html", context, status=422 if sentence else 200)


def _shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    response = render(request, "site/password_once.html", {"person": user, "password": password})
    response["Cache-Control"] = "no-store"
    return response


def _line(post: Any, name: str, longest: int) -> str:
    text = storable(post.get(name, "")).strip()
    if not 1 <= len(text) <= longest or (name == "username" and not re.fullmatch(r"[\w.@+-]+", text)):
        sentence = _("Give a name of at most %(n)d characters; user names have letters, digits and . @ + - _ only.")
        raise BadInput(name, sentence % {"n": longest})
    return text


def _day(text: str) -> datetime | None:
    """The end of a day as the form gives it; None for none. Raises BadInput."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise BadInput("ends", _("Write the day as 2026-05-04."))
    return timezone.make_aware(datetime.combine(day, time.max))  # noqa: DTZ001 - the city's own time


@require_POST
@signed_in
@proven
@with_words("person")
def new_password(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Give somebody who lost theirs a new password, shown this once; all their sessions end."""
    user = get_object_or_404(User, pk=number)
    password = secrets.token_urlsafe(12)
    actions.set_password(actor, user=user, password=password, at=clock.now())
    return _shown_once(request, user, password)


@require_POST
@signed_in
@proven
@with_words("person")
def lost_factor(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Remove the second factors of somebody who lost theirs."""
    actions.reset_factors(actor, user=get_object_or_404(User, pk=number), at=clock.now())
    messages.success(request, _("Removed. They set a new one up at their next sign-in."))
    return redirect("person", number=number)


@require_POST
@signed_in
@proven
@with_words("person")
def give(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Give a role."""
    post = request.POST
    actions.give_grant(
        actor, user=get_object_or_404(User, pk=number), role=post.get("role", ""), area_code=post.get("area", ""),
        reason=post.get("reason", ""), ends_at=_day(post.get("ends", "")), at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("The role is given."))
    return redirect("person", number=number)


@require_POST
@signed_in
@proven
@with_words("person")
def take_back(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Take a role back."""
    grant = get_object_or_404(Grant, pk=request.POST.get("grant", "0") or 0, user=number)
    actions.revoke_grant(actor, grant=grant, reason=request.POST.get("reason", ""), at=clock.now())
    messages.success(request, _("The role has ended."))
    return redirect("person", number=number)


@require_POST
@signed_in
@proven
@with_words("person")
def end_key(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """End somebody's token or phone."""
    kind, _colon, key = request.POST.get("key", "").partition(":")
    key = key if key.isdecimal() else "0"
    if kind == "token":
        actions.revoke_token(actor, token=get_object_or_404(ApiToken, pk=key, user=number), at=clock.now())
    else:
        actions.revoke_device(actor, device=get_object_or_404(Device, pk=key, user=number), at=clock.now())
    messages.success(request, _("It no longer opens anything."))
    return redirect("person", number=number)


@require_POST
@signed_in
@proven
@with_words("person")
def phone_code(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show the code by which somebody's phone enrols."""
    return show_code(request, actor, get_object_or_404(User, pk=number))


@require_safe
@signed_in
def roles(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show which role may what."""
    actor.must("people.view")
    book = [role for code, role in role_book().items() if code not in ("public", "system")]
    rows = [
        {"name": words, "code": name, "marks": [name in role.permissions for role in book]}
        for name, words in PERMISSIONS.items()
    ]
    return render(request, "site/roles.html", {"roles": book, "rows": rows, "manages": actor.may("roles.manage")})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven
def edit_role(request: HttpRequest, actor: Actor, code: str = "") -> HttpResponse:
    """Change what a role may do, or make one."""
    actor.must("roles.manage")
    sentence, post, known = "", request.POST, role_book().get(code)
    if code and (known is None or code in NOT_GIVEN):
        return redirect("roles")
    if request.method == "POST":
        try:
            actions.set_role(
                actor, code=code or post.get("code", ""), name=post.get("name", ""), name_zh=post.get("name_zh", ""),
                permissions=post.getlist("permissions"), at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("The role is saved and in force."))
            return redirect("roles")
        except BadInput as error:
            sentence = error.sentence
    context = {"sentence": sentence, "code": code, "names": _names(post, code, known),
               "known": known, "permissions": _ticked(post, known)}  # fmt: skip
    return render(request, "site/role.html", context, status=422 if sentence else 200)


def _names(post: Any, code: str, known: Any) -> dict[str, str]:
    """What stands in the two fields of names: what was sent, or is kept, or the shipped ones."""
    if post or not known:
        return {name: post.get(name, "") for name in ("code", "name", "name_zh")}
    own = Role.objects.filter(pk=code).first()
    if own is not None:
        return {"name": own.name, "name_zh": own.name_zh}
    found = {}
    for field, language in (("name", "en"), ("name_zh", "zh-hans")):
        with override(language):
            found[field] = str(known.name)
    return found


def _ticked(post: Any, known: Any) -> list[tuple[str, object, bool]]:
    held = set(post.getlist("permissions")) if post else set(known.permissions if known else ())
    return [(name, words, name in held) for name, words in PERMISSIONS.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def emergencies(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show emergency access that was taken, and find it justified or not."""
    actor.must("grants.review")
    sentence = ""
    if request.method == "POST":
        try:
            actions.review_grant(
                actor, grant=get_object_or_404(Grant, pk=request.POST.get("grant", "0") or 0),
                justified=request.POST.get("justified") == "yes", words=request.POST.get("words", ""), at=clock.now(),
            )  # fmt: skip
            return redirect("emergencies")
        except BadInput as error:
            sentence = error.sentence
    now = clock.now()
    waiting = [{"grant": grant, "late": grant.review_due_at <= now} for grant in needs_review(now)]
    done = Grant.objects.emergencies().exclude(reviewed_at=None).select_related("user").order_by("-reviewed_at")[:50]
    names = names_of([grant.reviewed_by for grant in done])
    reviewed = [{"grant": grant, "by": names.get(grant.reviewed_by, grant.reviewed_by)} for grant in done]
    context = {"waiting": waiting, "reviewed": reviewed, "sentence": sentence}
    return render(request, "site/emergencies.html", context, status=422 if sentence else 200)
