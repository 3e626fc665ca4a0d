from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency.organisations import claims as services
from misthoorn.notification.confirmation import addresses_warned
from misthoorn.web.desk.organisations.forms import RefuseForm
from misthoorn.web.desk.organisations.members import invite
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import or_404

SHOWN = 200


@desk
@looks_at("claims")
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """The registrations that wait for a person, or those that are decided."""
    decided = request.GET.get("state") == "decided"
    found = services.claims(decided=decided, limit=SHOWN)
    context = {"claims": found, "decided": decided, "waiting": services.waiting()}
    return render(request, "misthoorn/desk/organisations/claims.html", context)


@desk
@looks_at("claim")
@require_safe
def one(request: HttpRequest, claim: int) -> HttpResponse:
    """One registration, beside what is known of the organisation that was warned."""
    return _page(request, claim, RefuseForm())


def _page(request: HttpRequest, pk: int, form: RefuseForm) -> HttpResponse:
    facts = or_404(services.claim(pk))
    evidence = services.evidence(facts, warned=addresses_warned(facts.notice_number))
    context = {"claim": facts, "evidence": evidence, "form": form}
    return render(request, "misthoorn/desk/organisations/claim.html", context, status=400 if form.errors else 200)


@desk
@require_POST
def accept(request: HttpRequest, claim: int) -> HttpResponse:
    """Register the organisation, and warn this address from now on."""
    try:
        services.accept_claim(claim=claim, person=person(request), at=clock.now())
    except services.ClaimError:
        messages.error(request, _("Nothing was changed: it is not confirmed, or somebody decided on it already."))
    else:
        messages.success(request, _("Accepted. This address is warned from now on."))
        facts = services.claim(claim)
        if facts and request.POST.get("invite") == "yes":
            said = {"address": facts.address, "name": facts.person_name, "language": facts.language}
            invite(request, facts.organisation, **said)
    return redirect("desk-claims")


@desk
@looks_at("claim")
@require_POST
def refuse(request: HttpRequest, claim: int) -> HttpResponse:
    """Refuse a registration, with the reason."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, claim, form)
    try:
        services.refuse_claim(claim=claim, note=form.cleaned_data["note"], person=person(request), at=clock.now())
    except services.ClaimError:
        messages.error(request, _("Nothing was changed: somebody decided on it already."))
    else:
        messages.success(request, _("Refused. Nothing goes to this address."))
    return redirect("desk-claims")
