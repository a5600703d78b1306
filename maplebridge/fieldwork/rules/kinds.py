"""Pure: the kinds of areas, those of the hierarchy and those of the police, as people call them."""

from django.utils.translation import gettext_lazy as _

KIND_NAMES = {
    "county": _("county"),
    "township": _("township"),
    "village": _("village"),
    "community": _("community"),
    "hamlet": _("hamlet"),
    "district": _("district"),
    "station": _("police station"),
    "beat": _("beat"),
    "sector": _("sector"),
    "ward": _("ward"),
    "precinct": _("precinct"),
}
