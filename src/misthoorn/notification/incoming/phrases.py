"""How mail servers and answering machines put it (nl, en, de, fr); each wording is a regular expression."""

import re

from misthoorn.notification.channels.mail.refusals import any_of

FAILURE_SUBJECT = any_of(
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
FAILURE_TEXT = any_of(
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
FILTERED = any_of(r"automatically rejected", r"automatisch geweigerd")
DELAY_SUBJECT = any_of(
    r"delay", r"warning.{0,3}could not send", r"still being retried", r"vertraag", r"verzögert", r"retard[ée]"
)
DELAY_TEXT = any_of(
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
AWAY_TEXT = any_of(
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
LEFT = any_of(
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
RECEIPT = any_of(
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
