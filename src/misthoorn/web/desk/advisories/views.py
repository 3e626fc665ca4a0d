from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.intake import queries as intake
from misthoorn.intake.advisories.changes import changes_of
from misthoorn.intake.advisories.priority_text import change_text, judgement_text, reason_text
from misthoorn.intake.facts import AdvisoryFacts
from misthoorn.intake.records import identifier_of, records_of
from misthoorn.triage import services, watch
from misthoorn.triage.suppression import silenced
from misthoorn.web.desk.findings.assets import certainty_of
from misthoorn.web.desk.findings.views import mark
from misthoorn.web.guards import desk
from misthoorn.web.parameters import number_of, or_404, spoken


@desk
@require_safe
def advisories(request: HttpRequest) -> HttpResponse:
    """The advisories that match something now."""
    found = watch.matched_advisories()
    return render(
        request,
        "misthoorn/desk/advisories/advisories.html",
        {"advisories": found, "shown": watch.PAGE, "known": intake.totals()["advisories"]},
    )


def _facts(pk: int) -> AdvisoryFacts:
    identifier = identifier_of(pk)
    return or_404(intake.advisories([identifier]).get(identifier) if identifier else None)


@desk
@require_safe
def advisory(request: HttpRequest, advisory: int) -> HttpResponse:
    """Which products and assets an advisory matches, how surely, and what is being done about each."""
    facts = _facts(advisory)
    certainty = certainty_of(request)
    page = number_of(request.GET.get("page", "")) or 1
    first = (page - 1) * watch.PAGE
    rows = watch.affected_by(facts.identifier, certainty=certainty, first=first, limit=watch.PAGE + 1)
    statistics = watch.statistics(facts.identifier)
    context = {
        "advisory": facts,
        "records": records_of(facts.identifier),
        "statistics": statistics,
        "open": any(statistics.remediation.values()),
        "products": watch.products_of(facts.identifier, certainty=certainty),
        "rows": rows[: watch.PAGE],
        "certainty": certainty,
        "page": page,
        "more": len(rows) > watch.PAGE,
        "states": services.REMEDIATION,
        "outdated": watch.outdated_marks([row.finding for row in rows]),
        "suppressed": silenced([row.finding.id for row in rows], now=clock.now()),
        **_words(facts),
    }
    return render(request, "misthoorn/desk/advisories/advisory.html", context)


def _words(facts: AdvisoryFacts) -> dict[str, Any]:
    """What its priority rests on, and what changed about it, in the reader's language."""
    language = spoken()
    return {
        "because": [reason_text(reason, language=language) for reason in facts.priority_because],
        "judgements": [(one, judgement_text(one, language=language)) for one in facts.judgements],
        "changes": [
            (one, change_text(one.what, before=one.before, after=one.after, language=language))
            for one in changes_of(facts.identifier)
        ],
    }


@desk
@require_POST
def remediation(request: HttpRequest, advisory: int) -> HttpResponse:
    """Say what is being done about all open matches of an advisory at once, as narrowed on the page."""
    facts = _facts(advisory)
    mark(request, watch.open_matches(advisory=facts.identifier, certainty=certainty_of(request)))
    return redirect("desk-advisories-one", advisory)
