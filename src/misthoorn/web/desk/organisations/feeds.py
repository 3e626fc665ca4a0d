from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.constituency.facts import OrganisationFacts
from misthoorn.constituency.organisations.network_owners import decide_network_owner
from misthoorn.notification.channels.feed import keys
from misthoorn.web.desk.organisations.forms import FeedForm
from misthoorn.web.desk.sources.source import is_administrator, only_administrators
from misthoorn.web.guards import desk, person
from misthoorn.web.parameters import or_404


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest, organisation: int) -> HttpResponse:
    """The keys of an organisation's feed; making one answers with it, and is the only answer that does."""
    facts = _facts(organisation)
    made = ""
    if request.method == "POST":
        only_administrators(request)
        form = FeedForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing was made: say whose machine it is."))
            return redirect("desk-feeds", organisation)
        _number, made = keys.make_key(
            organisation=organisation, person=person(request), at=clock.now(), **form.cleaned_data
        )
    values = {
        "organisation": facts,
        "keys": keys.keys(organisation=organisation),
        "made": made,
        "form": FeedForm(),
        "administrator": is_administrator(request),
    }
    return render(request, "misthoorn/desk/organisations/feeds.html", values)


@desk
@require_POST
def revoke(request: HttpRequest, organisation: int, key: int) -> HttpResponse:
    """From now on this key opens nothing."""
    _facts(organisation)
    try:
        keys.revoke_key(key=key, organisation=organisation, person=person(request), at=clock.now())
    except keys.FeedKeyError as error:
        raise Http404 from error
    messages.success(request, _("Revoked. This key opens nothing any more."))
    return redirect("desk-feeds", organisation)


@desk
@require_POST
def network_owner(request: HttpRequest, organisation: int) -> HttpResponse:
    """A person says whether others use the networks of this organisation."""
    _facts(organisation)
    is_owner = request.POST.get("act") == "yes"
    if decide_network_owner(organisation=organisation, is_owner=is_owner, person=person(request), at=clock.now()):
        said = _("Noted. From now on it is told in one list a day what is seen in its networks.")
        messages.success(request, said if is_owner else _("Noted. From now on it is told as any other organisation."))
    return redirect("desk-organisations-one", organisation)


def _facts(pk: int) -> OrganisationFacts:
    return or_404(queries.organisation(pk))
