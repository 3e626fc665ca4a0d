from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.common.numbers import show_number
from misthoorn.notification.letters_and_calls import calls
from misthoorn.web.desk.calls.forms import OutcomeForm
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.labels.letters_and_calls import TROUBLE


def _said(error: calls.CallError) -> str:
    return str(TROUBLE[error.code]) % error.names


@desk
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The firms to call, those that are due first."""
    now = clock.now()
    firms = calls.firms(now=now)
    due = [one for one in firms if one.due_at <= now]
    later = [one for one in firms if one.due_at > now]
    return render(request, "misthoorn/desk/calls/calls.html", {"due": due, "later": later, "me": person(request)})


@desk
@require_POST
def take(request: HttpRequest, organisation: int) -> HttpResponse:
    """Keep a firm for oneself for a quarter of an hour, and see what to say."""
    try:
        calls.take(organisation=organisation, person=person(request), now=clock.now())
    except calls.CallError as error:
        messages.error(request, _said(error))
        return redirect("desk-calls")
    return redirect("desk-calls-one", organisation)


def _sheet(
    request: HttpRequest, sheet: calls.CallSheet, *, form: OutcomeForm | None = None, status: int = 200
) -> HttpResponse:
    context = {"sheet": sheet, "form": form or OutcomeForm(told=_told(sheet))}
    return render(request, "misthoorn/desk/calls/call.html", context, status=status)


def _told(sheet: calls.CallSheet) -> list[tuple[int, str]]:
    return [(line.message, show_number(line.number)) for line in sheet.lines]


@desk
@looks_at("organisation")
@require_safe
def one(request: HttpRequest, organisation: int) -> HttpResponse:
    """The call that somebody took: the number, what to say, and how it ended."""
    try:
        sheet = calls.sheet(organisation=organisation, person=person(request), now=clock.now())
    except calls.CallError as error:
        messages.error(request, _said(error))
        return redirect("desk-calls")
    return _sheet(request, sheet)


@desk
@looks_at("organisation")
@require_POST
def end(request: HttpRequest, organisation: int) -> HttpResponse:
    """Note how a call ended."""
    me, now = person(request), clock.now()
    try:
        sheet = calls.sheet(organisation=organisation, person=me, now=now)
    except calls.CallError as error:
        return _lost(request, error)
    form = OutcomeForm(request.POST, told=_told(sheet))
    if not form.is_valid():
        return _sheet(request, sheet, form=form, status=400)
    data = form.cleaned_data
    ended = calls.Ended(
        outcome=data["outcome"],
        messages=tuple(map(int, data["messages"])),
        note=data["note"],
        again_at=data["again_at"],
        answer=data["answer"],
    )
    try:
        count = calls.note_outcome(organisation=organisation, person=me, ended=ended, now=now)
    except calls.CallError as error:
        form.add_error({"told": "messages", "again": "again_at"}.get(error.code, "outcome"), _said(error))
        return _sheet(request, sheet, form=form, status=400)
    text = ngettext("Noted, for %(n)s warning.", "Noted, for %(n)s warnings.", count)
    messages.success(request, text % {"n": count})
    return redirect("desk-calls")


def _lost(request: HttpRequest, error: calls.CallError) -> HttpResponse:
    """The call is somebody else's by now: what was typed is given back, to hand it on."""
    messages.error(request, _said(error))
    if note := request.POST.get("note", "")[: calls.LONGEST_NOTE]:
        messages.info(request, _("You typed: %(note)s") % {"note": note})
    return redirect("desk-calls")


@desk
@require_POST
def give_back(request: HttpRequest, organisation: int) -> HttpResponse:
    """Let others call this firm."""
    calls.give_back(organisation=organisation, person=person(request))
    return redirect("desk-calls")
