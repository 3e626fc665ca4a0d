"""What every page knows: who we are, which theme was chosen, and what the desk's menu counts."""

from typing import TypedDict

from django.http import HttpRequest

from misthoorn.notification.services import team as configured

THEME_COOKIE = "thema"
THEMES = ("licht", "donker", "contrast")


class Team(TypedDict):
    """The team as pages name it; `tel` is the telephone number as a link takes it."""

    name: str
    address: str
    phone: str
    tel: str
    mail: str
    site: str


class Site(TypedDict):
    """The variables that a page's template may use besides its own."""

    service: str
    team: Team
    theme: str


def site(request: HttpRequest) -> Site:
    """Django's context processor; asks the database nothing, so that error pages can use it too."""
    return Site(service="Misthoorn", team=team(), theme=chosen_theme(request))


def team() -> Team:
    """The team of the settings."""
    own = configured()
    return Team(
        name=own.name,
        address=own.address,
        phone=own.phone.replace(" ", "\N{NO-BREAK SPACE}"),
        tel="+31" + _digits(own.phone)[1:] if own.phone.startswith("0") else "+" + _digits(own.phone),
        mail=own.mail,
        site=own.site,
    )


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def chosen_theme(request: HttpRequest) -> str:
    """The theme in the visitor's cookie; empty (the device decides) for none or an unknown one."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""
