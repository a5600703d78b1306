"""What the registry prints: the certificate of an item, and sheets of stickers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from maplebridge.kernel.pdf import Paper, Sticker
from maplebridge.property.actions import sticker_of
from maplebridge.property.models import Item, Pairing
from maplebridge.property.rules import REGISTRY

STICKERS_MOST = 240


@dataclass(frozen=True, slots=True)
class Holder:
    """What of an owner goes on a certificate: the name, and on the first copy the code."""

    name: str = ""
    code: str = ""


def certificate_pdf(item: Item, *, holder: Holder, link: str, city: str, at: datetime) -> bytes:
    """Make the certificate of an item, A4: what it is, its numbers, what belongs with it, whose it is.

    `link` leads to the public check of its sticker; it stands as a QR code in the corner.
    """
    foot = _("Printed %(at)s · Maplebridge 枫桥") % {"at": _local(at)}
    paper = Paper(title=_("Certificate of registration"), at=at, foot=foot)
    top = paper.y
    paper.qr(link, y=top, size=34)
    paper.paragraph(city, size=10.5, width=paper.width - 40)
    paper.paragraph(_("Certificate of registration"), size=22, bold=True, width=paper.width - 40)
    paper.paragraph(f"{item.get_kind_display()} · {item}", size=13, width=paper.width - 40)
    paper.gap(max(top + 36 - paper.y, 2))
    paper.rule()
    paper.facts(_facts(item, holder))
    _numbers(paper, item)
    _belongings(paper, item)
    _code(paper, holder)
    paper.rule()
    for words, bold in _foot(link):
        paper.paragraph(words, size=9, bold=bold)
    return paper.output()


def _foot(link: str) -> list[tuple[str, bool]]:
    checks = _(
        "Scan the code in the corner, or type any of these numbers at the address below, to see whether this item is"
        " reported stolen. The answer names nobody."
    )
    passes = _("When you sell it, pass it on under “My items”: a certificate on paper passes nothing on.")
    return [(checks, False), (link.partition("?")[0], True), (passes, False)]


def _facts(item: Item, holder: Holder) -> list[tuple[str, str]]:
    rows = [
        (_("State"), str(item.get_state_display())),
        (_("Maker and model"), str(item) if item.maker or item.model else "–"),
        (_("Colour"), item.colour or "–"),
        (_("Year"), str(item.year or "–")),
        (_("Registered"), _local(item.registered_at)),
        (_("Confirmed"), _local(item.confirmed_at) if item.confirmed_at else _("not yet: show it at a shop or post")),
        (_("Where"), str(item.dealer) if item.dealer else _("by its owner")),
        (_("Owner"), holder.name or _("on record; not printed on this copy")),
    ]
    return [row for row in rows if row[1]]


def _numbers(paper: Paper, item: Item) -> None:
    paper.gap(4)
    paper.heading(_("Numbers"), size=13)
    rows = [
        [str(each.get_kind_display()), each.written, each.issuer]
        for each in item.identifiers.exclude(issuer=REGISTRY)
    ]  # fmt: skip
    rows.append([_("registry sticker"), sticker_of(item), ""])
    paper.table([_("What"), _("Number"), _("By whom")], rows, widths=[2, 5, 2])


def _belongings(paper: Paper, item: Item) -> None:
    pairs = Pairing.objects.filter(until_at=None).select_related("bike", "battery")
    others = [pair.battery for pair in pairs.filter(bike=item)] + [pair.bike for pair in pairs.filter(battery=item)]
    if not others:
        return
    paper.heading(_("Belongs with"), size=13)
    rows = [
        [str(other.get_kind_display()), str(other), ", ".join(_written(other))]
        for other in others
    ]  # fmt: skip
    paper.table([_("What"), _("Item"), _("Numbers")], rows, widths=[2, 3, 4])


def _written(item: Item) -> list[str]:
    return list(item.identifiers.exclude(issuer=REGISTRY).values_list("written", flat=True))


def _code(paper: Paper, holder: Holder) -> None:
    if not holder.code:
        return
    paper.heading(_("Your code"), size=13)
    paper.paragraph(holder.code, size=18, bold=True)
    words = _(
        "With this code you report the item stolen or pass it on, under “My items”. Keep it with your papers, not on"
        " the item. It is printed on this copy alone."
    )
    paper.paragraph(words, size=9)


def stickers_pdf(items: Sequence[Item], *, link: str, skip: int, at: datetime) -> bytes:
    """Make sheets of 24 stickers, one for each item; `link` is the address of the public check."""
    paper = Paper(title=_("Stickers"), at=at)
    stickers = []
    for item in items:
        code = sticker_of(item)
        lines = (code, _("Stolen? Scan to check."), f"{item.get_kind_display()} {item}", link.partition("//")[2])
        stickers.append(Sticker(f"{link}?code={code}", lines))
    paper.stickers(stickers, skip=skip)
    return paper.output()


def _local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
