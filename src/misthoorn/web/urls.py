"""Addresses of the pages: English, with the Dutch words that people type from a letter leading to the same page."""

from django.urls import path
from django.views.generic import RedirectView

from misthoorn.web.guards import View, public
from misthoorn.web.views import answer, preferences
from misthoorn.web.views import public as pages
from misthoorn.web.views.desk import today


def _to(name: str) -> View:
    return public(RedirectView.as_view(pattern_name=name))


urlpatterns = [
    path("", pages.page("misthoorn/public/home.html"), name="home"),
    path("check/", pages.check, name="check"),
    path("controleer/", _to("check")),
    path("answer/", answer.code, name="answer"),
    path("antwoord/", _to("answer")),
    path("answer/choose/", answer.choose, name="answer-choose"),
    path("answer/thanks/", answer.thanks, name="answer-thanks"),
    path("steps/", pages.page("misthoorn/public/steps.html"), name="steps"),
    path("about/", pages.page("misthoorn/public/about.html"), name="about"),
    path("privacy/", pages.page("misthoorn/public/privacy.html"), name="privacy"),
    path("accessibility/", pages.page("misthoorn/public/accessibility.html"), name="accessibility"),
    path("toegankelijkheid/", _to("accessibility")),
    path("security/", pages.page("misthoorn/public/security.html"), name="security"),
    path(".well-known/security.txt", pages.security_txt, name="security-txt"),
    path("desk/", today.today, name="desk"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
]
