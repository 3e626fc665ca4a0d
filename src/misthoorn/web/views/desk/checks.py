from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.notification.answering.checking import check_way
from misthoorn.notification.channels.telephone.answers import answer_of
from misthoorn.notification.compose.facts import LANGUAGES
from misthoorn.notification.services import team
from misthoorn.web.forms.people import WayForm
from misthoorn.web.guards import desk
from misthoorn.web.limits import DESK_CHECKS


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """For who answers the telephone: may this warning be called genuine, and what is said in each case."""
    if request.method != "POST":
        return render(request, "misthoorn/desk/checks.html", {"form": WayForm()})
    form, now = WayForm(request.POST), clock.now()
    if DESK_CHECKS.is_reached(request, now=now.timestamp()):
        wait = DESK_CHECKS.minutes_left(now=now.timestamp())
        return render(request, "misthoorn/desk/checks.html", {"form": form, "wait": wait}, status=429)
    if not form.is_valid():
        return render(request, "misthoorn/desk/checks.html", {"form": form}, status=400)
    found = check_way(**form.cleaned_data, now=now)
    if found.outcome != "genuine":
        DESK_CHECKS.count(request, now=now.timestamp())
    said = [(language, answer_of(found, language=language, team=team())) for language in LANGUAGES]
    return render(request, "misthoorn/desk/checks.html", {"form": form, "found": found, "said": said})
