from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from misthoorn.common import clock
from misthoorn.constituency.assets import reported_errors
from misthoorn.constituency.organisations import claims
from misthoorn.intake import queries as intake
from misthoorn.intake import source_queries
from misthoorn.notification import queries as notification
from misthoorn.notification.answers import judgements
from misthoorn.notification.delivery.backlog import waiting as waiting_messages
from misthoorn.notification.incoming.queries import to_read
from misthoorn.notification.letters_and_calls import calls, letters
from misthoorn.triage import handovers
from misthoorn.triage import queries as triage
from misthoorn.triage.follow_up.queries import waiting as waiting_after
from misthoorn.web.guards import desk
from misthoorn.web.retention import kept

_WAITING = ("proposed", "waiting")
_STUCK = ("in_doubt", "bounced")


@desk
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What waits for a person: counts that are links, the campaigns to decide on, and what each source delivered."""
    campaigns, messages = triage.campaigns_by_state(), notification.messages_by_state()
    counts = {
        "waiting": sum(campaigns[state] for state in _WAITING),
        "held": campaigns["held"],
        "replies": sum(notification.replies_by_answer().values()),
        "judge": judgements.waiting(),
        "to_read": to_read(),
        "calls": calls.count_due(now=clock.now()),
        "letters": letters.count_waiting(now=clock.now()),
        "claims": claims.waiting(),
        "mistakes": reported_errors.waiting(),
        "teams": len(handovers.to_take_back()),
        "stuck": sum(messages[state] for state in _STUCK),
        "refused": intake.totals()["rows_refused"],
    }
    waiting = [one for state in _WAITING for one in triage.campaigns(state=state)]
    return render(
        request,
        "misthoorn/desk/today/today.html",
        {
            "now": clock.now(),
            "counts": counts,
            "campaigns": waiting,
            "sources": source_queries.states(),
            "held": source_queries.held_for_size(),
            "unproven": sorted(source_queries.unproven_batches(), key=lambda one: one.source_name),
            "after": waiting_after(),
            "queue": waiting_messages(),
        },
    )


@desk
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why and how long, and what the service has of it now."""
    return render(request, "misthoorn/desk/today/privacy.html", {"kept": kept()})
