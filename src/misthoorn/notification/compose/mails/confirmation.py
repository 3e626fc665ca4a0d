"""The mail with a code, by which somebody shows that an address is read by them. No word of theirs is in it."""

from typing import Final

from misthoorn.notification.compose.facts import Language, Mail, Team
from misthoorn.notification.compose.text.layout import lay_out

NAME, VERSION = "confirm", "1"
ABOUT: Final[dict[Language, str]] = {
    "nl": "de bevestiging van een mailadres",
    "en": "confirming a mail address",
}
_SUBJECTS: Final[dict[Language, str]] = {
    "nl": "Uw code: bevestig uw mailadres",
    "en": "Your code: confirm your mail address",
}
_TEXTS: Final[dict[Language, str]] = {
    "nl": """Beste lezer,

Iemand vulde dit mailadres in op {site}, om waarschuwingen van {name} te krijgen.

WAS U DAT?
  Typ {site}/antwoord in uw browser en vul deze code in:

    {code}

  De code geldt {days} dagen. Daarna kijkt iemand van ons team naar uw aanmelding.

WAS U DAT NIET?
  Dan hoeft u niets te doen. Zonder de code gebeurt er niets, en wij sturen u verder niets.

IS DIT BERICHT ECHT?
  Typ {site}/controleer in uw browser en vul nummer {number} in, of bel {phone}.
  Wij vragen nooit om een wachtwoord of om geld.

{name} · {address}
""",
    "en": """Dear reader,

Somebody filled in this mail address on {site}, to get warnings of {name}.

WAS THAT YOU?
  Type {site}/answer into your browser and fill in this code:

    {code}

  The code is valid for {days} days. After that somebody of our team looks at your registration.

WAS IT NOT YOU?
  Then you need not do anything. Without the code nothing happens, and we send you nothing more.

IS THIS MESSAGE REAL?
  Type {site}/check into your browser and fill in number {number}, or call {phone}.
  We never ask for a password or for money.

{name} · {address}
""",
}


def confirm(*, number: str, code: str, days: int, language: Language, team: Team) -> Mail:
    """The mail with this code. `number` and `code` as people read them."""
    text = _TEXTS[language].format(
        number=number, code=code, days=days, name=team.name, site=team.site, phone=team.phone, address=team.address
    )
    return Mail(_SUBJECTS[language], lay_out(text), NAME, VERSION)
