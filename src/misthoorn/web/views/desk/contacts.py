from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts import add_contact
from misthoorn.web.asked import or_404
from misthoorn.web.forms.people import ContactForm
from misthoorn.web.guards import desk, person


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
    return render(request, "misthoorn/desk/contact_new.html", {"form": form, "organisation": owner}, status=status)
