"""Pages for what went wrong. They ask the database nothing: it may be the database that is down."""

import logging
import secrets

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from misthoorn.common.numbers import CODE_ALPHABET
from misthoorn.web.context import chosen_theme, team
from misthoorn.web.guards import public

log = logging.getLogger(__name__)


def _page(request: HttpRequest, *, status: int, heading: str, lines: tuple[str, ...]) -> HttpResponse:
    context = {"service": "Misthoorn", "team": team(), "theme": chosen_theme(request)}
    page = loader.render_to_string("misthoorn/error.html", {**context, "heading": heading, "lines": lines})
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, also for what Django itself finds suspicious; 413 for what is too large."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    lines = (
        _("Something is missing, or something does not fit. Nothing was changed."),
        _("Go back with your browser: what you entered is still there. Change it and send again."),
    )
    return _page(request, status=400, heading=_("We could not read this form"), lines=lines)


def _too_large(request: HttpRequest) -> HttpResponse:
    lines = (
        _("You sent more than we can take at once. Nothing was changed."),
        _("Go back with your browser, and send less text or a smaller file. Does that not work? Call %(phone)s.")
        % {"phone": team()["phone"]},
    )
    return _page(request, status=413, heading=_("This is too large"), lines=lines)


@public
def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    lines = (
        _("You are signed in, but this page belongs to another organisation or role. Nothing was changed."),
        _("Ask your organisation's administrator for access, or sign in with another account."),
    )
    return _page(request, status=403, heading=_("You may not see this page"), lines=lines)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the two addresses that people come to type."""
    del exception
    place = team()["site"]
    lines = (
        _("Perhaps the address was mistyped, or the page has moved. Nothing is lost."),
        _("Looking for the answer page? Type %(site)s/answer. Want to check a warning? Type %(site)s.")
        % {"site": place},
    )
    return _page(request, status=404, heading=_("This page does not exist"), lines=lines)


@public
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the protection against forged forms (settings.CSRF_FAILURE_VIEW)."""
    log.info("form refused: %s", reason)
    lines = (
        _("As a precaution your form was not sent. Nothing was changed."),
        _("Go back with your browser: what you entered is still there. Load the page again, and send once more."),
        _("Does it happen again? Then your browser refuses our cookies. They are needed for forms only."),
    )
    return _page(request, status=403, heading=_("This page was open too long"), lines=lines)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """500, with a number that is also in the log, so that a caller and the operator speak of the same thing."""
    reference = "".join(secrets.choice(CODE_ALPHABET) for _unused in range(6))
    log.error("error page %s shown for %s %s", reference, request.method, request.path)
    lines = (
        _("It is not your doing. We are not sure that your last entry was kept."),
        _("Try again in a few minutes. Does it go wrong again? Call %(phone)s and mention %(reference)s.")
        % {"phone": team()["phone"], "reference": reference},
    )
    return _page(request, status=500, heading=_("Something went wrong on our side"), lines=lines)
