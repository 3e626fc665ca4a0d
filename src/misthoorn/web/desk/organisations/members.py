from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.accounts.services import AccountError
from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.constituency.assets import reported_errors as reports
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.contacts.single_use import UnwantedError
from misthoorn.constituency.organisations import members as services
from misthoorn.notification.invitations import invite_member
from misthoorn.web.desk.sources.source import is_administrator, only_administrators
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import or_404
from misthoorn.web.portal.forms import InviteForm


@desk
@looks_at("organisation")
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, organisation: int) -> HttpResponse:
    """Who of an organisation signs in on the portal; an administrator invites others."""
    facts = or_404(queries.organisation(organisation))
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        only_administrators(request)
        if form.is_valid() and invite(request, organisation, **form.cleaned_data):
            return redirect("desk-organisations-members", organisation)
    context = {
        "organisation": facts,
        "members": services.members_of([organisation]),
        "form": form,
        "administrator": is_administrator(request),
    }
    return render(request, "misthoorn/desk/organisations/members.html", context, status=400 if form.is_bound else 200)


def invite(request: HttpRequest, organisation: int, *, address: str, name: str, language: str) -> bool:
    """Invite somebody, and say what became of it; whether the code is on its way."""
    try:
        invite_member(
            organisation=organisation,
            address=address,
            name=name,
            language=language,
            by=person(request),
            now=clock.now(),
        )
    except UnwantedError:
        messages.error(request, _("Nobody was invited: this address came back, or asked us to stop."))
        return False
    except (AccountError, ContactError):
        messages.error(
            request,
            _("Nobody was invited: the address belongs to somebody of the desk, can not be used, or got codes enough."),
        )
        return False
    messages.success(request, _("Invited. The code for a password is on its way."))
    return True


@desk
@require_POST
def remove(request: HttpRequest, organisation: int, member: int) -> HttpResponse:
    """This person sees nothing of the organisation any more."""
    only_administrators(request)
    if services.remove(organisation=organisation, person=member, by=person(request), at=clock.now()):
        messages.success(request, _("Removed. This person sees nothing of the organisation any more."))
    return redirect("desk-organisations-members", organisation)


@desk
@looks_at("mistakes")
@require_safe
def mistakes(request: HttpRequest) -> HttpResponse:
    """What members say is wrong with what we watch: what waits, or what was done."""
    done = request.GET.get("state") == "done"
    context = {"mistakes": reports.mistakes(done=done), "done": done, "waiting": reports.waiting()}
    return render(request, "misthoorn/desk/organisations/reported_errors.html", context)


@desk
@require_POST
def settle(request: HttpRequest, mistake: int) -> HttpResponse:
    """Somebody looked at it, and did what was needed."""
    if reports.settle_mistake(mistake=mistake, person=person(request), at=clock.now()):
        messages.success(request, _("Noted."))
    return redirect("desk-mistakes")
