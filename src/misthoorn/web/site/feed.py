"""Where machines fetch what their organisation is told: GET with a key of its own, as JSON, CSV or X-ARF.

Errors are problem+json (RFC 9457). A page names the next one in the header Link, and in `next`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from misthoorn.common import clock
from misthoorn.common.spreadsheets import csv_line
from misthoorn.formats.exchange.xarf_report import Party
from misthoorn.notification.bundles import COLUMNS, CSV_TYPE, csv_row, report
from misthoorn.notification.channels.feed.keys import open_with
from misthoorn.notification.retrieval.feeds import CursorError, Page, Told, hand_over, read_cursor, read_page
from misthoorn.notification.retrieval.work import ask_again
from misthoorn.notification.services import team
from misthoorn.triage.machine_lines import ToldLine, told_lines
from misthoorn.web.guards import View, public
from misthoorn.web.limits import Limit
from misthoorn.web.machine_access import bearer, is_too_often, problem, versioned

WRONG_KEYS = Limit("feed-key", tries=20, seconds=600)
RATE = 60  # requests a minute with one key
_TOLD_COLUMNS = ("number", "kind", "tlp", "told_at", "state")


@dataclass(frozen=True, slots=True)
class _Feed:
    """A page, and the lines of the findings on it that this reader may hear of."""

    page: Page
    lines: Mapping[int, ToldLine]
    hushed: set[int]

    def each(self) -> Iterator[tuple[Told, list[ToldLine]]]:
        for told in self.page.told:
            # A label may have become stricter than the text that was written under it.
            shown = replace(told, headline="", text="") if self.hushed.intersection(told.findings) else told
            yield shown, [self.lines[one] for one in told.findings if one in self.lines]


def _fed(show: Callable[[_Feed, str], HttpResponse]) -> View:
    """The answer for whoever has a key; what it holds counts as handed over."""

    @public
    @csrf_exempt
    @never_cache
    @versioned
    @wraps(show)
    def view(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, "A feed is only read: use GET.", Allow="GET, HEAD")
        now = clock.now()
        opened = open_with(bearer(request), now=now)
        if opened is None:
            return _unknown(request, now=now.timestamp())
        key, contact = opened
        if is_too_often(f"feed-{key}", most=RATE, now=now.timestamp()):
            detail = f"At most {RATE} requests a minute. Wait, and ask again with the same cursor."
            return problem(HTTPStatus.TOO_MANY_REQUESTS, detail, **{"Retry-After": "60"})
        ask_again(contact, now=now)
        try:
            page = read_page(contact, after=read_cursor(request.GET.get("after", "")))
        except CursorError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        ids = [finding for told in page.told for finding in told.findings]
        here = request.build_absolute_uri(request.path)
        response = show(_Feed(page, *told_lines(ids, contact=contact)), f"{here}?after={page.cursor}")
        if page.more:
            response["Link"] = f'<{here}?after={page.cursor}>; rel="next"'
        response["Cursor"] = str(page.cursor)
        if request.method == "GET":
            hand_over(page.told, key=key, at=now)
        return response

    return view


def _unknown(request: HttpRequest, *, now: float) -> HttpResponse:
    """The key opens nothing; who tries many of them waits."""
    if WRONG_KEYS.is_reached(request, now=now):
        wait = str(WRONG_KEYS.minutes_left(now=now) * 60)
        return problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong keys. Wait a while.", **{"Retry-After": wait})
    WRONG_KEYS.count(request, now=now)
    detail = "Send the key of your feed in the header Authorization: Bearer KEY."
    return problem(HTTPStatus.UNAUTHORIZED, detail, **{"WWW-Authenticate": "Bearer"})


@_fed
def feed(shown: _Feed, next_: str) -> HttpResponse:
    """What was told, with the text as a person got it and every finding with its evidence."""
    items = [_item(told, lines) for told, lines in shown.each()]
    body = {"items": items, "cursor": str(shown.page.cursor), "next": next_ if shown.page.more else None}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _item(told: Told, lines: list[ToldLine]) -> dict[str, Any]:
    return {
        "number": told.number,
        "kind": told.kind,
        "subject": told.subject,
        "severity": told.severity,
        "tlp": told.tlp,
        "told_at": told.told_at,
        "language": told.language,
        "headline": told.headline,
        "text": told.text,
        "findings": [_finding(one) for one in lines],
        "complete": told.complete,
    }


def _finding(told: ToldLine) -> dict[str, Any]:
    line = told.line
    class_, _, type_ = line.rsit.partition("/")
    return {
        "finding": line.finding,
        "about": told.about,
        "ip": line.ip or None,
        "port": line.port or None,
        "protocol": line.protocol or None,
        "hostname": line.hostname or None,
        "asn": line.asn or None,
        "class": class_ or None,
        "type": type_ or None,
        "identifier": line.identifier,
        "severity": line.severity,
        "certainty": line.certainty,
        "state": told.state,
        "tlp": told.tlp,
        "first_seen": line.first_seen,
        "last_seen": line.last_seen,
        "source": line.source,
        "asset": {"kind": told.asset_kind, "value": told.asset, "version": told.version or None},
        "evidence": dict(line.evidence),
    }


@_fed
def feed_csv(shown: _Feed, _next: str) -> HttpResponse:
    """The findings as CSV, one a line, in the columns of a bundle and some of the notice."""
    rows = [csv_line((*COLUMNS, *_TOLD_COLUMNS))]
    for told, lines in shown.each():
        for one in lines:
            more = (told.number, told.kind, one.tlp, told.told_at.strftime("%Y-%m-%dT%H:%M:%SZ"), one.state)
            rows.append(csv_line((*csv_row(one.line), *more)))
    return HttpResponse("".join(rows), content_type=CSV_TYPE)


@_fed
def feed_xarf(shown: _Feed, _next: str) -> HttpResponse:
    """What was seen, as reports in X-ARF. A product with a known flaw was not seen, and makes no report."""
    ours = team()
    reporter = Party(ours.name, ours.mail, ours.mail.rpartition("@")[2])
    lines = [one for _, some in shown.each() for one in some if one.about == "event"]
    reports = [report(one.line, reporter=reporter) for one in lines]
    return JsonResponse(reports, safe=False, json_dumps_params={"ensure_ascii": False})
