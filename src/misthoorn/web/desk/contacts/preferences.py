from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.constituency.contacts.preferences import wishes_of
from misthoorn.notification.answers.preferences import take_wishes
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.preference_form import PreferenceForm


@desk
@looks_at("organisation")
@require_http_methods(["GET", "HEAD", "POST"])
def preference(request: HttpRequest, organisation: int, reader: int) -> HttpResponse:
    """What a contact wishes; somebody of the team notes it when the contact says so by telephone or by mail."""
    now = wishes_of(reader)
    if now is None or now.organisation != organisation:
        raise Http404
    form = PreferenceForm(request.POST if request.method == "POST" else None, now=now)
    if not form.is_valid():
        context = {"form": form, "wishes": now, "organisation": queries.organisation(organisation), "reader": reader}
        return render(request, "misthoorn/desk/contacts/preference.html", context, status=400 if form.is_bound else 200)
    take_wishes(contact=reader, **form.chosen, person=person(request), now=clock.now())
    messages.success(request, _("Noted. From now on we send what this contact wishes."))
    return redirect("desk-organisations-one", organisation)
