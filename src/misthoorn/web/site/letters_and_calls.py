"""For everyone: is this letter, or this telephone call, from us?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from misthoorn.notification.answers.authenticity import check_way
from misthoorn.web.guards import public
from misthoorn.web.limits import CHECKS
from misthoorn.web.site.authenticity import look_up
from misthoorn.web.site.forms import PublicWayForm


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Is this number genuine for this post code or telephone number? Says never to whom, nothing of the systems."""
    form = PublicWayForm(request.POST if request.method == "POST" else None)
    shown, _found, status = look_up(request, form, check=check_way, limit=CHECKS)
    return render(request, "misthoorn/site/check_way.html", shown, status=status)
