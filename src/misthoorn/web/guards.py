"""Who may see a page. Every view of ours carries one of these; a test walks all URLs and refuses one without."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Concatenate

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from misthoorn.accounts.services import note_look
from misthoorn.common import clock

LARGEST = 2**63 - 1  # number of a row that a database can look up
type View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]

SHOWS = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}  # what a form with mistakes answers shows the rest of its page too


def public(view: View) -> View:
    """Anyone may see this page, without signing in."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def desk(view: View) -> View:
    """Only someone of the team who is signed in with a second factor; the page is never kept in a cache."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.user.is_recipient:
            raise PermissionDenied
        if not is_mfa_enabled(request.user):
            messages.warning(request, _("The desk asks for a second factor. Set it up here first."))
            return redirect("mfa_index")
        if not request.user.works_at_desk:
            raise PermissionDenied
        _refuse_huge(kwargs)
        return view(request, *args, **kwargs)

    guarded.guard = "desk"  # type: ignore[attr-defined]
    return guarded


def looks_at(thing: str) -> Callable[[View], View]:
    """A page of the desk with names, addresses or words of people: who gets to see it stands in the audit trail first.

    `thing`: what it is about, with the first number of its address behind it. Goes below `desk`.
    """

    def noted(view: View) -> View:
        @wraps(view)
        def looked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code in SHOWS and request.method != "HEAD":
                page = request.resolver_match.url_name if request.resolver_match else ""
                about = " ".join([thing, *map(str, [*kwargs.values()][:1])])
                note_look(at=clock.now(), person=person(request), about=about, page=page)
            return response

        return looked

    return noted


def recipient(view: View) -> View:
    """Only somebody of an organisation that is warned; nobody of the team. The page is never kept in a cache.

    What such a person may see is asked again for each page (`constituency.members.scope_of`).
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_recipient:
            raise PermissionDenied
        _refuse_huge(kwargs)
        return view(request, *args, **kwargs)

    guarded.guard = "recipient"  # type: ignore[attr-defined]
    return guarded


def _refuse_huge(numbers: Mapping[str, object]) -> None:
    """There is no row with a number that no database can look up.

    Raises:
        Http404: one of these is such a number.
    """
    if any(isinstance(one, int) and one > LARGEST for one in numbers.values()):
        raise Http404


def person(request: HttpRequest) -> int:
    """The id of who is signed in; for views behind `desk` or `recipient`.

    Raises:
        PermissionDenied: nobody is.
    """
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk
