"""MISP: a feed (a manifest and a file for each event), or an instance by its API."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.work.outside.client import MissingError, read_json
from misthoorn.work.outside.errors import FetchError

_UUID = re.compile(r"[0-9a-fA-F-]{8,40}")
_STAMP = re.compile(r"[0-9]{1,12}")
PAGE, MOST_PAGES = 100, 10_000
MOST_EVENTS = 200_000


def fetch_feed(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """Events that are newer than those had before, oldest first; one that is missing is told, and tried again."""
    base = source.address.removesuffix("manifest.json").rstrip("/")
    manifest = means.client.json(f"{base}/manifest.json")
    since, again = int(cursor.get("since", 0)), set(cursor.get("missing", ()))
    problems: list[str] = []
    missing: list[str] = []
    for stamp, uuid in _newer(manifest, since=since, again=again):
        try:
            data = means.client.fetch(f"{base}/{uuid}.json")
            read_json(data, where="The feed")
        except MissingError:
            missing.append(uuid)
            problems.append(f"Event {uuid} is in the manifest and not there.")
            continue
        since = max(since, stamp)
        yield Item(
            name=f"{uuid}.json",
            stream=io.BytesIO(data),
            cursor={"since": since, "missing": sorted({*missing, *again} - {uuid})},
        )
        again.discard(uuid)
    yield Reached({"since": since, "missing": missing[:1_000]}, tuple(problems))


def _newer(manifest: Any, *, since: int, again: set[str]) -> list[tuple[int, str]]:  # noqa: ANN401  any JSON value
    if not isinstance(manifest, dict) or len(manifest) > MOST_EVENTS:
        raise FetchError("This is no manifest of a MISP feed.")
    found = []
    for uuid, about in manifest.items():
        stamp = about.get("timestamp", 0) if isinstance(about, dict) else 0
        if _UUID.fullmatch(uuid) and _STAMP.fullmatch(str(stamp)) and (int(stamp) > since or uuid in again):
            found.append((int(stamp), uuid))
    return sorted(found)


def fetch_api(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """Events of an instance that were published since, page by page; `filters` are those of its restSearch."""
    if not means.credentials:
        raise FetchError("MISP asks for a key. Put it in with `misthoorn sources key NAME`.")
    secret = {"Authorization": means.credentials.key, "Accept": "application/json", "Content-Type": "application/json"}
    began = int(means.now.timestamp())
    since, page = int(cursor.get("since", 0)), int(cursor.get("page", 1))
    began = int(cursor.get("began", began)) if page > 1 else began
    for number in range(page, MOST_PAGES):
        asked = {**dict(source.options.get("filters") or {}), "returnFormat": "json", "limit": PAGE, "page": number}
        asked |= {"publish_timestamp": since} if since else {}
        url = f"{source.address.rstrip('/')}/events/restSearch"
        data = means.client.fetch(url, method="POST", content=json.dumps(asked).encode(), secret=secret)
        value = read_json(data, where="MISP")
        events = value.get("response") if isinstance(value, dict) else value
        if not isinstance(events, list):
            raise FetchError("This is no answer of MISP's restSearch.")
        if not events:
            break
        more = {"since": since, "page": number + 1, "began": began}
        yield Item(name=f"misp-{began}-{number}.json", stream=io.BytesIO(data), cursor=more)
        if len(events) < PAGE:
            break
    yield Reached({"since": began})
