"""GitHub: files of a repository's latest release, and the advisories of its database."""

import fnmatch
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.intake.sources.http import download, secret
from misthoorn.work.outside.client import read_json
from misthoorn.work.outside.errors import FetchError

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_MOMENT = re.compile(r"[0-9TZ:.+-]{10,40}")
MOST_PAGES, MOST_REMEMBERED = 5_000, 2_000
_NEXT = re.compile(r'<([^<>]{1,2000})>; rel="next"')


def fetch_releases(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """Files (`assets`, a pattern) of the last releases that were not had yet, oldest first.

    The very first fetch takes what `first` names instead, of the newest release that has it.
    """
    had = [str(one) for one in cursor.get("had", ())]
    releases = _json(f"{source.address.rstrip('/')}/releases?per_page=30", means=means, source=source)
    assets = [asset for release in reversed(_list(releases)) for asset in _list(release.get("assets"))]
    first = "" if had else source.text("first")
    names = first or source.text("assets") or "*"
    found = [one for one in assets if fnmatch.fnmatch(str(one.get("name", "")), names)]
    if not found and not had:
        raise FetchError(f"No release has a file that is called {names}.")
    wanted = found[-1:] if not had else [one for one in found if str(one.get("id")) not in set(had)]
    if not had and not first:  # what came before is not asked for
        had = [str(one.get("id")) for one in found]
    for asset in wanted:
        url, number = str(asset.get("browser_download_url", "")), str(asset.get("id"))
        item = download(url, known={}, means=means, secret={}, name=str(asset.get("name")))
        assert item is not None  # noqa: S101  nothing was known
        had = [*(one for one in had if one != number), number][-MOST_REMEMBERED:]
        with item.stream:
            yield Item(name=item.name, stream=unwrapped(item.stream), cursor={"had": had}, kept=item.kept)
    yield Reached({"had": had})


def unwrapped(stream: BinaryIO) -> BinaryIO:
    """The archive inside an archive that holds nothing else (`.zip.zip`); otherwise the stream itself."""
    try:
        with zipfile.ZipFile(stream) as outer:
            members = outer.infolist()
            if len(members) == 1 and members[0].filename.endswith(".zip"):
                return cast("BinaryIO", outer.open(members[0]))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        pass
    stream.seek(0)
    return stream


def fetch_advisories(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """Advisories by the time of their last change, in pages of 100."""
    since = str(cursor.get("since", ""))
    asked = {"per_page": "100", "sort": "updated", "direction": "asc"}
    asked |= {"updated": f">={since}"} if since else {}
    url = f"{source.address}?{urlencode(asked)}"
    for number in range(MOST_PAGES):
        with means.client.open(url, headers=HEADERS, secret=secret(source, means.credentials)) as answer:
            data = b"".join(answer.blocks(means.client.bounds.size))
            link = _NEXT.search(answer.headers.get("link", "")[:8_000])
        page = _list(read_json(data, where="GitHub"))
        since = max([since, *filter(_MOMENT.fullmatch, (str(one.get("updated_at", "")) for one in page))])
        if page:
            stamp = since.replace(":", "")[:17]
            yield Item(name=f"github-{stamp}-{number}.json", stream=io.BytesIO(data), cursor={"since": since})
        if link is None:
            break
        url = link[1]
    yield Reached({"since": since or (means.now - timedelta(days=1)).astimezone(UTC).isoformat(timespec="seconds")})


def _json(url: str, *, means: Means, source: Asked) -> Any:  # noqa: ANN401  any JSON value
    return means.client.json(url, headers=HEADERS, secret=secret(source, means.credentials))


def _list(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any JSON value
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise FetchError("GitHub answered with something that is no list.")
    return value
