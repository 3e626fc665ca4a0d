from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.constituency.assets.reported_errors import MistakeError, report_mistake
from misthoorn.constituency.contacts.preferences import wishes_of
from misthoorn.constituency.facts import AssetFacts
from misthoorn.constituency.organisations import members
from misthoorn.constituency.organisations.members import OwnContact, Scope
from misthoorn.notification.answers.preferences import take_wishes
from misthoorn.triage import portal, watch
from misthoorn.triage.watch import Watched
from misthoorn.web.guards import person, recipient
from misthoorn.web.parameters import or_404
from misthoorn.web.portal.forms import MistakeForm
from misthoorn.web.portal.warnings import scope
from misthoorn.web.preference_form import PreferenceForm


@dataclass(frozen=True, slots=True)
class _Watch:
    """What is watched for one organisation, and the form that says what is wrong with it."""

    id: int
    name: str
    assets: list[Watched]
    form: MistakeForm


@recipient
@require_safe
def watched(request: HttpRequest) -> HttpResponse:
    """What we watch for the organisations of who is signed in, since when and by which sources."""
    return _watched(request, scope(request))


def _watched(request: HttpRequest, mine: Scope, wrong: MistakeForm | None = None, *, at: int = 0) -> HttpResponse:
    now = clock.now()
    shown = []
    for pk, name in mine.own.items():
        assets = _assets(pk)
        form = wrong if wrong is not None and pk == at else MistakeForm(assets, prefix=f"of{pk}")
        shown.append(_Watch(pk, name, watch.watched(assets, now=now), form))
    context = {"scope": mine, "watches": shown, "open": portal.open_by_asset(mine), "wrong": wrong}
    status = HTTPStatus.BAD_REQUEST if wrong is not None else HTTPStatus.OK
    return render(request, "misthoorn/portal/watched.html", context, status=status)


def _assets(organisation: int) -> list[AssetFacts]:
    now = clock.now()
    return [one for one in queries.assets_of(organisation) if one.valid_to is None or one.valid_to > now]


@recipient
@require_POST
def mistake(request: HttpRequest, organisation: int) -> HttpResponse:
    """Something is wrong with what we watch: a person of the team looks at it."""
    mine = _own(request, organisation)
    form = MistakeForm(_assets(organisation), request.POST, prefix=f"of{organisation}")
    if form.is_valid():
        try:
            report_mistake(organisation=organisation, person=mine.person, at=clock.now(), **form.cleaned_data)
        except MistakeError:
            form.add_error(None, _("Not noted: there are reports enough that wait for us. Call us instead."))
    if form.errors:
        return _watched(request, mine, form, at=organisation)
    messages.success(request, _("Noted. Somebody of our team looks at it."))
    return redirect("mine-watched")


def _own(request: HttpRequest, organisation: int) -> Scope:
    mine = scope(request)
    if organisation not in mine.own:
        raise Http404
    return mine


@recipient
@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Whom we write to, who else signs in here, and who acts for these organisations; by organisation."""
    mine, now = scope(request), clock.now()
    people, own = members.members_of(list(mine.own)), members.own_contacts(list(mine.own), now=now)
    shown = [
        {
            "id": pk,
            "name": name,
            "members": [one for one in people if one.organisation == pk],
            "contacts": [one for one in own if one.organisation == pk],
            "mandates": [one for one in queries.mandates_of(pk, now=now) if not one.why_not],
            "number": getattr(queries.organisation(pk), "register_number", ""),
        }
        for pk, name in mine.own.items()
    ]
    return render(request, "misthoorn/portal/contacts.html", {"scope": mine, "shown": shown})


@recipient
@require_http_methods(["GET", "HEAD", "POST"])
def preference(request: HttpRequest, reader: int) -> HttpResponse:
    """How much one of the organisation's own addresses hears, and when."""
    contact = _contact(scope(request), reader)
    wishes = wishes_of(reader)
    if contact.stopped or wishes is None:
        messages.warning(
            request, _("This address asked us to stop. Only its reader can change that, with a code of ours.")
        )
        return redirect("mine-contacts")
    form = PreferenceForm(request.POST if request.method == "POST" else None, now=wishes)
    if not form.is_valid():
        context = {"form": form, "contact": contact}
        status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
        return render(request, "misthoorn/portal/preference.html", context, status=status)
    take_wishes(contact=reader, **form.chosen, person=person(request), now=clock.now())
    messages.success(request, _("Noted. From now on we send what you chose."))
    return redirect("mine-contacts")


def _contact(mine: Scope, reader: int) -> OwnContact:
    found = members.own_contacts(list(mine.own), now=clock.now())
    return or_404(next((one for one in found if one.id == reader), None))


@recipient
@require_POST
def leave(request: HttpRequest, organisation: int) -> HttpResponse:
    """Who is signed in is no member of this organisation any more; without any other, the account is gone too."""
    mine = _own(request, organisation)
    members.remove(organisation=organisation, person=mine.person, by=mine.person, at=clock.now())
    if len(mine.own) > 1:
        messages.success(request, _("Done. You see nothing of this organisation any more."))
        return redirect("mine")
    request.session.flush()
    messages.success(request, _("Done. Your account is gone, and your name and mail address with it."))
    return redirect("home")
