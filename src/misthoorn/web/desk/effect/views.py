from typing import Any, cast, get_args

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from misthoorn.common import clock
from misthoorn.common.spreadsheets import csv_line
from misthoorn.constituency.vocabulary import SECTORS, SIZES
from misthoorn.insight import burden, contacts, precision, queries, speed
from misthoorn.insight.history import By, History, Which, read
from misthoorn.insight.tables import TABLES, Table
from misthoorn.insight.tables import curves as curves_of
from misthoorn.intake import queries as intake
from misthoorn.notification.compose.facts import SEVERITIES
from misthoorn.web.desk.effect.curves import NARROW, WIDE, axis, draw_ends, show
from misthoorn.web.guards import desk
from misthoorn.web.parameters import number_of

MOST = 6  # curves in one picture; more can't be told apart
LINES = 20  # of a table on the page; all are in its file
BY = get_args(By.__value__)


def _which(request: HttpRequest) -> Which:
    """What the address asks for; a value that can't exist is left out."""
    asked = request.GET
    return Which(
        campaign=number_of(asked.get("campaign", "")),
        severity=_one_of(asked.get("severity", ""), SEVERITIES),
        sector=_one_of(asked.get("sector", ""), SECTORS),
        size=_one_of(asked.get("size", ""), SIZES),
    )


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def _by(request: HttpRequest) -> By:
    asked = request.GET.get("by", "")
    return cast("By", asked) if asked in BY else "severity"


@desk
@require_safe
def effect(request: HttpRequest) -> HttpResponse:
    """Whether warnings helped: how far they came, how long it took, and what recipients said of them."""
    by, now = _by(request), clock.now()
    history = read(_which(request), now=now)
    sources = intake.source_names()
    return render(
        request,
        "misthoorn/desk/effect/effect.html",
        {
            "which": history.which,
            "by": by,
            "choices": {"severity": SEVERITIES, "sector": SECTORS, "size": SIZES, "by": BY},
            "reach": queries.reach(history),
            "beside": queries.beside(history.which),
            "stated": queries.statements(history),
            "exposure": queries.exposure(history)[:LINES],
            "hours": speed.hours_to_warning(history),
            "delivery": speed.from_delivery(history)[:LINES],
            "contacts": contacts.contact_quality(now=now),
            "known": contacts.by_provenance(history),
            "burden": burden.burden(now=now),
            "months": burden.by_month(now=now),
            "precision": [(sources.get(one.source, ""), one) for one in precision.of_told()[:LINES]],
            **_pictures(history, by=by),
        },
    )


def _pictures(history: History, *, by: By) -> dict[str, Any]:
    whole, groups = queries.remediation(history), queries.compared(history, by=by)
    shown = dict([*groups.items()][:MOST])
    days = axis([whole, *shown.values()])
    ends = {name: draw_ends(whole, days=days, frame=frame) for name, frame in (("wide", WIDE), ("narrow", NARROW))}
    return {
        "whole": show(whole, days=days) if whole.count else None,
        "groups": [(name, show(found, days=days)) for name, found in shown.items()],
        "left_out": len(groups) - len(shown),
        "ends": ends,
    }


@desk
@require_safe
def curves(request: HttpRequest) -> HttpResponse:
    """All points of the curves, as CSV: the whole first, and then each group."""
    history = read(_which(request), now=clock.now())
    return _file(curves_of(history, by=_by(request)), name="remediation")


@desk
@require_safe
def figure(request: HttpRequest, figure: str) -> HttpResponse:
    """One table of the page, as CSV, whole."""
    if figure not in TABLES:
        raise Http404
    return _file(TABLES[figure](read(_which(request), now=clock.now())), name=figure)


def _file(found: Table, *, name: str) -> HttpResponse:
    rows = "".join(map(csv_line, (found.columns, *found.rows)))
    response = HttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
