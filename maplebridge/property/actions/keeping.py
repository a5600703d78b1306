"""What ends by itself: checks after days, owners, claims and thefts when their time is over."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from maplebridge.journal.act import act, turn
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Private
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.actor import Actor
from maplebridge.property.models import Alarm, CheckCount, Dispute, Owner, Ownership, Sighting, TheftReport

PORTION = 500  # records of one act
_OF_OWNERS = ("owner_name", "owner_phone", "owner_document")


def forget_sightings(actor: Actor, *, at: datetime) -> int:
    """Remove the checks of items that nobody reported stolen, past their days; how many they were is kept by day.

    Returns how many.
    """
    actor.must("property.manage")
    with turn(), transaction.atomic():
        past = Sighting.objects.select_for_update().filter(expires_at__lte=at)
        rows = Counter((seen.date(), channel) for seen, channel in past.values_list("at", "channel"))
        for (day, channel), number in rows.items():
            count = CheckCount.objects.get_or_create(day=day, channel=channel)[0]
            CheckCount.objects.filter(pk=count.pk).update(checks=F("checks") + number)
        return past.delete()[0]


def erase_expired(actor: Actor, *, at: datetime) -> int:
    """Erase owners, claims and thefts whose time is over, in tables and journal; returns how many, at most 1,500.

    An owner waits while a theft of theirs is open, a thing of theirs in custody, a claim undecided. The row of an owner
    stays without content, so that the chain of an item stays whole.
    """
    actor.must("property.manage")
    owners = list(_owners_past(at)[:PORTION])
    claims = list(Dispute.objects.filter(expires_at__lte=at)[:PORTION])
    thefts = list(TheftReport.objects.filter(expires_at__lte=at)[:PORTION])
    if not owners and not claims and not thefts:
        return 0
    with act(actor, "property.personal_data_erased", at=at) as entry:
        entry.about("owner:*", owners=len(owners), claims=len(claims), thefts=len(thefts))
        entry.processed("erased", records=[*owners, *claims, *thefts], classes=["contact", "identity", "narrative"])
        erase_private(entry, [*_words_of_owners(owners), *_words_of_claims(claims), *_words_of_thefts(thefts)])
        blank = {"name": "", "phone": "", "document": "", "key": None, "erased_at": at}
        Owner.objects.filter(pk__in=[each.pk for each in owners]).update(**blank)
        Dispute.objects.filter(pk__in=[each.pk for each in claims]).delete()
        _remove(thefts)
    return len(owners) + len(claims) + len(thefts)


def _owners_past(at: datetime) -> QuerySet[Owner]:
    needed = Ownership.objects.filter(
        Q(item__thefts__state__in=("open", "recovered")) | Q(item__state="impounded"), until_at=None
    )
    waiting = Q(pk__in=needed.values("owner_id")) | Q(claims__state="open")
    return Owner.objects.filter(expires_at__lte=at, erased_at=None).exclude(waiting).order_by("pk")


def _remove(thefts: Sequence[TheftReport]) -> None:
    alarms = Alarm.objects.filter(theft__in=thefts)
    seen = set(alarms.values_list("sighting_id", flat=True))
    alarms.delete()
    Sighting.objects.filter(pk__in=seen, alarms=None).delete()
    TheftReport.objects.filter(pk__in=[each.pk for each in thefts]).delete()


def _parts(rows: QuerySet[Private]) -> list[tuple[int, str]]:
    return list(rows.values_list("entry_id", "name"))


def _words_of_owners(owners: Sequence[Owner]) -> list[tuple[int, str]]:
    """Names and numbers of owners in the entries of the items that they own or claim."""
    if not owners:
        return []
    items = set(Ownership.objects.filter(owner__in=owners).values_list("item_id", flat=True))
    items |= set(Dispute.objects.filter(claimant__in=owners).values_list("item_id", flat=True))
    rows = Private.objects.filter(entry__subject__in=[f"item:{pk}" for pk in items], name__in=_OF_OWNERS)
    said = {pair for each in owners for pair in zip(_OF_OWNERS, (each.name, each.phone, each.document), strict=True)}
    return [(row.entry_id, row.name) for row in rows if (row.name, row.content) in said]


def _words_of_claims(claims: Sequence[Dispute]) -> list[tuple[int, str]]:
    subjects = [f"item:{each.item_id}" for each in claims]
    verbs = ("property.dispute_raised", "property.dispute_decided")
    words = {each.words for each in claims} | {each.reason for each in claims}
    rows = Private.objects.filter(entry__subject__in=subjects, entry__verb__in=verbs, content__in=words)
    return _parts(rows) if claims else []


def _words_of_thefts(thefts: Sequence[TheftReport]) -> list[tuple[int, str]]:
    subjects = [f"theftreport:{each.pk}" for each in thefts]
    return _parts(Private.objects.filter(entry__subject__in=subjects)) if thefts else []


def end_owner(actor: Actor, *, owner: Owner, at: datetime) -> None:
    """End an owner's record at once, as only the owner may; `property.owner_ended`. The next erasure removes it.

    That waits while a theft is open, a thing in custody, or a claim undecided. The items stay, nobody's. Whoever has
    lost the code gets a new one at a post first (`renew_owner_code`), so that nobody ends another's record.
    """
    if actor.ref != f"owner:{owner.pk}":
        raise NotAllowed(_("Only the owner ends this record, with the code on the certificate."))
    with act(actor, "property.owner_ended", at=at, purpose="erasure asked for") as entry:
        Owner.objects.filter(pk=owner.pk).update(expires_at=at, key=None)
        entry.about(owner)
