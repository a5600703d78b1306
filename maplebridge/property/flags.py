"""What the flags of a code say to a person."""

from django.utils.translation import gettext_lazy as _

from maplebridge.property import schemes

FLAG_SENTENCES = {
    schemes.NO_CODE: _("This is no code. Leave it out, or write what stands on the item."),
    schemes.UNCLASSIFIED: _("This code fits no known scheme. It is kept as it is."),
    schemes.IMPOSSIBLE_DATE: _("The date in this code does not exist. Compare it with the item."),
    schemes.FUTURE_DATE: _("The date in this code lies in the future. Compare it with the item."),
    schemes.SHORT: _("This code is very short. Other items may have the same."),
    schemes.LONG: _("This code is very long. Check that only the code was scanned."),
    schemes.SEQUENCE: _("This code counts up or down like a made-up one. Compare it with the item."),
}
