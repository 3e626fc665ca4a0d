"""What a mail server says when it does not take a mail: of the address, of a rule, or of ourselves. Pure."""

import re


def any_of(*wordings: str) -> re.Pattern[str]:
    """One pattern of several, whatever their case."""
    return re.compile("|".join(wordings), re.IGNORECASE)


# In a report: there is nobody at this address.
NOBODY = any_of(
    r"(?:user|recipient|address) unknown",
    r"unknown (?:user|recipient|address)",
    r"(?:user|recipient|address|mailbox) (?:was )?not found",
    r"no such (?:user|person|recipient|mailbox|address)",
    r"not listed in",
    r"no mailbox here",
    r"mailbox (?:is )?unavailable",
    r"(?:does not|doesn't|did not) exist",
    r"5\.1\.0 address rejected",
    r"(?:invalid|bad) (?:recipient|mailbox|address|destination)",
    r"not a (?:known|valid) (?:user|mailbox|address|recipient)",
    r"(?:account|mailbox) (?:is |has been |that you tried to reach is )?(?:disabled|closed|inactive)",
    r"onbekende (?:gebruiker|ontvanger)",
    r"(?:gebruiker|ontvanger|adres) (?:is )?onbekend",
    r"niet vermeld in",
    r"(?:bestaat niet|niet gevonden)",
    r"existiert nicht",
    r"(?:empfänger|benutzer|adresse) unbekannt",
    r"introuvable",
    r"utilisateur inconnu",
)
# In a report: somebody is there, and the mailbox takes no more.
FULL = any_of(r"quota", r"mailbox (?:is )?full", r"over ?limit", r"insufficient storage", r"postvak .{0,40}vol\b")
# In a report: a rule of the receiver, or something about us, kept it out; whether somebody is there is not said.
REFUSED = any_of(
    r"block(?:ed|[- ]?list)",
    r"black[- ]?list",
    r"\bspam\b",
    r"\bspf\b",
    r"\bdkim\b",
    r"\bdmarc\b",
    r"polic(?:y|ies)",
    r"reputation",
    r"relay(?:ing)? (?:access )?(?:denied|not)",
    r"access denied",
    r"authenticat",
    r"gr[ae]y-?list",
    r"at a rate that|rate limit|too (?:many|much)",
    r"open relay",
    r"recipient preferences",
    r"spamhaus|spamcop|barracuda ?central",
    r"on hold",
    r"mail from \S+ (?:refused|rejected)",
    r"sender (?:e-?mail )?(?:address |domain )?(?:was |is )?(?:rejected|refused|verif)",
    r"sender address",
    r"(?:after|reply to) (?:pipelined )?mail from\b",
)

# In an answer of our own relay: it takes nothing from us, whoever it is for.
OF_US = any_of(r"relay(?:ing)? (?:access )?(?:denied|not)", r"authenticat(?:ion|e) (?:is )?(?:required|first)")

# RFC 3463: of 5.1 and 5.2 these speak of the recipient's mailbox; the others of ourselves, of routes, relays and rules.
OF_THE_ADDRESS = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)$")
_GENERIC = frozenset({"", "5.0.0", "5.1.0"})


def is_bad(status: str, said: str) -> bool:
    """Whether it is the address that nothing arrives at, and not a full mailbox, a rule or a relay in between."""
    if FULL.search(said) or REFUSED.search(said):
        return False
    return bool(NOBODY.search(said)) if status in _GENERIC else bool(OF_THE_ADDRESS.search(status))
