"""What pages say of answers: what became of passing a warning on, and what a person judged."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PASSED = {
    "sent": _("We send the warning to the address that you filled in. It goes there once."),
    "bad-address": _("We could not pass it on: a mail cannot be sent to that address. Send the message on yourself."),
    "unwanted": _(
        "We did not pass it on: that address came back, or wants nothing from us. Send the message on yourself."
    ),
    "already": _("That address has this warning already. We do not send it twice."),
    "too-many": _("We did not pass it on: it was passed on too often. Send the message on yourself."),
    "tlp": _(
        "We may not pass this on: the source wants it to stay inside your organisation (TLP). You decide yourself whom "
        "in your organisation you tell."
    ),
    "stopped": _(
        "We stopped this warning, since it may be wrong. We do not pass it on now. Do not send it on yourself either; "
        "call us if you want to know more."
    ),
    "taken-back": _("This warning was wrong and we took it back. We do not pass it on. Do not send it on yourself."),
    "over": _("What this warning says is over: we do not see it any more. So we do not pass it on."),
    "no-text": _("We cannot pass this message on. Send it on yourself."),
}
JUDGEMENTS = {
    "false_positive": pgettext_lazy("judgement", "We were wrong: a false positive"),
    "not_theirs": pgettext_lazy("judgement", "Not theirs: the asset is ended"),
    "stands": pgettext_lazy("judgement", "The warning stands"),
}
JUDGEMENTS_MEAN = {
    "false_positive": _("This subject is not warned about on these assets for a year. It comes back by itself."),
    "not_theirs": _("What it was seen on is ended for this organisation. Say whose it is, if you know."),
    "stands": _("Nothing changes. The organisation gets nothing from us about this."),
}
CLAIM_STATES = {
    "open": pgettext_lazy("claim", "Waits"),
    "accepted": pgettext_lazy("claim", "Accepted"),
    "refused": pgettext_lazy("claim", "Refused"),
}
CLAIM_EVIDENCE = {
    "same-number": _("The register number is that of the organisation that was warned."),
    "same-address": _("The mail address is the one that was warned."),
    "same-domain": _(
        "The mail address is at the same domain as the one that was warned. Of a free mail service that says nothing."
    ),
    "domain-asset": _("The mail address is at a domain of the organisation."),
}
