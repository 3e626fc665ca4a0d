"""A warning that its recipient passed on: a head of ours above the same text. Nobody can add a word to it."""

from typing import Final

from misthoorn.notification.compose.facts import Language, Mail, Team
from misthoorn.notification.compose.text.layout import lay_out
from misthoorn.notification.compose.text.sanitization import one_line

NAME, VERSION = "passed-on", "2"
LONGEST_SUBJECT = 110
_LINE = "-" * 30  # no telephone breaks it

_BEFORE: Final[dict[Language, str]] = {"nl": "Doorgegeven aan u: ", "en": "Passed on to you: "}
_HEADS: Final[dict[Language, str]] = {
    "nl": """{organisation} heeft deze waarschuwing aan u doorgegeven.

{organisation} vulde uw mailadres in op {site}. Daarom krijgt u dit bericht, één keer.
Niemand kan tekst aan dit bericht toevoegen. Klopt de waarschuwing niet, dan laten wij u dat weten. \
Verder sturen wij u niets.

Kent u {organisation} niet? Dan hoeft u niets te doen.
Denkt u dat dit een vergissing is? Bel {phone}.

Hieronder staat de waarschuwing zoals {organisation} die kreeg.
Is het opgelost? Dan kunt u dat zelf laten weten, met de code die erin staat.
""",
    "en": """{organisation} passed this warning on to you.

{organisation} filled in your mail address on {site}. That is why you get this message, once.
Nobody can add text to it. If the warning proves wrong, we tell you so. We send you nothing more.

Do you not know {organisation}? Then you need not do anything.
Do you think this is a mistake? Call {phone}.

Below is the warning as {organisation} got it.
Is it fixed? Then you can tell us so yourself, with the code that stands in it.
""",
}


def passed_on(*, organisation: str, subject: str, body: str, language: Language, team: Team) -> Mail:
    """The mail for whom a warning was passed on to. `subject` and `body`: of the message that was passed on."""
    text = _HEADS[language].format(organisation=one_line(organisation), site=team.site, phone=team.phone)
    line = one_line(f"{_BEFORE[language]}{subject}", limit=LONGEST_SUBJECT)
    return Mail(line, f"{lay_out(text)}\n{_LINE}\n\n{body}", NAME, VERSION)
