"""One file at one address: asked for only when it changed, and gone on with where it broke off."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.intake.sources.secrets import Credentials
from misthoorn.work.outside.client import Answer, RangeError, refuse_page
from misthoorn.work.outside.errors import FetchError

_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_PARTIAL, _UNCHANGED = 206, 304


def fetch(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """The file, if it is another than the last time (ETag, Last-Modified)."""
    known = cursor if cursor.get("address") == source.address else {}
    item = download(source.address, known=known, means=means, secret=secret(source, means.credentials))
    yield item or Reached(cursor)


def secret(source: Asked, credentials: Credentials) -> dict[str, str]:
    """The headers that say who we are: `key_header` names the one that the source wants, `Authorization` otherwise."""
    if not credentials:
        return {}
    name = source.text("key_header") or "Authorization"
    prefix = source.text("key_prefix") or ("Bearer " if name == "Authorization" else "")
    return {name: prefix + credentials.key}


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of a file before it broke off, and by what it is known whether the file is still the same."""

    path: Path

    @property
    def about(self) -> Path:
        return self.path.with_suffix(".json")

    def validator(self) -> str:
        """A strong validator for If-Range, or an empty text."""
        try:
            value = json.loads(self.about.read_bytes())
        except (OSError, ValueError):
            return ""
        return str(value.get("validator", "")) if isinstance(value, dict) else ""

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self.about.unlink(missing_ok=True)


def download(url: str, *, known: Cursor, means: Means, secret: dict[str, str], name: str = "") -> Item | None:
    """A file as a delivery; None when it is as `known` (a cursor of this function) says."""
    means.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = _Part(means.folder / (hashlib.sha256(url.encode()).hexdigest()[:32] + ".part"))
    had, validator = part.size(), part.validator()
    headers = _conditions(known)
    if had and validator:
        headers = {"Range": f"bytes={had}-", "If-Range": validator}
    try:
        with means.client.open(url, headers=headers, secret=secret) as answer:
            if answer.status == _UNCHANGED:
                return None
            _write(answer, part, had=had, most=means.client.bounds.size)
            cursor = {
                "address": url,
                "etag": answer.headers.get("etag", ""),
                "modified": answer.headers.get("last-modified", ""),
            }
            shown = name or _name(answer)
    except RangeError:
        part.forget()
        raise
    return Item(name=shown, stream=part.path.open("rb"), cursor=cursor, kept=part.forget)


def _conditions(known: Cursor) -> dict[str, str]:
    pairs = (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("modified")))
    return {name: str(value) for name, value in pairs if value}


def _write(answer: Answer, part: _Part, *, had: int, most: int) -> None:
    """Bring the body to the part, after what is there where the other side goes on from it."""
    found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    goes_on = answer.status == _PARTIAL
    if goes_on and (found is None or int(found[1]) != had):
        part.forget()
        raise FetchError("The server went on from another place than we asked for; it is begun anew.", again=True)
    if not goes_on:
        part.forget()
        strong = answer.headers.get("etag", "")
        validator = strong if strong and not strong.startswith("W/") else answer.headers.get("last-modified", "")
        part.about.write_text(json.dumps({"validator": validator}), encoding="utf-8")
    room = most - (had if goes_on else 0)
    with part.path.open("ab" if goes_on else "wb") as out:
        try:
            for block in answer.blocks(room):
                if not out.tell():
                    refuse_page(block[:512], where=urlsplit(answer.url).hostname or "The server")
                out.write(block)
        except FetchError as error:
            if not error.again:
                out.close()
                part.forget()
            raise


def _name(answer: Answer) -> str:
    """The name that the server gives the file, or the last part of the address."""
    given = re.search(r'filename="?([^";]+)', answer.headers.get("content-disposition", ""))
    path = PurePosixPath(unquote(urlsplit(answer.url).path))
    return (given[1].strip() if given else path.name) or urlsplit(answer.url).hostname or "delivery"
