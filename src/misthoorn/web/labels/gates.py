"""What pages say of the gates: who is warned by whom, and why somebody is not."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ORGANISATION_KINDS = {
    "general": pgettext_lazy("organisation", "General"),
    "vital": pgettext_lazy("organisation", "Essential or vital"),
    "former_vital": pgettext_lazy("organisation", "Formerly vital, no entity under the law of 2026"),
    "digital_service_provider": pgettext_lazy("organisation", "Digital service provider"),
    "municipality": pgettext_lazy("organisation", "Municipality"),
    "health_care": pgettext_lazy("organisation", "Health care"),
    "education": pgettext_lazy("organisation", "Education and research"),
    "water_board": pgettext_lazy("organisation", "Water board"),
    "team": pgettext_lazy("organisation", "Another team"),
    "unknown": pgettext_lazy("organisation", "Not known yet"),
}
GATES = {
    "routing": pgettext_lazy("gate", "Ours to warn"),
    "most specific": pgettext_lazy("gate", "Nobody is nearer"),
    "still true": pgettext_lazy("gate", "Still true"),
    "suppression": pgettext_lazy("gate", "Not suppressed"),
    "origin": pgettext_lazy("gate", "Obtained lawfully"),
    "fresh": pgettext_lazy("gate", "Seen lately"),
    "own wish": pgettext_lazy("gate", "Wants messages on this"),
    "tlp": pgettext_lazy("gate", "May be shared (TLP)"),
    "contact": pgettext_lazy("gate", "Can be reached"),
}
OUTCOMES = {
    "warn": pgettext_lazy("outcome", "get a message"),
    "other-team": pgettext_lazy("outcome", "another team warns them"),
    "person-decides": pgettext_lazy("outcome", "not known: a person must choose"),
    "more-specific-holder": pgettext_lazy("outcome", "somebody else is nearer to the address"),
    "no-longer-seen": pgettext_lazy("outcome", "no longer seen"),
    "suppressed": pgettext_lazy("outcome", "suppressed: not warned about, with a reason"),
    "unlawful-origin": pgettext_lazy("outcome", "origin not stated"),
    "stale": pgettext_lazy("outcome", "seen too long ago"),
    "refused-subject": pgettext_lazy("outcome", "want no messages on this"),
    "tlp": pgettext_lazy("outcome", "may not be shared (TLP)"),
    "no-contact": pgettext_lazy("outcome", "no address that works"),
    "preference": pgettext_lazy("outcome", "the contact wishes not to hear this"),
}
OUTCOMES_WHY = {
    "warn": _("These organisations get a message when the campaign is approved."),
    "other-team": _("Another team warns these organisations, by the rules that hold today."),
    "person-decides": _("The rules do not say who warns these. Open one and choose what kind of organisation it is."),
    "more-specific-holder": _(
        "A smaller network, or a longer domain, belongs to another organisation. That one is told."
    ),
    "no-longer-seen": _("The source looked again and saw nothing. There is nothing to warn about now."),
    "suppressed": _(
        "Somebody decided that this is not warned about here, with a reason and until a day. It stands with each "
        "finding, and under Suppressions."
    ),
    "unlawful-origin": _(
        "This is about what was taken from somebody, and nobody said yet that we got it lawfully. Until then it is not "
        "used."
    ),
    "preference": _("Their contact chose to hear only of what is serious, or of other things than this."),
    "stale": _("What was last seen longer ago than the limit is not mailed: it may be gone."),
    "refused-subject": _("These organisations asked for no more messages on this subject."),
    "tlp": _("The source does not allow this to be passed on to the contacts that we have."),
    "no-contact": _("No contact, or only addresses that came back. Find another way, such as the telephone."),
}
ORIGIN_MEANS = {
    "yes": _("We made it, it is public, or who gave it may give it."),
    "no": _("What was taken from people is kept, and warned about to nobody."),
}
