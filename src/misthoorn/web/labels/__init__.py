"""Words for people of the values that the program uses. Keys are the program's, by kind; texts are translated."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from misthoorn.web.labels.answers import CLAIM_EVIDENCE, CLAIM_STATES, JUDGEMENTS, JUDGEMENTS_MEAN, PASSED
from misthoorn.web.labels.broadcasts import TELLING
from misthoorn.web.labels.contacts import CONFIRMED_BY, PROVENANCES, ROLES, RUNG_REASONS, RUNGS
from misthoorn.web.labels.files import FORMATS, READ_AS, REFUSALS
from misthoorn.web.labels.follow_up import AFTER
from misthoorn.web.labels.gates import GATES, ORGANISATION_KINDS, ORIGIN_MEANS, OUTCOMES, OUTCOMES_WHY
from misthoorn.web.labels.letters_and_calls import BECAUSE, RETURNED
from misthoorn.web.labels.portal import MINE
from misthoorn.web.labels.preferences import PREFERENCES
from misthoorn.web.labels.texts import TEXTS
from misthoorn.web.labels.trials import TRIALS

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
    "answer-means": {
        "fixed": _("It is done, by us or by somebody else."),
        "passed_on": _("Somebody else is going to work on it, such as our IT provider."),
        "not_ours": _("This address or system does not belong to our business."),
        "wrong": _("The system is ours, but this is not true."),
        "accepted": _("We know about it and leave it so."),
    },
    "channel": {
        "mail": pgettext_lazy("channel", "by mail"),
        "letter": pgettext_lazy("channel", "by letter"),
        "telephone": pgettext_lazy("channel", "by telephone"),
        "portal": pgettext_lazy("channel", "on the portal"),
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
    "organisation-kind": ORGANISATION_KINDS,
    "asset-kind": {
        "network": _("Network"),
        "domain": _("Domain"),
        "asn": _("AS number"),
        "product": _("Product"),
    },
    "role": ROLES,
    "rung": RUNGS,
    "confirmed-by": CONFIRMED_BY,
    "rung-reason": RUNG_REASONS,
    "provenance": PROVENANCES,
    "message-state": {
        "queued": pgettext_lazy("message", "Waiting"),
        "leased": pgettext_lazy("message", "Being sent"),
        "handed_over": pgettext_lazy("message", "Handed over"),
        "in_doubt": pgettext_lazy("message", "In doubt"),
        "bounced": pgettext_lazy("message", "Came back"),
        "withheld": pgettext_lazy("message", "Withheld"),
        "expired": pgettext_lazy("message", "Expired"),
        "waiting": pgettext_lazy("message", "Waits for a person or its reader"),
        "gathering": pgettext_lazy("message", "Waits for its overview"),
        "gathered": pgettext_lazy("message", "Told in another message"),
    },
    "campaign-state": {
        "proposed": pgettext_lazy("campaign", "Wants a decision"),
        "waiting": pgettext_lazy("campaign", "Wants a second person"),
        "held": pgettext_lazy("campaign", "Held"),
        "approved": pgettext_lazy("campaign", "Approved"),
        "stopped": pgettext_lazy("campaign", "Stopped"),
        "rejected": pgettext_lazy("campaign", "Rejected"),
    },
    "finding-state": {
        "open": pgettext_lazy("finding", "Open"),
        "gone": pgettext_lazy("finding", "No longer seen"),
    },
    "remediation": {
        "none": pgettext_lazy("remediation", "Not remediated"),
        "in_progress": pgettext_lazy("remediation", "Remediation in progress"),
        "done": pgettext_lazy("remediation", "Remediation done"),
    },
    "suppression-state": {
        "active": pgettext_lazy("suppression", "Holds"),
        "ended": pgettext_lazy("suppression", "Ended"),
        "expired": pgettext_lazy("suppression", "Expired"),
    },
    "suppression-scope": {
        "asset-subject": _("This subject on this asset"),
        "asset": _("Everything on this asset"),
        "organisation-subject": _("This subject at this organisation"),
        "version-subject": _("This subject in this version of the product, for everybody"),
        "product-subject": _("This subject in every version of the product, for everybody"),
    },
    "suppression-scope-means": {
        "asset-subject": _("The narrowest choice. Other assets and other subjects are warned about as before."),
        "asset": _("Nothing about this asset is warned about any more, whatever is seen."),
        "organisation-subject": _("Also on other assets of this organisation. Other organisations are warned."),
        "version-subject": _("Every organisation with this product in this version gets no warning about it."),
        "product-subject": _("Every organisation with this product gets no warning about it."),
    },
    "watch-state": {
        "no-version": _("Its version is not known: what is found is likely, never certain."),
        "version-unreadable": _("Its version cannot be read in this order: ask how the maker writes it."),
        "order-unknown": _("We do not know how versions of this kind of package are ordered: as plain numbers."),
        "not-named": _("No advisory names it yet. It is watched all the same."),
        "ended": _("Its time is over: it is no longer compared with advisories."),
        "not-begun": _("Its time has not begun yet."),
    },
    "gate": GATES,
    "batch-state": {
        "received": pgettext_lazy("batch", "Waits to be read"),
        "leased": pgettext_lazy("batch", "Being read"),
        "accepted": pgettext_lazy("batch", "Read"),
        "refused": pgettext_lazy("batch", "Refused"),
        "held": pgettext_lazy("batch", "Held: a person decides"),
        "set_aside": pgettext_lazy("batch", "Set aside"),
    },
    "attempt-outcome": {
        "handed_over": pgettext_lazy("attempt", "handed over"),
        "later": pgettext_lazy("attempt", "not now, tried again later"),
        "bounced": pgettext_lazy("attempt", "refused for good"),
        "in_doubt": pgettext_lazy("attempt", "in doubt"),
        "withheld": pgettext_lazy("attempt", "withheld"),
        "expired": pgettext_lazy("attempt", "too late"),
        "error": pgettext_lazy("attempt", "an error of our own"),
    },
    "because": {
        "no_longer_true": pgettext_lazy("because", "no longer seen when it was to be sent"),
        "overtaken": pgettext_lazy("because", "answered, or seen again, before it was to be sent"),
        "contact_unusable": pgettext_lazy("because", "the contact may no longer be used"),
        "address_changed": pgettext_lazy("because", "the contact has another address now"),
        "tlp": pgettext_lazy("because", "may not be shared (TLP)"),
        "no_channel": pgettext_lazy("because", "no way to send it is set up"),
        "too_late": pgettext_lazy("because", "could not be sent in time"),
        "failed_too_often": pgettext_lazy("because", "went wrong too often; tell the administrator"),
        "restored": pgettext_lazy("because", "set aside after a backup was put back"),
        **BECAUSE,
        "stopped": pgettext_lazy("because", "the campaign was stopped"),
        "origin": pgettext_lazy("because", "somebody said that it was not obtained lawfully"),
        "preference": pgettext_lazy("because", "the contact wishes not to hear this"),
    },
    "compare-by": {
        "severity": pgettext_lazy("compare", "Severity"),
        "channel": pgettext_lazy("compare", "Way of sending"),
        "campaign": pgettext_lazy("compare", "Campaign"),
        "sector": pgettext_lazy("compare", "Sector"),
        "size": pgettext_lazy("compare", "Size"),
    },
    "incoming": {
        "failed": pgettext_lazy("incoming", "A failure: it did not arrive"),
        "delayed": pgettext_lazy("incoming", "A delay: it may still arrive"),
        "delivered": pgettext_lazy("incoming", "A server says that it arrived"),
        "away": pgettext_lazy("incoming", "Somebody is away"),
        "left": pgettext_lazy("incoming", "Somebody does not work there any more"),
        "automatic": pgettext_lazy("incoming", "An automatic answer"),
        "complaint": pgettext_lazy("incoming", "Somebody marked our mail as unwanted"),
        "reply": pgettext_lazy("incoming", "Somebody wrote to us"),
    },
    "outcome": OUTCOMES,
    "outcome-why": OUTCOMES_WHY,
    "origin-means": ORIGIN_MEANS,
    "passed-on": PASSED,
    "judgement": JUDGEMENTS,
    "judgement-means": JUDGEMENTS_MEAN,
    "claim-state": CLAIM_STATES,
    "claim-evidence": CLAIM_EVIDENCE,
    "returned": RETURNED,
    "refusal": REFUSALS,
    "read-as": READ_AS,
    "list-role": {
        "host": pgettext_lazy("column", "Address or name, in one column"),
        "ip": pgettext_lazy("column", "IP address"),
        "hostname": pgettext_lazy("column", "Host name"),
        "port": pgettext_lazy("column", "Port"),
        "protocol": pgettext_lazy("column", "Protocol"),
        "asn": pgettext_lazy("column", "AS number"),
        "time": pgettext_lazy("column", "When it was seen (date, or date and time)"),
        "clock": pgettext_lazy("column", "Time of day, if it has its own column"),
        "identifier": pgettext_lazy("column", "What was seen"),
        "severity": pgettext_lazy("column", "Severity, or a CVSS score"),
        "type": pgettext_lazy("column", "Type (RSIT)"),
        "class": pgettext_lazy("column", "Class (RSIT)"),
        "affected": pgettext_lazy("column", "Whether it is so: yes or no (a row with no is refused)"),
    },
    "list-encoding": {
        "utf-8": pgettext_lazy("encoding", "UTF-8"),
        "windows-1252": pgettext_lazy("encoding", "Windows-1252 (older Excel)"),
        "utf-16-le": pgettext_lazy("encoding", "UTF-16"),
        "utf-16-be": pgettext_lazy("encoding", "UTF-16, big-endian"),
    },
    "list-delimiter": {
        ";": pgettext_lazy("delimiter", "Semicolon ;"),
        ",": pgettext_lazy("delimiter", "Comma ,"),
        "\t": pgettext_lazy("delimiter", "Tab"),
        "|": pgettext_lazy("delimiter", "Bar |"),
    },
    "list-quote": {
        '"': pgettext_lazy("quote", 'Double quotation marks "'),
        "'": pgettext_lazy("quote", "Single quotation marks '"),
        "none": pgettext_lazy("quote", "Nothing"),
    },
    "list-dates": {
        "dmy": pgettext_lazy("dates", "Day, month, year (23-11-2026)"),
        "mdy": pgettext_lazy("dates", "Month, day, year (11/23/2026)"),
        "ymd": pgettext_lazy("dates", "Year, month, day (2026-11-23)"),
    },
    "list-decimal": {
        ",": pgettext_lazy("decimal", "Comma: 9,8 and 3.389"),
        ".": pgettext_lazy("decimal", "Point: 9.8 and 3,389"),
    },
    "list-headed": {
        "yes": pgettext_lazy("header", "Yes"),
        "no": pgettext_lazy("header", "No, the rows begin at once"),
    },
    "lawful": {
        "yes": pgettext_lazy("lawful", "Yes"),
        "no": pgettext_lazy("lawful", "No"),
        "unknown": pgettext_lazy("lawful", "I do not know"),
    },
    "lawful-means": {
        "yes": _("We made it, it is public, or who gave it may give it."),
        "no": _("The list is held. Nothing is read or matched until a colleague decides."),
        "unknown": _("The same: it is held until a colleague decides."),
    },
    "lawful-decision": {
        "yes": pgettext_lazy("decision", "Yes, use it"),
        "no": pgettext_lazy("decision", "No, never use it"),
    },
    "lawful-decision-means": {
        "yes": _("It is read and matched now."),
        "no": _("It is refused for good. Nothing of it was read or matched."),
    },
    "held-because": {
        "nobody said whether this list was obtained lawfully": _("nobody said whether this list was obtained lawfully"),
        "who brought it could not say that it was obtained lawfully": _(
            "who brought it could not say that it was obtained lawfully"
        ),
    },
    "age": {
        "": pgettext_lazy("age", "At any time"),
        "1": pgettext_lazy("age", "In the last day"),
        "7": pgettext_lazy("age", "In the last 7 days"),
        "30": pgettext_lazy("age", "In the last 30 days"),
    },
    "source-health": {
        "delivering": pgettext_lazy("source", "Delivers"),
        "new": pgettext_lazy("source", "Nothing came yet"),
        "unusual": pgettext_lazy("source", "Unusual size"),
        "failing": pgettext_lazy("source", "Cannot be fetched"),
        "silent": pgettext_lazy("source", "Silent"),
        "paused": pgettext_lazy("source", "Paused"),
    },
    "source-alarm": {
        "silent": _("This source has been silent for longer than it should."),
        "failing": _("This source cannot be fetched."),
        "fewer": _("A delivery has far fewer rows than usual."),
        "more": _("A delivery has far more rows than usual."),
    },
    "source-key": {
        "none": pgettext_lazy("key", "not needed"),
        "optional": pgettext_lazy("key", "if you have one"),
        "key": pgettext_lazy("key", "needed"),
        "user": pgettext_lazy("key", "needed, with a name"),
    },
    "fetch-state": {
        "due": pgettext_lazy("fetch", "Waits for its turn"),
        "leased": pgettext_lazy("fetch", "Is being fetched"),
        "done": pgettext_lazy("fetch", "Done"),
        "failed": pgettext_lazy("fetch", "Did not go"),
        "set_aside": pgettext_lazy("fetch", "Set aside"),
    },
    "transport": {
        "brought": pgettext_lazy("transport", "Brought: by hand, in the drop folder, or by itself"),
        "http": pgettext_lazy("transport", "A file at a web address"),
        "csaf": pgettext_lazy("transport", "A CSAF provider"),
        "nvd": pgettext_lazy("transport", "The API of the NVD"),
        "github-releases": pgettext_lazy("transport", "Releases on GitHub"),
        "github-advisories": pgettext_lazy("transport", "The advisories of GitHub"),
        "shadowserver-api": pgettext_lazy("transport", "The API of Shadowserver"),
        "taxii": pgettext_lazy("transport", "A TAXII server"),
        "misp-feed": pgettext_lazy("transport", "A MISP feed"),
        "misp-api": pgettext_lazy("transport", "A MISP instance"),
        "imap": pgettext_lazy("transport", "A mailbox"),
    },
    "format": FORMATS,
    "version-order": {
        "generic": pgettext_lazy("versions", "plain numbers"),
        "deb": pgettext_lazy("versions", "Debian packages"),
        "rpm": pgettext_lazy("versions", "RPM packages"),
        "apk": pgettext_lazy("versions", "Alpine packages"),
        "alpm": pgettext_lazy("versions", "Arch packages"),
        "jvm": pgettext_lazy("versions", "Java itself"),
        "datetime": pgettext_lazy("versions", "dates"),
        "lexicographic": pgettext_lazy("versions", "text"),
        "semver": pgettext_lazy("versions", "semantic versions"),
    },
    "closed-because": {
        "the product's version or the advisory changed, and they no longer match": _(
            "the version of the product or the advisory changed, and they no longer match"
        ),
        "the asset changed: it was not the organisation's when this was seen": _(
            "the asset changed: it was not the organisation's when this was seen"
        ),
        "the same vulnerability goes on under another number": _("the same vulnerability goes on under another number"),
        "the delivery that said so was read again, and does not say it": _(
            "the delivery that said so was read again, and does not say it"
        ),
    },
    "language": {"nl": _("Dutch"), "en": _("English")},
    **TELLING,
    **TEXTS,
    **PREFERENCES,
    **AFTER,
    **MINE,
    **TRIALS,
}


def word(*, kind: str, value: str) -> str:
    """The word for `value`; the value itself where the kind has no word for it."""
    found = WORDS.get(kind, {}).get(value)
    return str(found) if found is not None else value
