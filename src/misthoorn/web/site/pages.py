"""Pages for everyone: what the service is, and whether a warning is genuine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from misthoorn.common import clock
from misthoorn.notification import services as notification
from misthoorn.notification.attachments import files_of_bundle
from misthoorn.web.guards import View, public
from misthoorn.web.limits import CHECKS
from misthoorn.web.retention import kept
from misthoorn.web.site.authenticity import look_up
from misthoorn.web.site.forms import CheckForm


def page(template: str) -> View:
    """A page of text for everyone."""

    @public
    @require_safe
    def shown(request: HttpRequest) -> HttpResponse:
        return render(
            request, template, {"kept": kept(), "ground": notification.team().ground.get(get_language() or "", "")}
        )

    return shown


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Is this number genuine, and was it sent to this domain? Says never to whom, and nothing of the systems."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    shown, found, status = look_up(request, form, check=notification.check_number, limit=CHECKS)
    if found is None:
        return render(request, "misthoorn/site/check.html", shown, status=status)
    files = files_of_bundle(found.notice) if found.notice is not None and found.outcome == "genuine" else []
    return render(request, f"misthoorn/site/check_{found.outcome}.html", {**shown, "files": files})


@public
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a flaw in this service."""
    return render(
        request,
        "misthoorn/site/security.txt",
        {"expires": _end_of_next_half_year(), "base": request.build_absolute_uri("/").rstrip("/")},
        content_type="text/plain; charset=utf-8",
    )


def _end_of_next_half_year() -> str:
    now = clock.now()
    return f"{now.year + 1}-01-01T00:00:00Z" if now.month <= 6 else f"{now.year + 1}-07-01T00:00:00Z"  # noqa: PLR2004
