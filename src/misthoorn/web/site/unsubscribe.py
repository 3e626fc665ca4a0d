"""Leaving the list of messages to many, from a mail program's own button or by hand; no account."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.notification import unsubscribe
from misthoorn.web.guards import public


@public
@never_cache
@csrf_exempt  # a mail program posts it without having seen a page (RFC 8058); the token alone lets it
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; only a post changes anything, since programs look at addresses by themselves."""
    if request.method == "POST":
        if not unsubscribe.leave(token, now=clock.now()):
            raise Http404
        return render(request, "misthoorn/site/leave.html", {"left": True})
    if unsubscribe.may_leave(token) is None:
        messages.warning(request, _("This address is not whole. With the code from the message you can stop it too."))
        return redirect("answer")
    return render(request, "misthoorn/site/leave.html", {"left": False})
