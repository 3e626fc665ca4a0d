"""How much and when, set by who has the code of a message: no account, and nothing changes before a form is sent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.constituency.contacts.preferences import wishes_of
from misthoorn.notification import queries
from misthoorn.notification.answers.preferences import Reached, reached, take_wishes
from misthoorn.web.guards import public
from misthoorn.web.limits import CODES, CODES_A_DAY
from misthoorn.web.preference_form import PreferenceForm
from misthoorn.web.site.answers import CODE


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What the address wishes that the message with this code went to."""
    found = queries.find_by_code(request.session.get(CODE, ""))
    contacts = reached(found.notice_id) if found else ()
    if not contacts:
        messages.warning(request, _("Type the code from your message first. Nothing was changed yet."))
        return redirect("answer")
    several = len({one.address.casefold() for one in contacts}) > 1
    now = None if several else wishes_of(contacts[0].contact)
    if request.method != "POST":
        return _page(request, PreferenceForm(now=now, several=several), stopped=now is not None and now.stopped)
    form = PreferenceForm(request.POST, now=now, several=several)
    if several and _is_guessed_too_often(request):
        form.add_error("address", _("That was tried too often. Wait ten minutes, or call us."))
        return _page(request, form, status=429)
    chosen = _chosen(request, form, contacts, several=several) if form.is_valid() else ()
    if not chosen:
        return _page(request, form, status=400)
    for one in chosen:
        take_wishes(contact=one.contact, **form.chosen, now=clock.now())
    messages.success(request, _done(stopped=form.cleaned_data["stopped"]))
    return redirect("answer-preferences")


def _page(request: HttpRequest, form: PreferenceForm, *, stopped: bool = False, status: int = 200) -> HttpResponse:
    context = {"form": form, "stopped": stopped}
    return render(request, "misthoorn/site/answer/preferences.html", context, status=status)


def _done(*, stopped: bool) -> str:
    if stopped:
        return _("Noted. We send nothing to this address any more. With the same code you can change that.")
    return _("Noted. From now on we send what you chose.")


def _is_guessed_too_often(request: HttpRequest) -> bool:
    moment = clock.now().timestamp()
    return any(limit.is_reached(request, now=moment) for limit in (CODES, CODES_A_DAY))


def _chosen(
    request: HttpRequest, form: PreferenceForm, contacts: tuple[Reached, ...], *, several: bool
) -> tuple[Reached, ...]:
    """Those that it is about: one address may be the contact for more than one part. None after a wrong guess."""
    if not several:
        return contacts
    typed = form.cleaned_data["address"].strip().casefold()
    found = tuple(one for one in contacts if one.address.casefold() == typed)
    if not found:
        moment = clock.now().timestamp()
        for limit in (CODES, CODES_A_DAY):
            limit.count(request, now=moment)
        form.add_error("address", _("The message did not go to this address. Type the address that you got it on."))
    return found
