"""What a CSAF provider says that it has: provider-metadata.json, then ROLIE feeds or directories. Pure.

CSAF 2.0, section 7.1. A listing is turned into documents with the time of their last change, oldest first.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from misthoorn.work.outside.errors import FetchError

MOST_DOCUMENTS = 500_000
MOST_LISTS = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_KNOWN = 10_000  # documents of a listing that are known one by one; more only where all have one time
SHARED_WITH_ALL = frozenset(("", "WHITE", "CLEAR", "UNLABELED"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a listing names it. No address of a hash or a signature: it stands beside, where CSAF puts it."""

    url: str
    updated: datetime = EPOCH
    hashes: tuple[str, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who publishes, by which keys (address, fingerprint), and where the listings are. `trusted`: it has to sign."""

    name: str
    keys: tuple[tuple[str, str], ...]
    feeds: tuple[str, ...]
    directories: tuple[str, ...]
    trusted: bool = False


@dataclass(slots=True)
class Place:
    """How far a listing was gone through: which documents are known, and from which second on they all are.

    A listing has the times that stand in the documents. One may be published after another that has a later time, so
    that the latest time alone would leave it out.
    """

    since: int | None = None
    known: dict[int, set[str]] = field(default_factory=dict)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What `to_plain` made, or an earlier version of the service: the latest time, and who has exactly that."""
        if "last" in plain:
            last = moment(str(plain["last"]))
            urls = plain.get("at")
            marks = {_mark(Listed(str(url), last)) for url in (urls if isinstance(urls, list) else ())}
            return cls(_second(last), {_second(last): marks})
        since = plain.get("since")
        known = {int(at): set(marks) for at, marks in plain.get("known", ())}
        return cls(since if isinstance(since, int) else None, known)

    def to_plain(self) -> dict[str, Any]:
        """As values for a JSON column."""
        return {"since": self.since, "known": [(at, sorted(self.known[at])) for at in sorted(self.known)]}

    def is_new(self, one: Listed) -> bool:
        """Whether it was never seen with this time."""
        second = _second(one.updated)
        is_before = self.since is not None and second < self.since
        return not is_before and _mark(one) not in self.known.get(second, ())

    def after(self, seen: Sequence[Listed]) -> Self:
        """The place after these documents. Of a listing that is very long those with the earliest times are let go.

        What has the latest time stays, however many they are: index.txt tells no times, and all of it has one.
        """
        known = {at: set(marks) for at, marks in self.known.items()}
        for one in seen:
            known.setdefault(_second(one.updated), set()).add(_mark(one))
        count, since = sum(map(len, known.values())), self.since
        for at in sorted(known)[:-1]:
            if count <= MOST_KNOWN:
                break
            count -= len(known.pop(at))
            since = at + 1
        return type(self)(since, known)


def _second(time: datetime) -> int:
    return int(time.timestamp())


def _mark(one: Listed) -> str:
    return hashlib.blake2b(f"{one.url} {one.updated.isoformat()}".encode(), digest_size=6).hexdigest()


def read_provider(value: Any, *, url: str, all_feeds: bool) -> Provider:  # noqa: ANN401  any JSON value
    """What provider-metadata.json says; feeds that are not for everybody only with `all_feeds`.

    Raises:
        FetchError: it is none, or names no place to find documents.
    """
    about = _member(value, "publisher")
    if isinstance(value, dict) and ("aggregator" in value or "csaf_providers" in value):
        raise FetchError("This is a list of CSAF providers. Add each provider that you want as a source of its own.")
    if not isinstance(value, dict) or not isinstance(value.get("distributions"), list):
        raise FetchError("This is no provider-metadata.json of CSAF: it names no distributions.")
    feeds: list[str] = []
    directories: list[str] = []
    for one in value["distributions"][:MOST_LISTS]:
        feeds += [
            _joined(url, str(feed.get("url", "")))
            for feed in _members(_member(one, "rolie"), "feeds")
            if all_feeds or str(feed.get("tlp_label", "")).upper() in SHARED_WITH_ALL
        ]
        if isinstance(one, dict) and one.get("directory_url"):
            directories.append(_joined(url, str(one["directory_url"]).rstrip("/") + "/"))
    if not feeds and not directories:
        raise FetchError("This CSAF provider names no feed and no directory that is for everybody.")
    keys = tuple(
        (_joined(url, str(key.get("url", ""))), str(key.get("fingerprint", "")))
        for key in _members(value, "public_openpgp_keys")[:20]
    )
    return Provider(
        str(about.get("name", "")),
        keys,
        tuple(dict.fromkeys(feeds)),
        tuple(dict.fromkeys(directories)),
        trusted=value.get("role") == "csaf_trusted_provider",
    )


def read_rolie(value: Any, *, url: str) -> list[Listed]:  # noqa: ANN401  any JSON value
    """The documents of a ROLIE feed, oldest first.

    Raises:
        FetchError: it is none.
    """
    feed = _member(value, "feed")
    if not isinstance(feed.get("entry"), list):
        raise FetchError("This is no ROLIE feed: it has no entries.")
    return _ordered(_entry(entry, url=url) for entry in _members(feed, "entry"))


def _entry(entry: dict[str, Any], *, url: str) -> Listed:
    links: dict[str, list[str]] = {}
    for link in _members(entry, "link"):
        links.setdefault(str(link.get("rel", "")), []).append(_joined(url, str(link.get("href", ""))))
    content = str(_member(entry, "content").get("src", ""))
    document = next(iter(links.get("self", ())), "") or _joined(url, content)
    return Listed(
        document,
        moment(str(entry.get("updated", ""))),
        tuple(links.get("hash", ())),
        next(iter(links.get("signature", ())), ""),
    )


def read_changes(text: str, *, directory: str) -> list[Listed]:
    """The documents of changes.csv (`"path","time"`), oldest first."""
    rows = csv.reader(text.splitlines())
    try:
        return _ordered(Listed(_joined(directory, row[0].strip()), moment(row[1])) for row in rows if len(row) > 1)
    except csv.Error as error:
        raise FetchError("changes.csv of this provider can't be read.") from error


def read_index(text: str, *, directory: str) -> list[Listed]:
    """The documents of index.txt, in its order; it tells no times."""
    return _ordered(Listed(_joined(directory, line.strip())) for line in text.splitlines() if line.strip())


def _ordered(found: Iterator[Listed]) -> list[Listed]:
    """Each document once, by its latest time."""
    latest: dict[str, Listed] = {}
    for one in found:
        is_document = urlsplit(one.url).path.endswith(".json")
        if is_document and (one.url not in latest or latest[one.url].updated < one.updated):
            latest[one.url] = one
        if len(latest) > MOST_DOCUMENTS:
            raise FetchError(f"This provider lists more than {MOST_DOCUMENTS:,} documents.")
    return sorted(latest.values(), key=lambda one: (one.updated, one.url))


def moment(text: str) -> datetime:
    """A moment in UTC; long ago where the text is none."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return EPOCH


def _joined(base: str, part: str) -> str:
    """Where a part of a listing leads; nowhere where it is no address."""
    try:
        found = urljoin(base, part)
    except ValueError:
        return ""
    return found if found.isascii() and found.isprintable() else ""


def _member(value: Any, name: str) -> Mapping[str, Any]:  # noqa: ANN401  any JSON value
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _members(value: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401  any JSON value
    found = value.get(name) if isinstance(value, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
