import csv
from typing import Any, cast, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from misthoorn.common import clock
from misthoorn.constituency.words import SECTORS, SIZES
from misthoorn.insight import queries
from misthoorn.insight.queries import By, Which
from misthoorn.insight.survival import Curve
from misthoorn.intake import queries as intake
from misthoorn.notification.compose.facts import SEVERITIES
from misthoorn.web.curves import NARROW, WIDE, axis, draw, table
from misthoorn.web.guards import desk

MOST = 6  # curves in one picture; more can't be told apart
DIGITS = 9
BY = get_args(By.__value__)


def _which(request: HttpRequest) -> Which:
    """What the address asks for; a value that can't exist is left out."""
    asked = request.GET
    campaign = asked.get("campaign", "")[:DIGITS]
    return Which(
        campaign=int(campaign) if campaign.isascii() and campaign.isdigit() else None,
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
    which, by, now = _which(request), _by(request), clock.now()
    whole = queries.remediation(which, now=now)
    groups = queries.compared(which, by=by, now=now)
    sources = {one.id: one.name for one in intake.sources()}
    return render(
        request,
        "misthoorn/desk/effect.html",
        {
            "which": which,
            "by": by,
            "choices": {"severity": SEVERITIES, "sector": SECTORS, "size": SIZES, "by": BY},
            "reach": queries.reach(which),
            "hours": queries.hours_to_warning(which),
            "contacts": queries.contact_quality(now=now),
            "burden": queries.burden(),
            "precision": [(sources.get(one.source or 0, ""), one) for one in queries.precision()[:20]],
            **_pictures(whole, groups),
        },
    )


def _pictures(whole: Curve, groups: dict[str, Curve]) -> dict[str, Any]:
    shown = dict([*groups.items()][:MOST])
    days = axis([whole, *shown.values()])
    return {
        "whole": _picture(whole, days=days) if whole.count else None,
        "groups": [(name, _picture(found, days=days)) for name, found in shown.items()],
        "left_out": len(groups) - len(shown),
    }


def _picture(found: Curve, *, days: int) -> dict[str, Any]:
    half = found.median()
    return {
        "curve": found,
        "wide": draw(found, days=days, frame=WIDE),
        "narrow": draw(found, days=days, frame=NARROW),
        "table": table(found),
        "median": None if half is None else round(half),
    }


@desk
@require_safe
def curves(request: HttpRequest) -> HttpResponse:
    """All points of the curves, as CSV: the whole first, and then each group."""
    which, by, now = _which(request), _by(request), clock.now()
    found = {"": queries.remediation(which, now=now)} | queries.compared(which, by=by, now=now)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="remediation.csv"'
    rows = csv.writer(response)
    rows.writerow(["by", "group", "day", "open", "low_95", "high_95", "at_risk", "fixed", "ended_otherwise"])
    for group, one in found.items():
        for p in one.points:
            rows.writerow([by if group else "", group, p.day, p.open, p.low, p.high, p.at_risk, p.fixed, p.other])
    return response
