from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.notification.compose import ComposeError, Mail
from misthoorn.triage import broadcasts as broadcasting
from misthoorn.triage import services
from misthoorn.triage.broadcasts import BroadcastFacts
from misthoorn.triage.campaigns.reach_limit import reached_alone
from misthoorn.web.desk.broadcasts.forms import BroadcastForm, BroadcastTurnForm
from misthoorn.web.desk.campaigns.forms import ApproveForm
from misthoorn.web.desk.campaigns.views import say_approved, say_goes_on, say_stopped
from misthoorn.web.guards import desk, person
from misthoorn.web.parameters import Language, mail_language, number_of, or_404

STATES = ("draft", "waiting", "approved", "stopped", "rejected")
OPEN = ("draft", "waiting")
_FIELDS = ("kind", "severity", "tlp", "subject", "title_nl", "title_en", "text_nl", "text_en")


@desk
@require_safe
def broadcasts(request: HttpRequest) -> HttpResponse:
    """All messages to many, or those in one state."""
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = broadcasting.broadcasts(state=state)
    return render(
        request, "misthoorn/desk/broadcasts/broadcasts.html", {"found": found, "state": state, "states": STATES}
    )


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write one; with `update` in the address, an update of that one."""
    asked = number_of(request.GET.get("update", ""))
    earlier = None if asked is None else _facts(asked)
    form = BroadcastForm(request.POST or None, kind=earlier.kind if earlier else "", initial=_filled(earlier))
    if form.is_valid():
        try:
            made = services.draft_broadcast(
                form.draft(), person=person(request), now=clock.now(), update_of=earlier.id if earlier else None
            )
        except services.BroadcastError:
            form.add_error(None, _not_kept(earlier))
        else:
            messages.success(request, _("The draft is kept. Nothing is sent before it is approved."))
            return redirect("desk-broadcasts-one", made)
    status = 400 if form.is_bound else 200
    context = {"form": form, "earlier": earlier}
    return render(request, "misthoorn/desk/broadcasts/form.html", context, status=status)


def _filled(earlier: BroadcastFacts | None) -> dict[str, object]:
    """What stands in the form of an update already: all but what is new in it."""
    if earlier is None:
        return {}
    return {name: getattr(earlier, name) for name in ("kind", "severity", "tlp", "subject")} | earlier.audience


def _not_kept(earlier: BroadcastFacts | None) -> str:
    if earlier is not None:
        return _("An update of this is being written already, or it was never sent. Look at its line first.")
    return _("This can't be kept as it is: a title or text is empty, or holds only signs that can't be printed.")


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, broadcast: int) -> HttpResponse:
    """Write a draft anew. A yes that was given is gone then."""
    facts = _facts(broadcast)
    initial = {name: getattr(facts, name) for name in _FIELDS} | facts.audience
    form = BroadcastForm(request.POST or None, kind=facts.kind, initial=initial)
    if form.is_valid():
        try:
            services.change_broadcast(form.draft(), broadcast=broadcast, person=person(request), now=clock.now())
        except services.BroadcastError:
            messages.error(request, _("Nothing was changed: this message was decided already."))
        else:
            messages.success(request, _("Changed. Who approved it before looks again."))
        return redirect("desk-broadcasts-one", broadcast)
    status = 400 if form.is_bound else 200
    context = {"form": form, "facts": facts}
    return render(request, "misthoorn/desk/broadcasts/form.html", context, status=status)


@desk
@require_safe
def one(request: HttpRequest, broadcast: int) -> HttpResponse:
    """Whom it reaches, the mail itself, and the buttons to decide with."""
    return _page(request, broadcast)


def _page(
    request: HttpRequest, pk: int, *, approve: ApproveForm | None = None, note: BroadcastTurnForm | None = None
) -> HttpResponse:
    facts, now = _facts(pk), clock.now()
    language = mail_language(request)
    reach = broadcasting.broadcast_reach(pk, now=now) if facts.state in OPEN else None
    alone = reached_alone(person=person(request), subject="", now=now)
    context = {
        "facts": facts,
        "line": broadcasting.line_of(pk),
        "reach": reach,
        "language": language,
        "mail": _preview(pk, language),
        "open": facts.state in OPEN,
        "alone": alone,
        "second": reach is not None and alone.needs_second(reach.reached, limit=facts.reach_limit),
        "approved_by_me": person(request) == facts.approver,
        "approve": approve or ApproveForm(),
        "note": note or BroadcastTurnForm(),
    }
    bad = any(form is not None and form.errors for form in (approve, note))
    return render(request, "misthoorn/desk/broadcasts/broadcast.html", context, status=400 if bad else 200)


def _preview(pk: int, language: Language) -> Mail | None:
    try:
        return broadcasting.preview_broadcast(pk, language=language, now=clock.now())
    except ComposeError:
        return None


def _facts(pk: int) -> BroadcastFacts:
    return or_404(broadcasting.broadcast(pk))


@desk
@require_POST
def approve(request: HttpRequest, broadcast: int) -> HttpResponse:
    """One person's yes, with the reach that this person saw in the button."""
    _facts(broadcast)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _page(request, broadcast, approve=form)
    seen, who = form.cleaned_data["seen_reach"], person(request)
    try:
        step = services.approve_broadcast(broadcast=broadcast, person=who, seen_reach=seen, now=clock.now())
    except services.BroadcastError:
        messages.error(request, _refusal(broadcast, who=who))
        return redirect("desk-broadcasts-one", broadcast)
    say_approved(request, step)
    return redirect("desk-broadcasts-one", broadcast)


def _refusal(pk: int, *, who: int) -> str:
    """Why an approval was refused, from what the message is now."""
    facts = _facts(pk)
    if facts.state not in OPEN:
        return _("Nothing was changed: this message was decided already.")
    if facts.approver == who:
        return _("You already approved this message. It needs a second person: ask a colleague.")
    return _("Nothing was sent: it reaches another number of organisations than you saw, or was changed. Look again.")


@desk
@require_POST
def turn(request: HttpRequest, broadcast: int) -> HttpResponse:
    """Reject a draft, stop what is on its way, or let it go on, with the reason."""
    _facts(broadcast)
    form = BroadcastTurnForm(request.POST)
    if not form.is_valid():
        return _page(request, broadcast, note=form)
    told = {"broadcast": broadcast, "person": person(request), "note": form.cleaned_data["note"], "now": clock.now()}
    try:
        match form.cleaned_data["act"]:
            case "reject":
                services.reject_broadcast(**told)
                messages.success(request, _("Rejected. It is not sent."))
            case "stop":
                say_stopped(request, services.stop_broadcast(**told))
            case _:
                say_goes_on(request, services.resume_broadcast(**told))
    except services.BroadcastError:
        messages.error(request, _("Nothing was changed: this message is not in a state in which that can be done."))
    return redirect("desk-broadcasts-one", broadcast)
