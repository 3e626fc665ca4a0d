"""What pages say of what follows on a warning."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NOTICE_KINDS = {
    "warning": pgettext_lazy("notice", "Warning"),
    "reminder": pgettext_lazy("notice", "Reminder"),
    "update": pgettext_lazy("notice", "News of a warning"),
    "gone": pgettext_lazy("notice", "No longer seen"),
    "correction": pgettext_lazy("notice", "Correction"),
    "digest": pgettext_lazy("notice", "Overview"),
    "bundle": pgettext_lazy("notice", "List for a network owner"),
    "hand_over": pgettext_lazy("notice", "Hand-over to another team"),
    "alive": pgettext_lazy("notice", "Nothing new"),
    "broadcast": pgettext_lazy("notice", "Message to many"),
    "confirm": pgettext_lazy("notice", "Code to confirm an address"),
    "withheld": pgettext_lazy("notice", "Went to nobody"),
}
CHANGES = {
    "exploited": _("Criminals use it now"),
    "worse": _("It is more serious than was told"),
    "fixed_version": _("There is a version without the hole"),
    "withdrawn": _("The advisory was withdrawn"),
}
NEWS_STATES = {
    "told": pgettext_lazy("news", "told by itself"),
    "waiting": pgettext_lazy("news", "waits for a person"),
    "approved": pgettext_lazy("news", "approved"),
    "rejected": pgettext_lazy("news", "kept back"),
}
AFTER = {"notice-kind": NOTICE_KINDS, "news-change": CHANGES, "news-state": NEWS_STATES}
