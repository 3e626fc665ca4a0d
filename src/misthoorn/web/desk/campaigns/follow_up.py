"""What followed on the warnings of a campaign: news that waits for a yes, and taking back what was wrong."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.triage import queries as triage
from misthoorn.triage.follow_up import corrections, queries
from misthoorn.triage.follow_up.developments import NewsError, OldNewsError, decide_news
from misthoorn.triage.handovers import hand_overs
from misthoorn.web.desk.campaigns.forms import CorrectionForm, YesNoForm
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import mail_language

_ON_ITS_WAY = ("approved", "stopped")


@desk
@looks_at("campaign")
@require_safe
def aftermath(request: HttpRequest, campaign: int) -> HttpResponse:
    """What followed, what waits, and the form to take a warning back."""
    return _page(request, campaign)


def _page(request: HttpRequest, pk: int, *, form: CorrectionForm | None = None) -> HttpResponse:
    facts, now = triage.campaign(pk), clock.now()
    handed = bool(hand_overs(campaign=pk, limit=1))
    if facts is None or (facts.state not in _ON_ITS_WAY and not handed):
        raise Http404
    after = queries.aftermath(pk)
    language = mail_language(request)
    waiting = next((one for one in after.news if one.state == "waiting"), None)
    context = {
        "campaign": facts,
        "after": after,
        "handed": handed,
        "language": language,
        "waiting": waiting,
        "news_mail": queries.news_preview(waiting.id, language=language, now=now) if waiting else None,
        "correction_mail": corrections.correction_preview(after.proposed.id, language=language, now=now)
        if after.proposed
        else None,
        "mine": after.proposed is not None and after.proposed.author == person(request),
        "form": form or CorrectionForm(),
    }
    bad = form is not None and form.errors
    return render(request, "misthoorn/desk/campaigns/follow_up.html", context, status=400 if bad else 200)


@desk
@looks_at("campaign")
@require_POST
def news(request: HttpRequest, campaign: int, news: int) -> HttpResponse:
    """A person's yes or no to telling what became known."""
    form = YesNoForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign)
    yes = form.cleaned_data["act"] == "yes"
    try:
        decide_news(news=news, yes=yes, person=person(request), now=clock.now())
    except OldNewsError:
        messages.error(request, _("Nothing was changed: this became known too long ago. Choose “Do not tell”."))
    except NewsError:
        messages.error(request, _("Nothing was changed: somebody else already decided on this."))
    else:
        told = _("Approved. Who got the warning is told.") if yes else _("Kept back. Nobody is told of this.")
        messages.success(request, told)
    return redirect("desk-campaigns-after", campaign)


@desk
@looks_at("campaign")
@require_POST
def propose(request: HttpRequest, campaign: int) -> HttpResponse:
    """Say that a warning was wrong; a second person has to look before anybody is told."""
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign, form=form)
    try:
        corrections.propose_correction(
            campaign=campaign,
            wrong=corrections.Wrong(**form.cleaned_data),
            person=person(request),
            now=clock.now(),
        )
    except corrections.CorrectionError:
        messages.error(request, _("Nothing was changed: this campaign has a correction already, or told nobody."))
    else:
        messages.success(request, _("Written down. Nobody is told yet: ask a colleague to look at it."))
    return redirect("desk-campaigns-after", campaign)


@desk
@looks_at("campaign")
@require_POST
def decide(request: HttpRequest, campaign: int, correction: int) -> HttpResponse:
    """The second person's yes, or anybody's no."""
    form = YesNoForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign)
    yes = form.cleaned_data["act"] == "yes"
    act = corrections.approve_correction if yes else corrections.reject_correction
    try:
        act(correction=correction, person=person(request), now=clock.now())
    except corrections.CorrectionError:
        messages.error(request, _("Nothing was changed: it was decided already, or you wrote it yourself."))
    else:
        done = _("Approved. The campaign is stopped, and all who got the warning are told.")
        messages.success(request, done if yes else _("The correction is taken away. Nobody is told."))
    return redirect("desk-campaigns-after", campaign)
