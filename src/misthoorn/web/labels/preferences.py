"""What pages say of how much a contact is told, and when."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PRESETS = {
    "at_once": pgettext_lazy("preset", "Each warning at once"),
    "digest": pgettext_lazy("preset", "What may wait, together"),
    "severe": pgettext_lazy("preset", "Only what is serious"),
}
PRESETS_MEAN = {
    "at_once": _("You get a message when we see something. At most one a day, unless it is serious."),
    "digest": _(
        "You get one overview a day or a week. General messages come at that moment too, in a mail of their own. "
        "What is serious comes at once."
    ),
    "severe": _("Only what is urgent, serious, misused by criminals or hacked. We keep the rest, and do not mail it."),
}
DIGESTS = {
    "day": pgettext_lazy("digest", "every day"),
    "week": pgettext_lazy("digest", "every week"),
}
FLOORS = {
    "information": pgettext_lazy("floor", "everything"),
    "normal": pgettext_lazy("floor", "everything but information"),
    "high": pgettext_lazy("floor", "high and urgent"),
    "urgent": pgettext_lazy("floor", "only urgent"),
}
WEEKDAYS = {
    "0": _("Monday"),
    "1": _("Tuesday"),
    "2": _("Wednesday"),
    "3": _("Thursday"),
    "4": _("Friday"),
    "5": _("Saturday"),
    "6": _("Sunday"),
}
ALIVE = {
    "0": pgettext_lazy("alive", "never"),
    "30": pgettext_lazy("alive", "after a month"),
    "91": pgettext_lazy("alive", "after three months"),
    "182": pgettext_lazy("alive", "after half a year"),
}
PREFERENCES = {
    "preset": PRESETS,
    "preset-means": PRESETS_MEAN,
    "digest": DIGESTS,
    "floor": FLOORS,
    "weekday": WEEKDAYS,
}
