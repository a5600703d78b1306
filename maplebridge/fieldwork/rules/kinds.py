"""Pure: the kinds of areas of the hierarchy, as people call them."""

from django.utils.translation import gettext_lazy as _

KIND_NAMES = {
    "county": _("county"),
    "township": _("township"),
    "village": _("village"),
    "community": _("community"),
    "hamlet": _("hamlet"),
}
