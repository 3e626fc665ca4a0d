"""Words for people of the values that the program uses. Keys are the program's, by kind; texts are translated."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS: Mapping[str, Mapping[str, Promise]] = {
    "severity": {
        "urgent": pgettext_lazy("severity", "Urgent"),
        "high": pgettext_lazy("severity", "High"),
        "normal": pgettext_lazy("severity", "Normal"),
        "information": pgettext_lazy("severity", "Information"),
    },
    "certainty": {
        "exact": pgettext_lazy("certainty", "Certain"),
        "likely": pgettext_lazy("certainty", "Likely"),
        "network": pgettext_lazy("certainty", "Only the network is known"),
    },
    "answer": {
        "fixed": pgettext_lazy("answer", "Fixed"),
        "passed_on": pgettext_lazy("answer", "Passed on"),
        "not_ours": pgettext_lazy("answer", "Not ours"),
        "wrong": pgettext_lazy("answer", "Wrong"),
        "accepted": pgettext_lazy("answer", "We accept this"),
    },
    "channel": {
        "mail": pgettext_lazy("channel", "by mail"),
        "letter": pgettext_lazy("channel", "by letter"),
        "phone": pgettext_lazy("channel", "by telephone"),
    },
    "sector": {
        "health": _("Health care"),
        "trade": _("Trade"),
        "ict": _("ICT"),
        "agriculture": _("Agriculture"),
        "media": _("Media"),
        "education": _("Education"),
        "engineering": _("Engineering"),
        "transport": _("Transport"),
        "other": pgettext_lazy("sector", "Other"),
    },
    "size": {
        "1": _("1 person"),
        "2-9": _("2 to 9 people"),
        "10-49": _("10 to 49 people"),
        "50-249": _("50 to 249 people"),
        "250+": _("250 people or more"),
    },
    "organisation-kind": {
        "general": pgettext_lazy("organisation", "General"),
        "vital": pgettext_lazy("organisation", "Vital provider"),
        "digital_service_provider": pgettext_lazy("organisation", "Digital service provider"),
        "municipality": pgettext_lazy("organisation", "Municipality"),
        "unknown": pgettext_lazy("organisation", "Not known yet"),
    },
    "asset-kind": {
        "network": _("Network"),
        "domain": _("Domain"),
        "asn": _("AS number"),
        "product": _("Product"),
    },
    "role": {
        "owner": pgettext_lazy("contact", "Owner"),
        "security": pgettext_lazy("contact", "Security"),
        "it_provider": pgettext_lazy("contact", "IT provider"),
        "abuse": pgettext_lazy("contact", "Network owner (abuse)"),
        "general": pgettext_lazy("contact", "General"),
    },
    "message-state": {
        "queued": pgettext_lazy("message", "Waiting"),
        "leased": pgettext_lazy("message", "Being sent"),
        "handed_over": pgettext_lazy("message", "Handed over"),
        "in_doubt": pgettext_lazy("message", "In doubt"),
        "bounced": pgettext_lazy("message", "Came back"),
        "withheld": pgettext_lazy("message", "Withheld"),
        "expired": pgettext_lazy("message", "Expired"),
    },
    "language": {"nl": _("Dutch"), "en": _("English")},
}


def word(*, kind: str, value: str) -> str:
    """The word for `value`; the value itself, with spaces for underscores, where the kind has no word for it."""
    found = WORDS.get(kind, {}).get(value)
    return str(found) if found is not None else value.replace("_", " ")
