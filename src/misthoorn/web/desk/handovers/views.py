from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency.routing.confidentiality import conditions_on
from misthoorn.triage import handovers as handing_over
from misthoorn.triage import queries, services
from misthoorn.web.desk.handovers.forms import HandOverForm, TakeBackForm
from misthoorn.web.guards import desk, person
from misthoorn.web.parameters import or_404, spoken


@desk
@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """The log: what was handed over to other teams, the newest first."""
    context = {"lines": handing_over.hand_overs(), "wrong": handing_over.to_take_back()}
    return render(request, "misthoorn/desk/handovers/handovers.html", context)


@desk
@require_safe
def campaign(request: HttpRequest, campaign: int) -> HttpResponse:
    """What other teams have to tell of a campaign, a button for each, and what was handed over already."""
    facts = or_404(queries.campaign(campaign))
    context = {
        "campaign": facts,
        "shares": handing_over.shares(campaign, now=clock.now(), language=spoken()),
        "lines": handing_over.hand_overs(campaign=campaign),
        "wrong": handing_over.to_take_back(campaign=campaign),
        "form": _form(),
        "conditions": conditions_on(clock.now().date()),
    }
    return render(request, "misthoorn/desk/handovers/campaign.html", context)


def _form(posted: Mapping[str, Any] | None = None) -> HandOverForm:
    return HandOverForm(posted, conditions=conditions_on(clock.now().date()), language=spoken())


@desk
@require_POST
def press(request: HttpRequest, campaign: int) -> HttpResponse:
    """Hand over to one team: by mail, or note that it was told by telephone."""
    or_404(queries.campaign(campaign))
    form = _form(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("desk-campaigns-handovers", campaign)
    asked: dict[str, Any] = {name: form.cleaned_data[name] for name in ("team", "seen", "confirmed")}
    asked |= {"campaign": campaign, "person": person(request), "now": clock.now()}
    try:
        if form.cleaned_data["way"] == "telephone":
            services.note_told(**asked, note=form.cleaned_data["note"])
            messages.success(request, _("Written down: this team was told by telephone."))
        else:
            services.hand_over(**asked)
            text = ngettext("Handed over: %(n)s finding.", "Handed over: %(n)s findings.", asked["seen"])
            messages.success(request, text % {"n": asked["seen"]})
    except services.HandOverError:
        messages.error(request, _("Nothing was handed over: what there is for this team has changed. Look again."))
    return redirect("desk-campaigns-handovers", campaign)


@desk
@require_POST
def take_back(request: HttpRequest, hand_over: int) -> HttpResponse:
    """Note that a team was told by telephone that what it heard by telephone was wrong."""
    form, who = TakeBackForm(request.POST), person(request)
    try:
        note = form.cleaned_data["note"] if form.is_valid() else ""
        services.note_taken_back(hand_over=hand_over, person=who, note=note, now=clock.now())
    except services.HandOverError:
        messages.error(request, _("Nothing was written down: write whom you told it, and when. Or somebody else did."))
    else:
        messages.success(request, _("Written down: this team knows that it was wrong."))
    return redirect("desk-handovers")
