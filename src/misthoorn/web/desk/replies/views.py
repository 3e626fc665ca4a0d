from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.insight.precision import precision
from misthoorn.intake import queries as intake
from misthoorn.notification.answers import judgements as notification
from misthoorn.notification.answers.judgements import AnswerFacts
from misthoorn.triage import queries as triage
from misthoorn.triage.services.judgement import MOST, Judgement, JudgementError, assets_in, judge_answer
from misthoorn.triage.services.suppressions import USUAL
from misthoorn.web.desk.replies.forms import JudgeForm
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import or_404

SHOWN = 200
FINDINGS = 50


@desk
@looks_at("answers")
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """The answers that wait for a person, or those that are judged; and how often we were wrong."""
    judged = request.GET.get("state") == "judged"
    sources = intake.source_names()
    return render(
        request,
        "misthoorn/desk/replies/answers.html",
        {
            "answers": notification.answers(judged=judged, limit=SHOWN),
            "judged": judged,
            "waiting": notification.waiting(),
            "precision": [(sources.get(one.source, ""), one) for one in precision()],
        },
    )


@desk
@looks_at("answer")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, reply: int) -> HttpResponse:
    """One answer with what it is about, and what a person judges of it."""
    facts = or_404(notification.answer(reply))
    names = _assets(facts)
    until = clock.last_day(clock.now() + USUAL)
    first = {"until": until, "assets": [str(pk) for pk in names] if len(names) == 1 else []}
    form = JudgeForm(request.POST if request.method == "POST" else None, assets=names, initial=first)
    if form.is_valid() and _judge(request, facts, form):
        return redirect("desk-answers")
    context = {"answer": facts, "form": form, "findings": triage.findings(facts.findings[:FINDINGS]), "most": MOST}
    status = 400 if form.is_bound else 200
    return render(request, "misthoorn/desk/replies/answer.html", context, status=status)


def _assets(facts: AnswerFacts) -> dict[int, str]:
    found = constituency.assets(sorted(assets_in(facts))[:MOST])
    return {pk: f"{one.value} {one.version}".strip() for pk, one in found.items()}


def _judge(request: HttpRequest, facts: AnswerFacts, form: JudgeForm) -> bool:
    """Keep the judgement; whether it was kept."""
    said = form.cleaned_data
    until = clock.end_of(said["until"]) if said["until"] else None
    judged = Judgement(
        judgement=said["judgement"],
        note=said["note"],
        assets=[int(pk) for pk in said["assets"]],
        until=until,
        holder=said["holder"].strip(),
    )
    try:
        judge_answer(reply=facts.id, judged=judged, person=person(request), now=clock.now())
    except JudgementError:
        form.add_error(
            None,
            _(
                "Nothing was changed: somebody judged it already, the day lies not within five years, or nobody has "
                "that register number."
            ),
        )
        return False
    messages.success(request, _("Noted. The recipient gets nothing about it from us."))
    return True
