"""The mails with a code to set a password for the portal: when somebody is invited, or forgot it."""

from typing import Final

from misthoorn.notification.compose.facts import Language, Mail, Team
from misthoorn.notification.compose.text.layout import lay_out

INVITED, FORGOTTEN = NAMES = "invite", "password"
VERSION: Final = "1"
ABOUT: Final[dict[str, dict[Language, str]]] = {
    INVITED: {"nl": "een account op onze site", "en": "an account on our site"},
    FORGOTTEN: {"nl": "een nieuw wachtwoord voor onze site", "en": "a new password for our site"},
}
_SUBJECTS: Final[dict[str, dict[Language, str]]] = {
    INVITED: {"nl": "Uw code: kies een wachtwoord", "en": "Your code: choose a password"},
    FORGOTTEN: {"nl": "Uw code: kies een nieuw wachtwoord", "en": "Your code: choose a new password"},
}
_WHY: Final[dict[str, dict[Language, str]]] = {
    INVITED: {
        "nl": (
            "U hebt een account gekregen op {site}. Daar staat wat wij uw organisatie lieten weten, wat daarvan nog "
            "openstaat, en wat wij voor u in de gaten houden. U krijgt ook gewoon onze mails.\n\nKIES EEN WACHTWOORD"
        ),
        "en": (
            "You got an account on {site}. There you see what we told your organisation, what of that is still open, "
            "and what we watch for you. You keep getting our mails too.\n\nCHOOSE A PASSWORD"
        ),
    },
    FORGOTTEN: {
        "nl": "Iemand vroeg op {site} een nieuw wachtwoord voor dit mailadres.\n\nWAS U DAT?",
        "en": "Somebody asked on {site} for a new password for this mail address.\n\nWAS THAT YOU?",
    },
}
_NOT_YOU: Final[dict[str, dict[Language, str]]] = {
    INVITED: {
        "nl": """WILT U GEEN ACCOUNT?
  Dan hoeft u niets te doen. Zonder de code gaat er niets open.""",
        "en": """DO YOU WANT NO ACCOUNT?
  Then you need not do anything. Without the code nothing opens.""",
    },
    FORGOTTEN: {
        "nl": """WAS U DAT NIET?
  Dan hoeft u niets te doen. Uw wachtwoord blijft zoals het is.""",
        "en": """WAS IT NOT YOU?
  Then you need not do anything. Your password stays as it is.""",
    },
}
_TEXTS: Final[dict[Language, str]] = {
    "nl": """Beste lezer,

{why}
  Typ {site}/antwoord in uw browser en vul deze code in:

    {code}

  De code geldt {days} dagen, één keer. Uw mailadres is uw gebruikersnaam.

{not_you}

IS DIT BERICHT ECHT?
  Typ {site}/controleer in uw browser en vul nummer {number} in, of bel {phone}.
  Wij vragen u nooit om een wachtwoord aan ons te geven.

{name} · {address}
""",
    "en": """Dear reader,

{why}
  Type {site}/answer into your browser and fill in this code:

    {code}

  The code is valid for {days} days, once. Your mail address is your user name.

{not_you}

IS THIS MESSAGE REAL?
  Type {site}/check into your browser and fill in number {number}, or call {phone}.
  We never ask you to give us a password.

{name} · {address}
""",
}


def invite(*, name: str, number: str, code: str, days: int, language: Language, team: Team) -> Mail:
    """The mail with this code; `name` is one of NAMES. `number` and `code` as people read them."""
    text = _TEXTS[language].format(
        why=_WHY[name][language].format(site=team.site),
        not_you=_NOT_YOU[name][language],
        number=number,
        code=code,
        days=days,
        name=team.name,
        site=team.site,
        phone=team.phone,
        address=team.address,
    )
    return Mail(_SUBJECTS[name][language], lay_out(text), name, VERSION)


def about_code(name: str, language: Language) -> str:
    """What a mail with such a code is about; "" of any other."""
    return ABOUT[name][language] if name in ABOUT else ""
