"""The public register of comparisons of texts: what is compared and why, and what came out. Nothing about anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from misthoorn.common import clock
from misthoorn.insight.trials import result_of
from misthoorn.notification.trials.services import trials as all_trials
from misthoorn.web.guards import public
from misthoorn.web.labels.trials import why_ended


@public
@require_safe
def trials(request: HttpRequest) -> HttpResponse:
    """Those that run or ran, the newest first; the numbers once all is counted."""
    now = clock.now()
    found = [
        (one, why_ended(one), result_of(one, now=now) if one.result is not None else None)
        for one in all_trials(public=True)
    ]
    return render(request, "misthoorn/site/trials.html", {"found": found})
