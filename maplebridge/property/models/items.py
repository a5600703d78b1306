"""Items, their identifiers and owners, pairs, transfers and disputes."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.kernel.personal import Personal
from maplebridge.property import rules
from maplebridge.property.models.places import Dealer

ONE = models.UniqueConstraint  # the database itself holds what may be only once


class Item(models.Model):
    """A thing with an owner: an e-bike, a bicycle, a scooter, a battery as a thing of its own, another valuable."""

    kind = models.CharField(_("kind"), max_length=8, choices=rules.KINDS)
    maker = models.CharField(_("maker"), max_length=60, blank=True, default="")
    model = models.CharField(_("model"), max_length=60, blank=True, default="")
    colour = models.CharField(_("colour"), max_length=40, blank=True, default="")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=rules.ITEM_STATES, default="registered")
    registered_at = models.DateTimeField(_("registered at"), db_index=True)
    confirmed_at = models.DateTimeField(_("last confirmed at"), null=True, blank=True)
    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, blank=True, related_name="items")
    photo = models.FileField(_("photo"), upload_to="property/%Y/%m/", blank=True, default="")
    source_key = models.CharField(_("key at its source"), max_length=140, null=True, blank=True, unique=True)
    invented = models.BooleanField(_("invented"), default=False)

    class Meta:
        indexes = [models.Index(fields=("state", "kind"), name="item_state_kind")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.maker, self.model))) or self.get_kind_display()


class Identifier(models.Model):
    """A number on an item. `canonical` decides equality and is "" for what is no number; `lookalike` only suggests."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=8, choices=rules.IDENTIFIER_KINDS)
    issuer = models.CharField(_("issuer"), max_length=60, blank=True, default="")
    scheme = models.CharField(_("scheme"), max_length=40, blank=True, default="")
    written = models.CharField(_("as written"), max_length=rules.CODE_LIMIT)
    canonical = models.CharField(_("canonical key"), max_length=rules.CODE_LIMIT, db_index=True)
    lookalike = models.CharField(_("look-alike key"), max_length=rules.CODE_LIMIT, db_index=True)
    decoded = models.JSONField(_("decoded"), default=dict, blank=True)
    flags = models.JSONField(_("flags"), default=list, blank=True)

    class Meta:
        constraints = [
            ONE(
                fields=("item", "kind", "canonical"), condition=~models.Q(canonical=""), name="identifier_once_per_item"
            ),
            ONE(
                fields=("canonical",),
                condition=models.Q(kind="qr", issuer=rules.REGISTRY),
                name="identifier_sticker_once",
            ),
        ]

    def __str__(self) -> str:
        return self.written


class Owner(models.Model):
    """Who owns items: what is needed to hand a found thing back, and no more. Erased, the row stays without content.

    `key` is the digest of the code on the certificate, by which an owner sees and manages the own items.
    """

    PERSONAL: ClassVar = Personal(
        purpose="proving whose a registered item is and handing it back",
        kept=None,
        fields={"name": "identity", "phone": "contact", "document": "identity", "key": "contact"},
    )

    name = models.CharField(_("name"), max_length=120, blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    document = models.CharField(
        _("last digits of the document"), max_length=rules.DOCUMENT_DIGITS, blank=True, default=""
    )
    key = models.CharField(_("digest of the owner's code"), max_length=64, null=True, blank=True, unique=True)
    registered_at = models.DateTimeField(_("registered at"))
    expires_at = models.DateTimeField(_("erased at"), db_index=True)
    erased_at = models.DateTimeField(_("was erased at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"owner {self.pk}"


class Ownership(models.Model):
    """An item is an owner's from one moment to another. Each link follows one other, so a chain never forks."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="ownerships")
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="ownerships")
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="following")
    how = models.CharField(_("how"), max_length=12, choices=rules.HOW_OWNED, default="registered")
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            ONE(fields=("item",), condition=models.Q(until_at=None), name="ownership_one_open"),
            ONE(fields=("item",), condition=models.Q(previous=None), name="ownership_one_root"),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id}: {self.owner_id} since {self.since_at:%Y-%m-%d}"


class Pairing(models.Model):
    """A battery belongs with a bike from one moment to another; with one bike at a time."""

    bike = models.ForeignKey(Item, models.CASCADE, related_name="batteries")
    battery = models.ForeignKey(Item, models.CASCADE, related_name="bikes")
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            ONE(fields=("battery",), condition=models.Q(until_at=None), name="pairing_one_open"),
            models.CheckConstraint(condition=~models.Q(bike=models.F("battery")), name="pairing_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.bike_id} with {self.battery_id}"


class Transfer(models.Model):
    """An offer to pass an item on, accepted with a code that is stored as a digest; one at a time."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="transfers")
    ownership = models.ForeignKey(Ownership, models.CASCADE, related_name="offers")
    digest = models.CharField(_("digest of its code"), max_length=64, unique=True)
    offered_at = models.DateTimeField(_("offered at"))
    expires_at = models.DateTimeField(_("ends at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        constraints = [
            ONE(fields=("item",), condition=models.Q(accepted_at=None, withdrawn_at=None), name="transfer_one_open")
        ]

    def __str__(self) -> str:
        return f"offer of item {self.item_id}"

    def stands(self, at: datetime) -> bool:
        """Whether it can be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at


class Dispute(models.Model):
    """Somebody says that a registered item is theirs; until it is decided the item cannot pass on."""

    PERSONAL: ClassVar = Personal(
        purpose="deciding whose a registered item is", kept=None, fields={"words": "narrative", "reason": "narrative"}
    )

    item = models.ForeignKey(Item, models.CASCADE, related_name="disputes")
    claimant = models.ForeignKey(Owner, models.PROTECT, related_name="claims")
    words = models.TextField(_("what is claimed"), blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=rules.DISPUTE_STATES, default="open")
    reason = models.TextField(_("why so decided"), blank=True, default="")
    raised_at = models.DateTimeField(_("raised at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        constraints = [ONE(fields=("item",), condition=models.Q(state="open"), name="dispute_one_open")]

    def __str__(self) -> str:
        return f"dispute of item {self.item_id}"
