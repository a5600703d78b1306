"""The certificate and the stickers, as PDF."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.queries import current_city
from maplebridge.property import actions, queries
from maplebridge.property.models import Item
from maplebridge.property.pages.parts import owner_here
from maplebridge.property.papers import STICKERS_MOST, Holder, certificate_pdf, stickers_pdf

SHEET = 24


@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, item_id: int) -> HttpResponse:
    """Print a certificate: for whoever has shown the owner's code with the name, for a shop without it.

    Posted with `owner_code`, the code itself is printed; posted with a `reason`, the police may see the owner's name,
    and that look is an entry.
    """
    item, holder = _asked(request, item_id)
    city = current_city()
    content = certificate_pdf(item, holder=holder, link=_link(request, actions.sticker_of(item)),
                              city=city.name if city else "", at=clock.now())  # fmt: skip
    return _pdf(content, f"certificate-{item.pk}.pdf")


def _asked(request: HttpRequest, item_id: int) -> tuple[Item, Holder]:
    """The item and what of its owner may be printed. Raises NotFound and NotAllowed."""
    code = request.POST.get("owner_code", "")[:60]
    owner = queries.owner_of_code(code) if code else owner_here(request)
    if owner is not None and (item := queries.items_of(owner).filter(pk=item_id).first()) is not None:
        return item, Holder(owner.name, code)
    actor = actor_of_request(request)
    item = queries.visible_item(actor, item_id)
    if reason := request.POST.get("reason", ""):
        return item, Holder(actions.consult_owner(actor, item=item, reason=reason, at=clock.now()).name)
    return item, Holder()


@require_safe
def stickers(request: HttpRequest) -> HttpResponse:
    """Print stickers: of the items named, of those registered today at one's place, past the labels used up."""
    wanted = [int(each) for each in request.GET.getlist("item") if each.isdecimal() and len(each) < 12]
    if not wanted:
        raise BadInput("item", _("Say for which items: choose them in the list."))
    owner = owner_here(request)
    own = list(queries.items_of(owner).filter(pk__in=wanted)) if owner else []
    items = own or _of_shop(request, wanted)
    used = request.GET.get("skip", "")
    skip = min(int(used), SHEET - 1) if used.isdecimal() and len(used) < 3 else 0
    link = request.build_absolute_uri(reverse("property_check"))
    return _pdf(stickers_pdf(items[:STICKERS_MOST], link=link, skip=skip, at=clock.now()), "stickers.pdf")


def _of_shop(request: HttpRequest, wanted: list[int]) -> list[Item]:
    actor = actor_of_request(request)
    return [queries.visible_item(actor, number) for number in wanted[:STICKERS_MOST]]


def _link(request: HttpRequest, sticker: str) -> str:
    return request.build_absolute_uri(f"{reverse('property_check')}?code={sticker}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
