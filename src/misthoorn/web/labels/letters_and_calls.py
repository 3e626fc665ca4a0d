"""What pages say of letters and calls: why the post brings one back, and why a step can't be taken."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RETURNED = {
    "unknown": pgettext_lazy("returned", "Unknown at this address"),
    "moved": pgettext_lazy("returned", "Moved"),
    "refused": pgettext_lazy("returned", "Refused"),
    "gone": pgettext_lazy("returned", "Deceased, or the firm has stopped"),
}
BECAUSE = {
    "letter_unknown": pgettext_lazy("because", "the letter came back: unknown at this address"),
    "letter_moved": pgettext_lazy("because", "the letter came back: moved"),
    "letter_refused": pgettext_lazy("because", "the letter came back: refused"),
    "letter_gone": pgettext_lazy("because", "the letter came back: deceased, or the firm has stopped"),
    "no_answer": pgettext_lazy("because", "nobody answered three times"),
    "wrong_number": pgettext_lazy("because", "the telephone number is wrong"),
    "refuses": pgettext_lazy("because", "does not want to talk about it by telephone"),
    "refused_subject": pgettext_lazy("because", "the organisation wants no more messages on this"),
}
TROUBLE = {
    "no-batch": _("This batch does not exist. The list shows those that do."),
    "nothing-goes": _("No letter of this batch goes out any more."),
    "limit": _("A batch holds from 1 to 1,000 letters. Give a number between these."),
    "posted": _("This batch was posted already. Nothing changed."),
    "reason": _("Choose why the letter came back."),
    "number": _("This is not the number of a letter. Type the 12 digits that stand on it."),
    "came-back": _("This letter came back before. Nothing changed."),
    "not-posted": _(
        "No letter with this number was posted. Compare the digits; perhaps its batch is not marked as posted."
    ),
    "held": _("%(name)s is calling this firm, until %(until)s at the latest. Take another."),
    "nothing": _("Nothing is left to tell this firm by telephone, or you did not take this call."),
    "dealt-with": _("This was dealt with meanwhile, or you did not take it. See the list of calls."),
    "outcome": _("Choose how the call ended."),
    "told": _("Say what was told: tick at least one warning."),
    "again": _("Say when to call back: a time from now on, within 14 days."),
}
