"""The NVD's API 2.0: pages of CVEs by the time of their last change."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.work.outside.client import LISTING, read_json
from misthoorn.work.outside.errors import FetchError

WIDEST = timedelta(days=119)  # the API takes 120 days at most
OVERLAP = timedelta(minutes=10)  # their clock and ours may differ
PAGE = 2_000


def fetch(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """All CVEs at first, then those that changed; a page is a delivery, and the place is kept after each."""
    secret = {"apiKey": means.credentials.key} if means.credentials else {}
    state: dict[str, Any] = dict(cursor)
    while True:
        asked, window = _question(state, now=means.now)
        data = means.client.fetch(f"{source.address}?{urlencode(asked)}", secret=secret, most=LISTING)
        total, given = _counts(read_json(data, where="The NVD"))
        start = int(asked["startIndex"])
        state = _after(state, start=start + given, done=start + given >= total or not given, window=window)
        if given:
            first = window[0][:10] if window[0] else "all"
            yield Item(name=f"nvd-{first}-{start}.json", stream=io.BytesIO(data), cursor=state)
        else:
            yield Reached(state)
        if "start" not in state and _is_recent(state, means.now):
            return


def _question(state: dict[str, Any], *, now: datetime) -> tuple[dict[str, str], tuple[str, str]]:
    asked = {"resultsPerPage": str(PAGE), "startIndex": str(state.get("start", 0))}
    if "until" not in state and "since" not in state:
        return asked, ("", _text(now))
    if "start" in state:  # in the middle of a window
        since, until = state.get("since", ""), state["until"]
    else:
        begin = datetime.fromisoformat(state["since"]) - OVERLAP
        since, until = _text(begin), _text(min(now, begin + WIDEST))
    if since:
        asked |= {"lastModStartDate": since, "lastModEndDate": until}
    return asked, (since, until)


def _after(state: dict[str, Any], *, start: int, done: bool, window: tuple[str, str]) -> dict[str, Any]:
    """The place after a page: in the same window, or at its end."""
    since, until = window
    if done:
        return {"since": until}
    return {"start": start, "since": since, "until": state.get("until", until)}


def _is_recent(state: dict[str, Any], now: datetime) -> bool:
    return datetime.fromisoformat(state["since"]) >= now - timedelta(seconds=1)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _counts(page: Any) -> tuple[int, int]:  # noqa: ANN401  any JSON value
    if not isinstance(page, dict) or not isinstance(page.get("vulnerabilities"), list):
        raise FetchError("This is no answer of the NVD's API 2.0: it has no list of vulnerabilities.")
    total = page.get("totalResults")
    if not isinstance(total, int) or total < 0:
        raise FetchError("This is no answer of the NVD's API 2.0: it does not say how many results there are.")
    return total, len(page["vulnerabilities"])
