"""For everyone: is this letter, or this telephone call, from us?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.notification.answering.checking import check_way
from misthoorn.web.forms.people import PublicWayForm
from misthoorn.web.guards import public
from misthoorn.web.limits import CHECKS


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Is this number genuine for this post code or telephone number? Says never to whom, nothing of the systems."""
    if request.method != "POST":
        return render(request, "misthoorn/public/check_way.html", {"form": PublicWayForm()})
    form, now = PublicWayForm(request.POST), clock.now()
    if CHECKS.is_reached(request, now=now.timestamp()):
        wait = CHECKS.minutes_left(now=now.timestamp())
        return render(request, "misthoorn/public/check_way.html", {"form": form, "wait": wait}, status=429)
    if not form.is_valid():
        return render(request, "misthoorn/public/check_way.html", {"form": form}, status=400)
    found = check_way(**form.cleaned_data, now=now)
    if found.outcome != "genuine":
        CHECKS.count(request, now=now.timestamp())
    return render(request, "misthoorn/public/check_way.html", {"form": form, "found": found})
