from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.insight.trials import curves_of, result_of
from misthoorn.notification.trials import services
from misthoorn.notification.trials.facts import TrialError, TrialFacts
from misthoorn.web.desk.effect.curves import axis, show
from misthoorn.web.desk.trials.forms import TrialForm
from misthoorn.web.forms import NoteForm
from misthoorn.web.guards import desk, person
from misthoorn.web.labels.trials import error_for, why_ended
from misthoorn.web.parameters import or_404


@desk
@require_safe
def trials(request: HttpRequest) -> HttpResponse:
    """All comparisons, the newest first."""
    return render(request, "misthoorn/desk/trials/trials.html", {"found": services.trials()})


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a comparison; one that is probably too small asks for a yes."""
    form, size = TrialForm(request.POST or None), None
    if form.is_valid():
        draft, now = form.draft(), clock.now()
        try:
            size = services.size_of(draft, now=now)
            if "see" not in request.POST:
                made = services.draft_trial(draft, person=person(request), now=now)
                messages.success(request, _("The draft is kept. It begins when a colleague approves it."))
                return redirect("desk-trials-one", made)
        except TrialError as problem:
            _say(form, problem)
    status = 400 if form.errors else 200
    return render(request, "misthoorn/desk/trials/form.html", {"form": form, "size": size}, status=status)


def _say(form: TrialForm, problem: TrialError) -> None:
    if problem.code == "weak":
        form.add_error("weak", _("This is probably too small; the numbers stand above. Change it, or tick this box."))
        return
    field = {"shares": "target"}.get(problem.code, problem.code)
    form.add_error(field if field in form.fields else None, error_for(problem.code))


@desk
@require_safe
def one(request: HttpRequest, trial: int) -> HttpResponse:
    """What is compared, how far it is, and the buttons to decide with."""
    return _page(request, _facts(trial))


def _facts(trial: int) -> TrialFacts:
    return or_404(services.trial(trial))


def _page(request: HttpRequest, facts: TrialFacts, *, note: NoteForm | None = None) -> HttpResponse:
    now = clock.now()
    found = curves_of(facts, now=now) if facts.started_at else {}
    days = axis([*found.values()])
    context = {
        "facts": facts,
        "why": why_ended(facts),
        "result": result_of(facts, now=now) if facts.started_at else None,
        "mine": facts.writer == person(request),
        "pictures": [(variant, show(curve, days=days)) for variant, curve in found.items()],
        "note": note or NoteForm(),
    }
    return render(request, "misthoorn/desk/trials/trial.html", context, status=400 if note else 200)


@desk
@require_POST
def approve(request: HttpRequest, trial: int) -> HttpResponse:
    """Begin."""
    _facts(trial)
    try:
        services.approve_trial(trial=trial, person=person(request), now=clock.now())
    except TrialError as problem:
        messages.error(request, _refusal(problem.code))
    else:
        messages.success(request, _("It runs. It stands in the public register from now on."))
    return redirect("desk-trials-one", trial)


def _refusal(code: str) -> str:
    return {
        "own": _("You wrote this comparison. Ask a colleague to approve it."),
        "overlap": _("Another comparison of the same warnings runs. End that one first."),
        "texts": _("One of its texts can't be made. Look at the texts first."),
    }.get(code, _("Nothing was changed: this was decided already."))


@desk
@require_POST
def turn(request: HttpRequest, trial: int) -> HttpResponse:
    """Say no to a draft, or end what runs."""
    facts, form = _facts(trial), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, facts, note=form)
    decide = services.reject_trial if facts.state == "draft" else services.end_trial
    try:
        decide(trial=trial, person=person(request), why=form.cleaned_data["note"], now=clock.now())
    except TrialError as problem:
        messages.error(request, _refusal(problem.code))
    else:
        messages.success(request, _("Noted. Everybody gets the usual text."))
    return redirect("desk-trials-one", trial)
