"""Addresses of the pages: English, with the Dutch words that people type from a letter leading to the same page."""

from django.urls import path
from django.views.generic import RedirectView

from misthoorn.web.desk.advisories import views
from misthoorn.web.desk.campaigns import views as campaigns
from misthoorn.web.desk.effect import views as effect
from misthoorn.web.desk.findings import assets, suppressions
from misthoorn.web.desk.findings import views as findings
from misthoorn.web.desk.lists import quarantine
from misthoorn.web.desk.lists import views as lists
from misthoorn.web.desk.messages import views as messages
from misthoorn.web.desk.organisations import claims, webhooks
from misthoorn.web.desk.organisations import views as organisations
from misthoorn.web.desk.products import views as meanings
from misthoorn.web.desk.replies import incoming
from misthoorn.web.desk.replies import views as answers
from misthoorn.web.desk.sources import lawfulness, source
from misthoorn.web.desk.sources import views as sources
from misthoorn.web.desk.today import views as today
from misthoorn.web.guards import View, public
from misthoorn.web.site import answers as answer
from misthoorn.web.site import deliveries, display, feed, pages
from misthoorn.web.urls_after import AFTER
from misthoorn.web.urls_feed import FEEDS
from misthoorn.web.urls_mine import MINE
from misthoorn.web.urls_people import PEOPLE
from misthoorn.web.urls_preference import PREFERENCES
from misthoorn.web.urls_telling import TELLING
from misthoorn.web.urls_text import TEXTS
from misthoorn.web.urls_trial import TRIALS


def _to(name: str) -> View:
    return public(RedirectView.as_view(pattern_name=name))


urlpatterns = [
    path("", pages.page("misthoorn/site/home.html"), name="home"),
    path("check/", pages.check, name="check"),
    path("controleer/", _to("check")),
    path("answer/", answer.code, name="answer"),
    path("antwoord/", _to("answer")),
    path("answer/choose/", answer.choose, name="answer-choose"),
    path("answer/thanks/", answer.thanks, name="answer-thanks"),
    path("answer/register/", answer.register, name="answer-register"),
    path("steps/", pages.page("misthoorn/site/steps.html"), name="steps"),
    path("about/", pages.page("misthoorn/site/about.html"), name="about"),
    path("privacy/", pages.page("misthoorn/site/privacy.html"), name="privacy"),
    path("accessibility/", pages.page("misthoorn/site/accessibility.html"), name="accessibility"),
    path("toegankelijkheid/", _to("accessibility")),
    path("security/", pages.page("misthoorn/site/security.html"), name="security"),
    path(".well-known/security.txt", pages.security_txt, name="security-txt"),
    path("desk/", today.today, name="desk"),
    path("desk/campaigns/", campaigns.campaigns, name="desk-campaigns"),
    path("desk/campaigns/<int:campaign>/", campaigns.campaign, name="desk-campaigns-one"),
    path("desk/campaigns/<int:campaign>/approve/", campaigns.approve, name="desk-campaigns-approve"),
    path("desk/campaigns/<int:campaign>/set-aside/", campaigns.set_aside, name="desk-campaigns-aside"),
    path("desk/campaigns/<int:campaign>/turn/", campaigns.turn, name="desk-campaigns-turn"),
    path("desk/campaigns/<int:campaign>/notices/", campaigns.notices, name="desk-campaigns-notices"),
    path(
        "desk/campaigns/<int:campaign>/organisations/<slug:outcome>/",
        campaigns.organisations,
        name="desk-campaigns-organisations",
    ),
    path("desk/organisations/", organisations.organisations, name="desk-organisations"),
    path("desk/organisations/<int:organisation>/", organisations.organisation, name="desk-organisations-one"),
    path("desk/organisations/<int:organisation>/kind/", organisations.decide_kind, name="desk-organisations-kind"),
    path("desk/organisations/<int:organisation>/allow/", organisations.allow, name="desk-organisations-allow"),
    path("desk/organisations/<int:organisation>/webhooks/", webhooks.webhooks, name="desk-organisations-webhooks"),
    path(
        "desk/organisations/<int:organisation>/webhooks/<int:webhook>/rotate/",
        webhooks.rotate,
        name="desk-organisations-webhooks-rotate",
    ),
    path(
        "desk/organisations/<int:organisation>/webhooks/<int:webhook>/stop/",
        webhooks.stop,
        name="desk-organisations-webhooks-stop",
    ),
    path(
        "desk/organisations/<int:organisation>/webhooks/<int:webhook>/test/",
        webhooks.ping,
        name="desk-organisations-webhooks-ping",
    ),
    path("desk/findings/<int:finding>/", findings.finding, name="desk-findings-one"),
    path("desk/findings/<int:finding>/suppress/", findings.suppress, name="desk-findings-suppress"),
    path("desk/findings/<int:finding>/remediation/", findings.remediation, name="desk-findings-remediation"),
    path("desk/assets/<int:asset>/", assets.asset, name="desk-assets-one"),
    path("desk/assets/<int:asset>/product/", assets.product, name="desk-assets-product"),
    path("desk/assets/<int:asset>/meaning/", meanings.meaning, name="desk-assets-meaning"),
    path("desk/assets/<int:asset>/remediation/", assets.remediation, name="desk-assets-remediation"),
    path("desk/advisories/", views.advisories, name="desk-advisories"),
    path("desk/advisories/<int:advisory>/", views.advisory, name="desk-advisories-one"),
    path("desk/advisories/<int:advisory>/remediation/", views.remediation, name="desk-advisories-remediation"),
    path("desk/suppressions/", suppressions.suppressions, name="desk-suppressions"),
    path("desk/suppressions/<int:suppression>/end/", suppressions.end, name="desk-suppressions-end"),
    path("api/v1/deliveries/", deliveries.deliver, name="push"),
    path("api/v1/feed/", feed.feed, name="feed"),
    path("api/v1/feed.csv", feed.feed_csv, name="feed-csv"),
    path("api/v1/feed.xarf.json", feed.feed_xarf, name="feed-xarf"),
    path("desk/sources/", sources.sources, name="desk-sources"),
    path("desk/sources/new/", source.catalogue, name="desk-sources-catalogue"),
    path("desk/sources/new/own/", source.add_own, name="desk-sources-own"),
    path("desk/sources/new/<slug:entry>/", source.add, name="desk-sources-add"),
    path("desk/sources/one/<slug:source>/", source.one, name="desk-sources-one"),
    path("desk/sources/one/<slug:source>/run/", source.run, name="desk-sources-run"),
    path("desk/sources/one/<slug:source>/try/", source.try_it, name="desk-sources-try"),
    path("desk/sources/one/<slug:source>/unsigned/", source.unsigned, name="desk-sources-unsigned"),
    path("desk/sources/one/<slug:source>/pause/", source.pause, name="desk-sources-pause"),
    path("desk/sources/one/<slug:source>/schedule/", source.schedule, name="desk-sources-schedule"),
    path("desk/sources/one/<slug:source>/key/", source.key, name="desk-sources-key"),
    path("desk/sources/one/<slug:source>/origin/", lawfulness.state, name="desk-sources-origin"),
    path("desk/sources/one/<slug:source>/push-key/", source.push_key, name="desk-sources-push-key"),
    path("desk/sources/batches/<int:batch>/decide/", source.decide, name="desk-sources-decide"),
    path("desk/sources/batches/<int:batch>/", sources.batch, name="desk-sources-batch"),
    path("desk/sources/batches/<int:batch>/refused/<slug:reason>/", sources.refused, name="desk-sources-refused"),
    path("desk/lists/", lists.lists, name="desk-lists"),
    path("desk/lists/<uuid:draft>/", lists.one, name="desk-lists-one"),
    path("desk/lists/held/<int:batch>/", lists.held, name="desk-lists-held"),
    path("desk/quarantine/", quarantine.quarantine, name="desk-quarantine"),
    path("desk/quarantine/<int:batch>/", quarantine.release, name="desk-quarantine-release"),
    path("desk/quarantine/<int:batch>/leave/", quarantine.leave, name="desk-quarantine-leave"),
    path("desk/quarantine/<int:batch>/failed/", quarantine.failed, name="desk-quarantine-failed"),
    path("desk/messages/", messages.messages, name="desk-messages"),
    path("desk/messages/<int:message>/", messages.message, name="desk-messages-one"),
    path("desk/incoming/", incoming.incoming, name="desk-incoming"),
    path("desk/incoming/<int:incoming>/", incoming.one, name="desk-incoming-one"),
    path("desk/incoming/<int:incoming>/read/", incoming.read, name="desk-incoming-read"),
    path("desk/answers/", answers.answers, name="desk-answers"),
    path("desk/answers/<int:reply>/", answers.one, name="desk-answers-one"),
    path("desk/claims/", claims.claims, name="desk-claims"),
    path("desk/claims/<int:claim>/", claims.one, name="desk-claims-one"),
    path("desk/claims/<int:claim>/accept/", claims.accept, name="desk-claims-accept"),
    path("desk/claims/<int:claim>/refuse/", claims.refuse, name="desk-claims-refuse"),
    path("desk/effect/", effect.effect, name="desk-effect"),
    path("desk/effect/curves.csv", effect.curves, name="desk-effect-curves"),
    path("desk/effect/<slug:figure>/csv/", effect.figure, name="desk-effect-figure"),
    path("desk/privacy/", today.privacy, name="desk-privacy"),
    *FEEDS,
    *PEOPLE,
    *TELLING,
    *TEXTS,
    *PREFERENCES,
    *AFTER,
    *MINE,
    path("mijn/", _to("mine")),
    *TRIALS,
    path("language/", display.language, name="language"),
    path("theme/", display.theme, name="theme"),
]
