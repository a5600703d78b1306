"""The keys of phones."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FieldKey(models.Model):
    """The key by which one phone of a worker gets forms and sends submissions; its text is shown once.

    `sealed` is the same text encrypted, because Digest authentication needs it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="field_keys")
    name = models.CharField(_("name of the phone"), max_length=60, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    sealed = models.CharField(_("encrypted text"), max_length=200)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} · {self.name or self.digest[:8]}"
