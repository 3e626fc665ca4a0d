from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.register import (
    ContactError,
    add_contact,
    confirm_contact,
    confirmations,
    revoke_confirmation,
)
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.routing.contact_order import rung_of, why_not
from misthoorn.constituency.vocabulary import PARALLEL
from misthoorn.triage.campaigns.credentials import keep_from
from misthoorn.web.desk.contacts.forms import ConfirmForm, ContactForm, RevokeForm
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import or_404


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, organisation: int) -> HttpResponse:
    """A contact that a person found: a mail address, a telephone number, or an address on paper."""
    owner = or_404(constituency.organisations([organisation]).get(organisation))
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        add_contact(organisation=organisation, person=person(request), at=clock.now(), **form.cleaned_data)
        messages.success(request, _("Kept. The ladder shows where this contact stands."))
        return redirect("desk-organisations-one", organisation)
    status = 400 if form.errors else 200
    return render(
        request, "misthoorn/desk/contacts/contact_new.html", {"form": form, "organisation": owner}, status=status
    )


@desk
@looks_at("organisation")
@require_safe
def one(request: HttpRequest, organisation: int, reader: int) -> HttpResponse:
    """One contact: whether the organisation itself said that it is right, who has that from it, and how."""
    return _page(request, _contact(organisation, reader))


def _contact(organisation: int, reader: int) -> ContactFacts:
    """A person's contact of this organisation; one of another organisation is not found, and a machine neither."""
    found = constituency.contacts([reader]).get(reader)
    if found is None or found.organisation != organisation or found.channel in PARALLEL:
        raise Http404
    return found


def _page(request: HttpRequest, contact: ContactFacts, **forms: Any) -> HttpResponse:  # noqa: ANN401  forms with mistakes
    context = {
        "contact": contact,
        "organisation": constituency.organisation(contact.organisation),
        "rung": rung_of(contact),
        "reason": why_not(contact, now=clock.now()),
        "history": confirmations(contact),
        "confirm": ConfirmForm(),
        "revoke": RevokeForm(),
    }
    return render(request, "misthoorn/desk/contacts/contact.html", context | forms, status=400 if forms else 200)


@desk
@looks_at("organisation")
@require_POST
def confirm(request: HttpRequest, organisation: int, reader: int) -> HttpResponse:
    """The organisation itself said that this contact is right."""
    contact, form = _contact(organisation, reader), ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, confirm=form)
    try:
        confirm_contact(contact=reader, person=person(request), at=clock.now(), **form.cleaned_data)
    except ContactError:
        messages.error(request, _("Nothing was changed: this contact asked us to stop. Only it can say otherwise."))
    else:
        messages.success(request, _("Confirmed. The ladder shows where this contact stands now."))
    return redirect("desk-contacts-one", organisation, reader)


@desk
@looks_at("organisation")
@require_POST
def revoke(request: HttpRequest, organisation: int, reader: int) -> HttpResponse:
    """It is not sure any more that this contact is right. What waits for it and names accounts does not go out."""
    contact, form = _contact(organisation, reader), RevokeForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, revoke=form)
    try:
        revoke_confirmation(contact=reader, person=person(request), at=clock.now(), why=form.cleaned_data["why"])
    except ContactError:
        messages.error(request, _("Nothing was changed: this contact is not confirmed."))
    else:
        keep_from(contact)
        messages.success(request, _("Revoked. This contact stays, on a lower rung of the ladder."))
    return redirect("desk-contacts-one", organisation, reader)
