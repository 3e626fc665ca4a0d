"""How mail servers and answering machines put it (nl, en, de, fr); each wording is a regular expression."""

import re


def _any(*wordings: str) -> re.Pattern[str]:
    return re.compile("|".join(wordings), re.IGNORECASE)


# In a report: there is nobody at this address.
NOBODY = _any(
    r"(?:user|recipient|address) unknown",
    r"unknown (?:user|recipient|address)",
    r"(?:user|recipient|address|mailbox) (?:was )?not found",
    r"no such (?:user|person|recipient|mailbox|address)",
    r"no mailbox here",
    r"mailbox (?:is )?unavailable",
    r"(?:does not|doesn't|did not) exist",
    r"address rejected",
    r"(?:invalid|bad) (?:recipient|mailbox|address|destination)",
    r"not a (?:known|valid) (?:user|mailbox|address|recipient)",
    r"account (?:is |has been |that you tried to reach is )?(?:disabled|closed|inactive)",
    r"onbekende (?:gebruiker|ontvanger)",
    r"(?:bestaat niet|niet gevonden)",
    r"existiert nicht",
    r"(?:empfänger|benutzer|adresse) unbekannt",
    r"introuvable",
    r"utilisateur inconnu",
)
# In a report: somebody is there, and the mailbox takes no more.
FULL = _any(r"quota", r"mailbox (?:is )?full", r"over ?limit", r"insufficient storage", r"postvak .{0,40}vol\b")

FAILURE_SUBJECT = _any(
    r"undeliver",
    r"unzustellbar",
    r"nondeliver",
    r"returned (?:mail|to sender)",
    r"delivery (?:has )?fail",
    r"delivery (?:status )?notification",
    r"mail delivery (?:failed|system)",
    r"failure notice",
    r"mail system error",
    r"rejected:",
    r"niet (?:kunnen )?(?:worden )?(?:af|be)?gele?verd",
    r"onbestelba",
    r"onbezorgba",
    r"non remis",
    r"[ée]chec de (?:la )?remise",
)
DELAY_SUBJECT = _any(
    r"delay", r"warning: could not send", r"still being retried", r"vertraag", r"verzögert", r"retard[ée]"
)

AWAY_SUBJECT = _any(
    r"out of (?:the )?office",
    r"\booo\b",
    r"auto(?:matic|mated)?[- ]?(?:reply|response)",
    r"autoreply",
    r"on (?:vacation|holiday|leave)",
    r"away from",
    r"afwezig",
    r"niet aanwezig",
    r"automatisch (?:antwoord|bericht)",
    r"vakantie",
    r"\bverlof",
    r"abwesen",
    r"automatische antwort",
    r"réponse automatique",
    r"absence",
)
AWAY_TEXT = _any(
    r"out of (?:the )?office",
    r"(?:i am|i'm) (?:currently )?(?:away|on (?:vacation|holiday|leave))",
    r"on (?:maternity|parental|annual|sick) leave",
    r"(?:i will|i'll) be back",
    r"limited access to (?:my )?e-?mail",
    r"afwezig",
    r"niet aanwezig",
    r"(?:met|op) vakantie",
    r"met (?:zwangerschaps|ouderschaps)?verlof",
    r"weer (?:aanwezig|bereikbaar|terug|op kantoor)",
    r"beperkt bereikbaar",
    r"nicht im büro",
    r"abwesend",
    r"en congé",
    r"absente?\b",
)
LEFT = _any(
    r"no longer (?:work|employ|with (?:the company|us)|at |in use|active|monitored)",
    r"has left (?:the )?(?:company|organi[sz]ation)",
    r"(?:has been|is) (?:discontinued|retired)",
    r"niet (?:meer|langer) (?:werkzaam|in dienst|actief|in gebruik|gebruikt|gelezen)",
    r"werkt? (?:hier )?niet meer",
    r"uit dienst",
    r"adres (?:is|wordt) (?:vervallen|opgeheven)",
    r"nicht mehr (?:im unternehmen|bei uns|tätig|aktiv|verwendet)",
    r"ne travaille plus",
)
