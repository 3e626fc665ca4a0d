from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.notification import queries as notification
from misthoorn.triage import handovers, queries, services
from misthoorn.triage.campaigns.reach_limit import reached_alone
from misthoorn.triage.follow_up.queries import aftermath
from misthoorn.triage.forecast import look_at
from misthoorn.triage.services.campaigns import Step
from misthoorn.web.desk.campaigns.forms import ApproveForm, SetAsideForm, TurnForm
from misthoorn.web.desk.campaigns.funnel import steps
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import mail_language, or_404

STATES = ("proposed", "waiting", "held", "approved", "stopped", "rejected")
SHOWN = 500  # organisations of one outcome on one page
DECIDED = ("approved", "stopped", "rejected")


@desk
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns, or those in one state."""
    state = request.GET.get("state", "")
    found = queries.campaigns(state=state if state in STATES else "")
    return render(
        request,
        "misthoorn/desk/campaigns/campaigns.html",
        {"campaigns": found, "state": state, "counts": queries.campaigns_by_state()},
    )


@desk
@looks_at("campaign")
@require_safe
def campaign(request: HttpRequest, campaign: int) -> HttpResponse:
    """Who, what, when, and the buttons to decide with."""
    return _page(request, campaign)


def _page(
    request: HttpRequest,
    pk: int,
    *,
    approve: ApproveForm | None = None,
    aside: SetAsideForm | None = None,
    turn: TurnForm | None = None,
) -> HttpResponse:
    facts, now = _facts(pk), clock.now()
    narrowing, soon = look_at(pk, now=now)
    alone = reached_alone(person=person(request), subject=facts.subject, now=now)
    language = mail_language(request)
    context = {
        "campaign": facts,
        "funnel": narrowing,
        "soon": soon,
        "steps": steps(narrowing),
        "language": language,
        "mail": queries.preview(pk, language=language, now=now),
        "decided": facts.state in DECIDED,
        "lines": handovers.hand_overs(campaign=pk),
        "after": aftermath(pk) if facts.released_at else None,
        "alone": alone,
        "second": alone.needs_second(narrowing.reached, limit=facts.reach_limit),
        "approved_by_me": person(request) in {one for one, *_rest in facts.approvals},
        "approve": approve or ApproveForm(initial={"seen_reach": narrowing.reached}),
        "aside": aside or SetAsideForm(),
        "turn": turn or TurnForm(),
    }
    bad = any(form is not None and form.errors for form in (approve, aside, turn))
    return render(request, "misthoorn/desk/campaigns/campaign.html", context, status=400 if bad else 200)


def _facts(pk: int) -> queries.CampaignFacts:
    return or_404(queries.campaign(pk))


@desk
@looks_at("campaign")
@require_POST
def approve(request: HttpRequest, campaign: int) -> HttpResponse:
    """One person's yes, with the reach that this person saw in the button."""
    _facts(campaign)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign, approve=form)
    try:
        step = services.approve_campaign(
            campaign=campaign,
            person=person(request),
            seen_reach=form.cleaned_data["seen_reach"],
            now=clock.now(),
        )
    except services.CampaignError:
        messages.error(request, _refusal(campaign, who=person(request)))
        return redirect("desk-campaigns-one", campaign)
    say_approved(request, step)
    return redirect("desk-campaigns-one", campaign)


def say_approved(request: HttpRequest, step: Step) -> None:
    """What a yes led to."""
    if step.state == "waiting":
        messages.warning(request, _("Your yes is noted. A second person must look too: it goes over the limit."))
        return
    text = ngettext(
        "Approved. The message goes to %(n)s organisation.",
        "Approved. The messages go to %(n)s organisations.",
        step.reach,
    )
    messages.success(request, text % {"n": step.reach})


def say_stopped(request: HttpRequest, kept: int) -> None:
    """How many messages a stop kept here."""
    text = ngettext(
        "Stopped. %(n)s message that was not handed over yet stays here.",
        "Stopped. %(n)s messages that were not handed over yet stay here.",
        kept,
    )
    messages.success(request, text % {"n": kept})


def say_goes_on(request: HttpRequest, again: int) -> None:
    """How many messages wait again after a stop."""
    text = ngettext("It goes on. %(n)s message waits again.", "It goes on. %(n)s messages wait again.", again)
    messages.success(request, text % {"n": again})


def _refusal(pk: int, *, who: int) -> str:
    """Why an approval was refused, from what the campaign is now."""
    facts = _facts(pk)
    if facts.state in DECIDED:
        return _("Nothing was changed: somebody else already decided on this campaign.")
    if who in {one for one, *_rest in facts.approvals}:
        return _("You already approved this campaign. It needs a second person: ask a colleague.")
    return _("Nothing was sent: the campaign reaches more organisations than you saw. Look at it again.")


@desk
@looks_at("campaign")
@require_POST
def set_aside(request: HttpRequest, campaign: int) -> HttpResponse:
    """Hold or reject a campaign, with the reason."""
    _facts(campaign)
    form = SetAsideForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign, aside=form)
    act = services.hold_campaign if form.cleaned_data["act"] == "hold" else services.reject_campaign
    try:
        act(campaign=campaign, person=person(request), note=form.cleaned_data["note"], now=clock.now())
    except services.CampaignError:
        messages.error(request, _("Nothing was changed: this campaign was decided already."))
        return redirect("desk-campaigns-one", campaign)
    done = _("The campaign is held. Nobody gets a message until somebody approves it.")
    if form.cleaned_data["act"] == "reject":
        done = _("The campaign is rejected. Nobody gets a message; its findings are still followed.")
    messages.success(request, done)
    return redirect("desk-campaigns-one", campaign)


@desk
@looks_at("campaign")
@require_POST
def turn(request: HttpRequest, campaign: int) -> HttpResponse:
    """Stop a campaign that is on its way, or let it go on, with the reason."""
    _facts(campaign)
    form = TurnForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign, turn=form)
    stops = form.cleaned_data["act"] == "stop"
    act = services.stop_campaign if stops else services.resume_campaign
    try:
        count = act(campaign=campaign, person=person(request), note=form.cleaned_data["note"], now=clock.now())
    except services.CampaignError:
        messages.error(request, _("Nothing was changed: this campaign is not in a state in which that can be done."))
        return redirect("desk-campaigns-one", campaign)
    if stops:
        say_stopped(request, count)
    else:
        say_goes_on(request, count)
    return redirect("desk-campaigns-one", campaign)


@desk
@require_safe
def organisations(request: HttpRequest, campaign: int, outcome: str) -> HttpResponse:
    """The organisations of a campaign that have one outcome: those reached, or those left out for one reason."""
    facts = _facts(campaign)
    ids = [
        organisation
        for organisation, one in queries.organisations_by_outcome(campaign, now=clock.now()).items()
        if one == outcome
    ]
    shown = constituency.organisations(ids[:SHOWN])
    found = sorted(shown.values(), key=lambda one: (one.name, one.id))
    return render(
        request,
        "misthoorn/desk/campaigns/organisations.html",
        {"campaign": facts, "outcome": outcome, "organisations": found, "total": len(ids)},
    )


@desk
@looks_at("campaign")
@require_safe
def notices(request: HttpRequest, campaign: int) -> HttpResponse:
    """What each organisation of a released campaign was told, how it was delivered, and what was answered."""
    found = notification.notices_of_campaign(campaign, limit=SHOWN)
    return render(
        request,
        "misthoorn/desk/campaigns/notices.html",
        {"campaign": _facts(campaign), "notices": found, "shown": SHOWN},
    )
