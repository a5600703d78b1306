"""One item before an investigator: its timeline on the map, near numbers, what may be done."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.property import actions, queries
from maplebridge.property.models import Alarm, Dispute, Item, TheftReport
from maplebridge.property.pages.mine import about
from maplebridge.property.pages.parts import new_owner, texts
from maplebridge.property.queries.items import Step
from maplebridge.property.queries.near import NearCode, near_codes
from maplebridge.property.rules import CHANNELS, HOW_OWNED, OUTCOMES, REGISTRY, THEFT_STATES, decides

NEAR_MOST = 12


@login_required
@require_safe
def case(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show an item; nothing about its owner but that there is one."""
    actor = actor_of_request(request)
    actor.must("property.investigate")
    context = _case(actor, queries.visible_item(actor, item_id))
    if request.GET.get("near"):  # asked for: the first question in a process reads every number there is
        context |= {"near_asked": True, "near": near_numbers(context["item"])}
    return render(request, "property/case.html", context)


def _case(actor: Actor, item: Item) -> dict[str, Any]:
    steps = queries.timeline_of(item)
    placed = [step for step in steps if step.lon is not None]
    alarms = Alarm.objects.filter(theft__item=item).select_related("sighting__dealer", "incident").order_by("-at")
    return about(item) | {
        "steps": [
            {"at": each.at, "words": step_in_words(each), "number": placed.index(each) + 1 if each in placed else 0}
            for each in steps
        ],
        "points": [{"lon": each.lon, "lat": each.lat, "what": each.what} for each in placed],
        "alarms": alarms,
        "dispute": Dispute.objects.filter(item=item, state="open").first(),
        "outcomes": OUTCOMES,
        "owned": item.ownerships.filter(until_at=None).exists(),
        "may_consult": actor.may("property.consult"),
    }


def step_in_words(step: Step) -> str:
    """A sentence for a step of an item's timeline."""
    place = step.place or _("an unnamed place")
    detail = dict(CHANNELS) | dict(HOW_OWNED) | dict(THEFT_STATES)
    words = {
        "registered": _("Registered") + (f": {step.place}" if step.place else ""),
        "owned": _("A new owner (%(how)s)") % {"how": detail.get(step.detail, step.detail)},
        "paired": _("Paired with %(ref)s") % {"ref": step.ref},
        "parted": _("Parted from %(ref)s") % {"ref": step.ref},
        "lost": _("Last seen by its owner: %(place)s") % {"place": place},
        "reported": _("Reported stolen, case %(number)s") % {"number": step.detail},
        "seen": _("Seen at %(place)s (%(channel)s)")
        % {"place": place, "channel": detail.get(step.detail, step.detail)},
        "recovered": _("Recovered"),
        "ended": _("The case ended: %(state)s") % {"state": detail.get(step.detail, step.detail)},
        "impounded": _("In custody: %(place)s") % {"place": place},
        "released": _("Left custody: %(place)s") % {"place": place},
    }
    return str(words.get(step.what, step.what))


def near_numbers(item: Item) -> list[NearCode]:
    """Numbers of other items within two edits of this item's: a hint to look, never a match."""
    found: dict[int, NearCode] = {}
    for own in item.identifiers.exclude(issuer=REGISTRY):
        if decides(own.flags):
            found |= {near.identifier: near for near in near_codes(own.written) if near.item != item.pk}
    return sorted(found.values(), key=lambda near: (near.edits, not near.lookalike))[:NEAR_MOST]


@login_required
@require_POST
def owner(request: HttpRequest, item_id: int) -> HttpResponse:
    """Look at who owns an item, for a stated reason; the look is an entry of the journal."""
    actor = actor_of_request(request)
    item = queries.visible_item(actor, item_id)
    context: dict[str, Any] = {}
    try:
        context["owner"] = actions.consult_owner(
            actor, item=item, reason=texts(request).get("reason", ""), at=clock.now()
        )
    except BadInput as fault:
        context["fault"] = fault.sentence
    return render(
        request, "property/case.html", _case(actor, item) | context, status=422 if "fault" in context else 200
    )


@login_required
@require_POST
def act_on(request: HttpRequest, item_id: int) -> HttpResponse:
    """Do what one of the buttons says."""
    actor = actor_of_request(request)
    item, values = queries.visible_item(actor, item_id), texts(request)
    try:
        if values.get("what") in ("renew", "claim"):
            once = _code_of(actor, item, values)
            return render(request, "property/case.html", _case(actor, item) | {"code": once})
        messages.success(request, _done(actor, item, values))
    except Refused as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.sentence)
    return redirect("property_case", item_id=item.pk)


def _code_of(actor: Actor, item: Item, values: dict[str, str]) -> str:
    """Give the owner a new code, or take somebody's claim to the item; return the code that is shown this once.

    Raises Refused.
    """
    at, reason = clock.now(), values.get("reason", "")
    if values.get("what") == "claim":
        claimant = new_owner(values)
        return actions.raise_dispute(actor, item=item, claimant=claimant, words=values.get("words", ""), at=at)[1]
    held = item.ownerships.filter(until_at=None).select_related("owner").first()
    if held is None:
        raise NotFound(_("Nobody owns this item on record."))
    return actions.renew_owner_code(actor, owner=held.owner, reason=reason, at=at)


def _done(actor: Actor, item: Item, values: dict[str, str]) -> str:
    """Carry out one button and say what came of it. Raises Refused."""
    at, what = clock.now(), values.get("what", "")
    theft = TheftReport.objects.filter(item=item, state__in=("open", "recovered")).select_related("item").first()
    if what == "recovered" and theft:
        last = Alarm.objects.filter(theft=theft, outcome="").order_by("-at").first()
        actions.mark_recovered(actor, theft=theft, place=values.get("place", ""), alarm=last, at=at)
        return _("Recovered. Now tell the owner, and return it against a document.")
    if what == "impound":
        actions.impound_item(actor, item=item, place=values.get("place", ""), at=at)
        return _("Taken in.")
    if what == "return":
        reason, document = values.get("reason", ""), values.get("document", "")
        actions.return_to_owner(actor, item=item, reason=reason, document=document, at=at)
        return _("Returned to its owner. The item is clear again.")
    if what == "dispose":
        actions.dispose_item(actor, item=item, reason=values.get("reason", ""), at=at)
        return _("Custody has ended.")
    if what == "close" and theft:
        actions.close_theft(actor, theft=theft, reason=values.get("reason", ""), at=at)
        return _("The case is closed without the item.")
    return _decided(actor, item, values, at=at)


def _decided(actor: Actor, item: Item, values: dict[str, str], *, at: Any) -> str:
    what = values.get("what", "")
    if what == "settle":
        alarm = Alarm.objects.filter(theft__item=item, pk=values.get("alarm") or 0).first()
        if alarm is None:
            raise NotFound(_("This alarm is no longer on record."))
        actions.settle_alarm(actor, alarm=alarm, outcome=values.get("outcome", ""), at=at)
        return _("The alarm is settled.")
    if what in ("uphold", "reject"):
        dispute = Dispute.objects.filter(item=item, state="open").first()
        if dispute is None:
            raise NotFound(_("Nobody disputes whose this item is."))
        actions.decide_dispute(
            actor, dispute=dispute, for_claimant=what == "uphold", reason=values.get("reason", ""), at=at
        )
        return _("Decided.")
    raise BadInput("what", _("This cannot be done with the item as it is now. Load the page again."))
