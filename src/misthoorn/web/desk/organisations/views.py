from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries, services
from misthoorn.constituency.facts import OrganisationFacts
from misthoorn.constituency.organisations.members import members_of
from misthoorn.constituency.routing.contact_order import LADDER
from misthoorn.constituency.routing.decision import Route, RuleSet, route, shipped_rules, team_name
from misthoorn.notification import queries as notification
from misthoorn.notification.channels.feed.keys import keys
from misthoorn.notification.incoming.queries import need_attention
from misthoorn.notification.webhooks import webhooks
from misthoorn.triage import queries as triage
from misthoorn.triage import watch
from misthoorn.triage.evidence import sentences
from misthoorn.triage.suppression import silenced
from misthoorn.web.desk.organisations.forms import KindForm, SearchForm
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import number_of, or_404, spoken

SHOWN = 50
FEW, FINDINGS = 25, 200
SAID = 50  # findings of which the sentence is made


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """Search by POST: a name, an address or a domain never stands in a URL. The next page of a search neither."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    page = _page_number(request)
    found = queries.search(text=text, first=(page - 1) * SHOWN, limit=SHOWN + 1)
    return render(
        request,
        "misthoorn/desk/organisations/organisations.html",
        {
            "form": form,
            "text": text,
            "organisations": found[:SHOWN],
            "page": page,
            "more": len(found) > SHOWN,
            "counts": queries.counts(),
        },
    )


def _page_number(request: HttpRequest) -> int:
    return number_of(request.POST.get("page") or request.GET.get("page") or "") or 1


@desk
@looks_at("organisation")
@require_safe
def organisation(request: HttpRequest, organisation: int) -> HttpResponse:
    """Everything known about one organisation: findings, notices, assets, and whom we would warn."""
    facts = _facts(organisation)
    limit = FINDINGS if request.GET.get("findings") == "more" else FEW
    findings = triage.findings_of(organisation, limit=limit + 1)
    assets = watch.watched(queries.assets_of(organisation), now=clock.now())
    more, findings = len(findings) > limit, findings[:limit]
    ladder = queries.ladder_of(organisation, now=clock.now())
    return render(
        request,
        "misthoorn/desk/organisations/organisation.html",
        {
            "organisation": facts,
            "route": (verdict := _route(facts)),
            "team_name": _team_name(verdict),
            "outcome": _outcome(verdict),
            "refused": queries.refused_by(organisation),
            "findings": findings,
            "more": more,
            "most": limit == FINDINGS,
            "found": sum(one.open + one.gone for one in assets) if more else len(findings),
            "sentences": sentences(findings[:SAID], language=spoken(), now=clock.now()),
            "suppressed": silenced([one.id for one in findings], now=clock.now()),
            "assets": assets,
            "ladder": ladder,
            "ladder_rule": LADDER,
            "contacts": sum(rung.contact is not None for rung in ladder),
            "wishes": queries.preferences([rung.contact.id for rung in ladder if rung.contact]),
            "attention": need_attention([rung.contact.id for rung in ladder if rung.contact], now=clock.now()),
            "webhooks": webhooks(organisation=organisation),
            "members": len(members_of([organisation])),
            "feed_keys": sum(one.revoked_at is None for one in keys(organisation=organisation)),
            "notices": notification.notices_of_organisation(organisation),
            "form": KindForm(initial={"kind": facts.kind, "oktt": facts.oktt}, oktt=facts.oktt),
        },
    )


def _rules() -> tuple[RuleSet, ...]:
    return shipped_rules(settings.ROUTING_FROM)


def _route(facts: OrganisationFacts) -> Route:
    return route(kind=facts.kind, on=clock.now().date(), rules=_rules(), oktt=facts.oktt)


def _team_name(verdict: Route) -> str:
    """The name of the team that warns the organisation; empty when a person has to decide."""
    return team_name(verdict.team, on=clock.now().date(), rules=_rules(), language=spoken())


def _outcome(verdict: Route) -> str:
    """What the routing gate says of the organisation, where it says no."""
    return "person-decides" if verdict.team is None else "" if verdict.team == settings.INTERNAL_TEAM else "other-team"


def _facts(pk: int) -> OrganisationFacts:
    return or_404(queries.organisation(pk))


@desk
@require_POST
def decide_kind(request: HttpRequest, organisation: int) -> HttpResponse:
    """A person says what the rules could not know."""
    facts = _facts(organisation)
    form = KindForm(request.POST, oktt=facts.oktt)
    if form.is_valid():
        services.decide_kind(organisation=organisation, **form.cleaned_data, person=person(request), at=clock.now())
        messages.success(request, _("Noted. From now on the right team warns this organisation."))
    else:
        messages.error(request, _("Nothing was changed: choose one of the kinds."))
    return redirect("desk-organisations-one", organisation)


@desk
@require_POST
def allow(request: HttpRequest, organisation: int) -> HttpResponse:
    """The organisation asked to hear of a subject again that it wanted no messages about."""
    _facts(organisation)
    subject = request.POST.get("subject", "")
    if services.allow_subject(organisation=organisation, subject=subject, person=person(request), at=clock.now()):
        messages.success(request, _("Noted. It gets messages on this subject again."))
    return redirect("desk-organisations-one", organisation)
