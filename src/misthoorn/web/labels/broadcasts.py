"""What pages say of messages to many, of hand-overs to other teams, and of what was ever told."""

from django.utils.translation import pgettext_lazy

BROADCAST_KINDS = {
    "partner": pgettext_lazy("broadcast", "To partners"),
    "target_group": pgettext_lazy("broadcast", "To a target group"),
}
BROADCAST_STATES = {
    "draft": pgettext_lazy("broadcast", "Draft"),
    "waiting": pgettext_lazy("broadcast", "Waits for a second person"),
    "approved": pgettext_lazy("broadcast", "Approved"),
    "stopped": pgettext_lazy("broadcast", "Stopped"),
    "rejected": pgettext_lazy("broadcast", "Rejected"),
}
HAND_OVER_WAYS = {
    "mail": pgettext_lazy("hand-over", "by mail, with a list"),
    "telephone": pgettext_lazy("hand-over", "by telephone"),
}
TOLD_BECAUSE = {
    "number": pgettext_lazy("told", "the number"),
    "address": pgettext_lazy("told", "the address it went to"),
    "mail-domain": pgettext_lazy("told", "the mail domain it went to"),
    "organisation": pgettext_lazy("told", "the organisation"),
    "subject": pgettext_lazy("told", "what it was about"),
    "place": pgettext_lazy("told", "where it was seen"),
}
TOLD_EVENTS = {
    "written": pgettext_lazy("told", "message written"),
    "handed_over": pgettext_lazy("told", "handed over"),
    "later": pgettext_lazy("told", "not now, tried again later"),
    "bounced": pgettext_lazy("told", "refused for good"),
    "in_doubt": pgettext_lazy("told", "in doubt"),
    "withheld": pgettext_lazy("told", "withheld"),
    "expired": pgettext_lazy("told", "too late"),
    "error": pgettext_lazy("told", "an error of our own"),
    "gathered": pgettext_lazy("told", "told in another message"),
    "call": pgettext_lazy("told", "called"),
    "letter_posted": pgettext_lazy("told", "letter posted"),
    "letter_returned": pgettext_lazy("told", "letter came back"),
    "reply": pgettext_lazy("told", "answered"),
    "check": pgettext_lazy("told", "somebody checked the number"),
    "incoming": pgettext_lazy("told", "a mail came back"),
}
TOLD_CHECKS = {
    "genuine": pgettext_lazy("told", "it was genuine"),
    "other_domain": pgettext_lazy("told", "with a domain to which it did not go"),
}
TELLING = {
    "broadcast-kind": BROADCAST_KINDS,
    "broadcast-state": BROADCAST_STATES,
    "hand-over-way": HAND_OVER_WAYS,
    "told-because": TOLD_BECAUSE,
    "told-event": TOLD_EVENTS,
    "told-check": TOLD_CHECKS,
}
