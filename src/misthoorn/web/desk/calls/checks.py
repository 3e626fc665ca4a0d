from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from misthoorn.notification.answers.authenticity import check_way
from misthoorn.notification.channels.telephone.answers import answer_of
from misthoorn.notification.compose.facts import LANGUAGES
from misthoorn.notification.services import team
from misthoorn.web.guards import desk
from misthoorn.web.limits import DESK_CHECKS
from misthoorn.web.site.authenticity import look_up
from misthoorn.web.site.forms import WayForm


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """For who answers the telephone: may this warning be called genuine, and what is said in each case."""
    form = WayForm(request.POST if request.method == "POST" else None)
    shown, found, status = look_up(request, form, check=check_way, limit=DESK_CHECKS)
    if found is not None:
        shown["said"] = [(language, answer_of(found, language=language, team=team())) for language in LANGUAGES]
    return render(request, "misthoorn/desk/calls/checks.html", shown, status=status)
