"""Addresses of the public pages, with the Dutch words that people type from a letter; and those for machines."""

from django.urls import path
from django.views.generic import RedirectView

from misthoorn.web.guards import View, public
from misthoorn.web.site import (
    answer_preferences,
    answers,
    deliveries,
    display,
    feed,
    letters_and_calls,
    pages,
    trials,
    unsubscribe,
)


def _to(name: str) -> View:
    return public(RedirectView.as_view(pattern_name=name))


urlpatterns = [
    path("", pages.page("misthoorn/site/home.html"), name="home"),
    path("check/", pages.check, name="check"),
    path("controleer/", _to("check")),
    path("answer/", answers.code, name="answer"),
    path("antwoord/", _to("answer")),
    path("answer/choose/", answers.choose, name="answer-choose"),
    path("answer/thanks/", answers.thanks, name="answer-thanks"),
    path("answer/register/", answers.register, name="answer-register"),
    path("steps/", pages.page("misthoorn/site/steps.html"), name="steps"),
    path("about/", pages.page("misthoorn/site/about.html"), name="about"),
    path("privacy/", pages.page("misthoorn/site/privacy.html"), name="privacy"),
    path("accessibility/", pages.page("misthoorn/site/accessibility.html"), name="accessibility"),
    path("toegankelijkheid/", _to("accessibility")),
    path("security/", pages.page("misthoorn/site/security.html"), name="security"),
    path(".well-known/security.txt", pages.security_txt, name="security-txt"),
    path("api/v1/deliveries/", deliveries.deliver, name="push"),
    path("api/v1/feed/", feed.feed, name="feed"),
    path("api/v1/feed.csv", feed.feed_csv, name="feed-csv"),
    path("api/v1/feed.xarf.json", feed.feed_xarf, name="feed-xarf"),
    path("check/letter-or-call/", letters_and_calls.check, name="check-way"),
    path("leave/<slug:token>/", unsubscribe.leave, name="leave"),
    path("answer/preferences/", answer_preferences.preferences, name="answer-preferences"),
    path("trials/", trials.trials, name="trials"),
    path("language/", display.language, name="language"),
    path("theme/", display.theme, name="theme"),
    path("mijn/", _to("mine")),
]
