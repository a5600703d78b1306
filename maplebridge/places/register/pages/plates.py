"""Door plates with a QR code, as PDF, and what a plate says to whoever scans it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.pdf import Paper, Sticker
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.sessions import actor_of_request, user_of_session
from maplebridge.places.register.models import Address
from maplebridge.places.register.rules.codes import read_code

PLATES_MOST = 240
_COLUMNS, _ROWS = 2, 6  # plates of 105 x 49 mm on A4


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Print plates of the addresses named (`?address=`), or of a building and all that is in it (`?within=`)."""
    actor = actor_of_request(request)
    actor.must("register.view")
    rows = Address.objects.filter(gone=False).order_by("building_id", "parent_id", "number_from", "pk")
    wanted, within = _keys(request, "address"), _keys(request, "within")
    found = list(
        (rows.filter(pk__in=wanted) | rows.filter(pk__in=within) | rows.filter(building__in=within))[:PLATES_MOST]
    )
    if not found:
        raise BadInput("address", _("Say for which addresses: choose them in the list."))
    paper = Paper(title=_("Door plates"), at=clock.now())
    plates = [
        Sticker(_link(request, each), (each.text, each.code, _("In an emergency, say this code.")))
        for each in found
    ]  # fmt: skip
    paper.stickers(plates, columns=_COLUMNS, rows=_ROWS)
    response = HttpResponse(paper.output(), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="door-plates.pdf"'
    return response


def _keys(request: HttpRequest, name: str) -> list[int]:
    return [int(each) for each in request.GET.getlist(name)[:PLATES_MOST] if each.isdecimal() and len(each) < 15]


def _link(request: HttpRequest, address: Address) -> str:
    return request.build_absolute_uri(reverse("register_at", args=[address.code]))


@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """Say to anybody which address a plate is of, and to staff more; nothing of who or what is there."""
    address = Address.objects.filter(code=read_code(code) or "", gone=False).first()
    if address is None:
        raise NotFound(_("This is no code of an address here. Compare it with the plate: its last letter is a check."))
    if user_of_session(request) is not None and actor_of_request(request).may("places.view"):
        return redirect("register_address", key=address.pk)
    return render(request, "register/at.html", {"here": address})
