from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from misthoorn.accounts.services import record
from misthoorn.common import clock
from misthoorn.common.spreadsheets import csv_line
from misthoorn.constituency.organisations.members import Scope, scope_of
from misthoorn.notification import services
from misthoorn.notification.answers.referrals import Passed
from misthoorn.notification.bundles import COLUMNS, CSV_TYPE, csv_row
from misthoorn.notification.retrieval import portal as notices
from misthoorn.notification.retrieval.portal import PAGE, PortalNotice
from misthoorn.triage import portal
from misthoorn.web.guards import person, recipient
from misthoorn.web.labels import word
from misthoorn.web.parameters import or_404
from misthoorn.web.site.answers import forward
from misthoorn.web.site.forms import ReplyForm

SHOWN = 5  # of what is open, on the first page
FINDINGS = 50  # on a page


def scope(request: HttpRequest) -> Scope:
    """What who is signed in may see; asked for each page."""
    return scope_of(person(request), now=clock.now())


@recipient
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What is open, the most serious first; what changed lately; and one thing to do."""
    mine, now = scope(request), clock.now()
    notices.settle(mine, now=now)
    board = portal.board(mine, now=now)
    context = {
        "scope": mine,
        "board": board,
        "shown": portal.newest_of(mine, board.open[:SHOWN]),
        "more": len(board.open) > SHOWN,
        "several": _several(mine),
    }
    return render(request, "misthoorn/portal/start.html", context)


@recipient
@require_safe
def every(request: HttpRequest) -> HttpResponse:
    """All that was told, the newest first, by kind or organisation when asked."""
    mine, now = scope(request), clock.now()
    notices.settle(mine, now=now)
    kinds = notices.kinds(mine)
    names = mine.own | {one.organisation: one.name for one in mine.clients}
    kind = kind if (kind := request.GET.get("kind", "")) in kinds else ""
    asked = request.GET.get("organisation", "")
    organisation = next((pk for pk in names if str(pk) == asked), None)
    total = notices.count(mine, kind=kind, organisation=organisation)
    page = Paginator(range(total), PAGE).get_page(request.GET.get("page"))
    lines = notices.told(mine, kind=kind, organisation=organisation, first=max(page.start_index() - 1, 0))
    context = {"kinds": kinds, "kind": kind, "names": names, "organisation": organisation, "page": page}
    return render(request, "misthoorn/portal/warnings.html", context | {"scope": mine, "lines": lines})


@recipient
@require_safe
def one(request: HttpRequest, notice: int) -> HttpResponse:
    """One notice. That somebody of the organisation itself opened it is how it reaches them."""
    mine, now = scope(request), clock.now()
    notices.settle(mine, now=now)
    found = _found(mine, notice)
    if request.method == "GET":
        notices.open_notice(mine, notice, now=now)
    return _page(request, mine, found, _form(found))


def _found(mine: Scope, notice: int) -> PortalNotice:
    return or_404(notices.notice(mine, notice))


def _form(found: PortalNotice, data: object = None) -> ReplyForm:
    """The five answers; only the organisation itself can say that it wants no more of a subject."""
    form = ReplyForm(data)  # type: ignore[arg-type]  # what a POST holds
    if not found.is_own:
        del form.fields["stop"]
    return form


def _page(
    request: HttpRequest, mine: Scope, found: PortalNotice, form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    total = portal.count_findings(mine, found.line.id)
    page = Paginator(range(total), FINDINGS).get_page(request.GET.get("page"))
    findings = portal.findings_of(mine, found.line.id, first=max(page.start_index() - 1, 0), limit=FINDINGS)
    context = {"notice": found, "page": page, "form": form, "findings": findings, "several": _several(mine)}
    return render(request, "misthoorn/portal/warning.html", context, status=status)


def _several(mine: Scope) -> bool:
    """Whether pages have to say which organisation something is about."""
    return len(mine.own) + len(mine.clients) > 1


@recipient
@require_POST
def answer(request: HttpRequest, notice: int) -> HttpResponse:
    """One of the five answers, kept as one that came with the code; the record says who gave it."""
    mine = scope(request)
    found = _found(mine, notice)
    if not found.may_answer:
        raise Http404
    form = _form(found, request.POST)
    if not form.is_valid():
        return _page(request, mine, found, form, status=HTTPStatus.BAD_REQUEST)
    now, given = clock.now(), form.cleaned_data["answer"]
    about = f"organisation {found.line.organisation}"
    try:
        with transaction.atomic():
            services.record_reply(notice=notice, **form.cleaned_data, now=now)
            record(
                at=now, person=mine.person, action="answered on the portal", about=about, notice=notice, answer=given
            )
    except services.ReplyError:
        form.add_error(None, _("This warning was answered too often, or is no longer kept. Call us instead."))
        return _page(request, mine, found, form, status=HTTPStatus.BAD_REQUEST)
    passed = forward(request, notice, form.cleaned_data["passed_on_to"])
    messages.success(request, _("Noted. We keep looking whether we still see it."))
    if passed:
        tell = messages.success if passed == Passed.SENT else messages.warning
        tell(request, word(kind="passed-on", value=passed))
    return redirect("mine-told-one", notice)


@recipient
@require_safe
def findings_csv(request: HttpRequest) -> HttpResponse:
    """What is open of all that was told, one finding a line."""
    rows = [csv_line(("organisation", "numbers", *COLUMNS))]
    for name, numbers, line in portal.open_lines(scope(request)):
        rows.append(csv_line((name, " ".join(numbers), *csv_row(line))))
    response = HttpResponse("".join(rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = 'attachment; filename="open-findings.csv"'
    return response
