"""Shadowserver's reports by its API: each question carries the key, and is signed with the secret (HMAC)."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, BinaryIO

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.work.outside.client import read_json, refuse_page
from misthoorn.work.outside.errors import FetchError

BACK = timedelta(days=3)  # days that are looked at again, since reports come late
MOST_REMEMBERED = 5_000
_NUMBER = re.compile(r"[\w.-]{1,200}", re.ASCII)


def fetch(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """Each report of the last days that was not had yet; the names tell what kind it is."""
    if not means.credentials.user:
        raise FetchError("Shadowserver gives a key and a secret. Put both in: `misthoorn sources key NAME --user KEY`.")
    had: list[str] = [str(one) for one in cursor.get("had", ())]
    known = set(had)
    for report in _reports(source, means):
        number, name = str(report.get("id", "")), str(report.get("file", ""))
        if not _NUMBER.fullmatch(number) or number in known:
            continue
        stream = _report(source, means, number)
        had = [*had, number][-MOST_REMEMBERED:]
        yield Item(name=name or f"{number}.csv", stream=stream, cursor={"had": had})
    yield Reached({"had": had})


def _reports(source: Asked, means: Means) -> list[dict[str, Any]]:
    day = means.now.date()
    asked: dict[str, Any] = {"date": f"{day - BACK}:{day + timedelta(days=1)}"}
    if reports := source.texts("reports"):
        asked["reports"] = list(reports)
    content = _signed(asked, means)
    value = read_json(means.client.fetch(_url(source, "reports/list"), **content), where="Shadowserver")
    if isinstance(value, dict) and value.get("error"):
        raise FetchError(f"Shadowserver says: {str(value['error'])[:200]}. Are the key and the secret right?")
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise FetchError("Shadowserver's list of reports is no list.")
    wanted = source.texts("types")
    return [one for one in value if not wanted or str(one.get("type", "")) in wanted]


def _report(source: Asked, means: Means, number: str) -> BinaryIO:
    stream, _ = means.client.file(_url(source, "reports/download"), **_signed({"id": number}, means))
    head = stream.read(512)
    stream.seek(0)
    refuse_page(head, where="Shadowserver")
    return stream


def _signed(asked: dict[str, Any], means: Means) -> dict[str, Any]:
    content = json.dumps({"apikey": means.credentials.user, **asked}).encode()
    signature = hmac.new(means.credentials.key.encode(), content, hashlib.sha256).hexdigest()
    return {"method": "POST", "content": content, "secret": {"HMAC2": signature, "Content-Type": "application/json"}}


def _url(source: Asked, verb: str) -> str:
    return f"{source.address.rstrip('/')}/{verb}"
