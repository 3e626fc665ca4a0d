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
FULL = _any(r"quota", r"mailbox (?:is )?full", r"over ?limit", r"insufficient storage", r"postvak .{0,40}vol\b")
# In a report: a rule of the receiver, or something about us, kept it out; whether somebody is there is not said.
REFUSED = _any(
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
OF_US = _any(r"relay(?:ing)? (?:access )?(?:denied|not)", r"authenticat(?:ion|e) (?:is )?(?:required|first)")

FAILURE_SUBJECT = _any(
    r"undeliver",
    r"unzustellbar",
    r"nondeliver",
    r"returned (?:mail|to sender)",
    r"delivery (?:has )?fail",
    r"delivery (?:status )?notification",
    r"mail delivery (?:failed|system)",
    r"mail failure",
    r"could not be delivered",
    r"failure notice",
    r"mail system error",
    r"rejected:",
    r"niet (?:kunnen )?(?:worden )?(?:af|be)?gele?verd",
    r"niet (?:kunnen )?(?:worden )?bezorgd",
    r"onbestelba",
    r"onbezorgba",
    r"non remis",
    r"[ée]chec de (?:la )?remise",
)
FAILURE_TEXT = _any(
    r"(?:has|have|was|were) not (?:been )?delivered",
    r"(?:could|can) ?not be (?:delivered|reached)",
    r"couldn't be delivered",
    r"(?:unable|failed) to deliver",
    r"undeliverable",
    r"did not reach",
    r"(?:trouble|error) (?:delivering|sending) your",
    r"automatically rejected",
    r"(?:message|mail)(?: you sent)? (?:was|has been) (?:rejected|refused|discarded|blocked)",
    r"niet (?:worden )?(?:bezorgd|afgeleverd)",
    r"(?:bezorging|aflevering) .{0,60}mislukt",
    r"nicht zugestellt",
    r"pas pu être remis",
)
# A filter of the recipient's own answers with a disposition (RFC 5429).
FILTERED = _any(r"automatically rejected", r"automatisch geweigerd")
DELAY_SUBJECT = _any(
    r"delay", r"warning.{0,3}could not send", r"still being retried", r"vertraag", r"verzögert", r"retard[ée]"
)
DELAY_TEXT = _any(
    r"this is a warning (?:message )?only",
    r"(?:has|have) not yet been delivered",
    r"will (?:be retried|keep trying|retry|continue)",
    r"nog niet (?:bezorgd|afgeleverd)",
)

# How an answering machine that says nothing in its headers begins its subject; a person may write these words later on.
AWAY_SUBJECT = re.compile(
    r"(?:out of (?:the )?office|auto(?:matic|mated)?[- ]?(?:reply|response)|afwezig(?:heid\w*)?|niet aanwezig"
    r"|automatisch (?:antwoord|bericht)|automatische antwort|abwesenheit\w*|réponse automatique|absence(?: du bureau)?)"
    r" *(?:[:(]|$|auto|re\b)",
    re.IGNORECASE,
)
# What a machine says to be one writes of somebody who is away.
AWAY_TEXT = _any(
    r"out of (?:the )?office",
    r"\booo\b",
    r"away from (?:my|the)\b",
    r"on (?:vacation|holiday|leave)",
    r"(?:i am|i'm|i will be|i'll be) (?:currently )?away",
    r"on (?:maternity|parental|annual|sick) leave",
    r"not (?:be )?reading my mail",
    r"(?:i will|i'll|will) be back",
    r"limited access to (?:my )?e-?mail",
    r"afwezig",
    r"niet aanwezig",
    r"vakantie",
    r"\b(?:\w+)?verlof\b",
    r"weer (?:aanwezig|bereikbaar|terug|op kantoor)",
    r"(?:niet|beperkt) bereikbaar",
    r"gesloten (?:van|tot|t/m|wegens|vanwege)",
    r"nicht im (?:büro|haus)",
    r"abwesen",
    r"urlaub",
    r"en congé",
    r"absente?\b",
    r"absence",
)
LEFT = _any(
    r"no longer (?:work|employ|with (?:the company|us)|at |in use|active|monitored)",
    r"has left (?!the office|for\b|early|work)",
    r"(?:passed away|overleden|verstorben|décédée?)\b",
    r"(?:has been|is) (?:discontinued|retired)",
    r"niet (?:meer|langer) (?:werkzaam|in dienst|actief|in gebruik|gebruikt|gelezen)",
    r"werkt? (?:hier )?niet meer",
    r"uit dienst",
    r"met pensioen",
    r"gepensioneerd",
    r"adres (?:is|wordt|komt te)? ?(?:vervallen|vervalt|opgeheven)",
    r"overgenomen door",
    r"nicht mehr (?:im unternehmen|bei uns|aktiv|verwendet)",
    r"nicht mehr [^.\n]{0,60}(?:tätig|beschäftigt)",
    r"im ruhestand",
    r"ne travaille plus",
    r"à la retraite",
)
# How a machine begins that tells that a mail arrived, or asks whether its writer is somebody.
RECEIPT = _any(
    r"(?:has been|have been|was|is|are) (?:successfully )?(?:received|registered|created|logged)",
    r"(?:message|mail|request|ticket|report) (?:received|created)",
    r"that we (?:got|have received|received)",
    r"acknowledg",
    r"please (?:confirm|verify)",
    r"awaits? (?:moderat|approv)",
    r"being held",
    r"ontvangstbevestiging",
    r"(?:melding|verzoek|bericht|mail|vraag) (?:goed )?ontvangen",
    r"(?:melding|verzoek|bericht|mail|vraag) (?:is|staat) .{0,20}(?:ontvangen|geregistreerd)",
    r"automati(?:sch gegenereerd|cally generated)",
    r"eingangsbestätigung",
    r"(?:ist|sind) (?:bei uns )?eingegangen",
    r"accusé de réception",
    r"bien (?:reçu|été reçu)",
)
