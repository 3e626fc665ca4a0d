from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from misthoorn.accounts.services import note_look
from misthoorn.common import clock
from misthoorn.common.spreadsheets import csv_line
from misthoorn.notification.disclosure_log.search import all_told, everything_told
from misthoorn.web.desk.messages.forms import ToldForm
from misthoorn.web.guards import desk, person

COLUMNS = ("number", "kind", "organisation", "register_number", "subject", "severity", "tlp")
MORE = ("time", "event", "where", "detail", "all_kept")


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest) -> HttpResponse:
    """Everything that was ever told, by what was typed. Sent by POST: what is looked for is often personal."""
    form = ToldForm(request.POST or None)
    page = None
    if form.is_valid():
        _note(request, form, way="page")
        page = everything_told(form.cleaned_data["text"], before=form.cleaned_data["before"])
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "misthoorn/desk/messages/disclosure_log.html", {"form": form, "page": page}, status=status)


@desk
@require_POST
def told_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The same as CSV, a line for each thing that happened."""
    form = ToldForm(request.POST)
    if not form.is_valid():
        return render(request, "misthoorn/desk/messages/disclosure_log.html", {"form": form, "page": None}, status=400)
    _note(request, form, way="csv")
    response = StreamingHttpResponse(_rows(form.cleaned_data["text"]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="told.csv"'
    return response


def _note(request: HttpRequest, form: ToldForm, *, way: str) -> None:
    """Who asked, and what for: it may be anybody's address."""
    note_look(at=clock.now(), person=person(request), about="told", way=way, text=form.cleaned_data["text"])


def _rows(text: str) -> Iterator[str]:
    yield csv_line((*COLUMNS, *MORE))
    for line in all_told(text):
        who = (line.number, line.kind, line.organisation_name, line.register_number)
        head = (*who, line.subject, line.severity, line.tlp)
        for event in line.events:
            rest = (event.at.isoformat(), event.what, event.where, event.detail, "yes" if line.kept else "no")
            yield csv_line((*head, *rest))
