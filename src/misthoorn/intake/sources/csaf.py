"""CSAF providers: each document that changed, with its hash and its signature checked; many to a delivery, as a zip.

A document that is not shown to be its maker's comes in a delivery of its own, which says why (CSAF 2.0, 7.1.18 to
7.1.20: a trusted provider has hashes, signatures and keys). Another provider may leave these out.
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

from misthoorn.intake.sources.base import TAKE, UNSIGNED, Asked, Cursor, Item, Means, Reached
from misthoorn.intake.sources.csaf_listing import (
    Listed,
    Place,
    Provider,
    read_changes,
    read_index,
    read_provider,
    read_rolie,
)
from misthoorn.intake.sources.http import secret
from misthoorn.intake.sources.pgp import Keyring
from misthoorn.work.outside.client import MissingError
from misthoorn.work.outside.errors import FetchError

MOST_IN_ONE, LARGEST_IN_ONE = 200, 32 << 20  # documents and bytes of a delivery
LARGEST, LARGEST_BESIDE = 64 << 20, 64 << 10  # bytes of a document, and of a hash, a signature or a key
TRIES = 3  # fetches in which a document that was not there is asked for again
MOST_MISSING, MOST_TOLD = 1_000, 10
MOST_FAILED = 3  # documents in a row: then it is the provider that does not answer
_HASHES = {"sha512": hashlib.sha512, "sha256": hashlib.sha256}
_DIGEST = re.compile(rb"\s*([0-9a-fA-F]{64,128})\b")
_TOLD = {
    "hash-wrong": ("hashes that are wrong", "its hash says that it is another document."),
    "signature-wrong": ("signatures that are wrong", "its signature is not by the provider's keys."),
    "signature-missing": ("documents without a signature", "it has no signature, and a trusted provider signs."),
    "signature-unchecked": ("signatures without a key", "its signature can't be checked: there is no key for it."),
}
_WRONG = {  # by what a signature is, and whether the provider has to sign
    ("signature wrong", True): "signature-wrong",
    ("signature wrong", False): "signature-wrong",
    ("no signature", True): "signature-missing",
    ("signature not checked (no key)", True): "signature-unchecked",
}
_FIXED = (1980, 1, 1, 0, 0, 0)  # so that equal documents make an equal delivery


@dataclass(slots=True)
class _Walk:
    """What a fetch knows while it goes through the listings."""

    source: Asked
    means: Means
    keys: Keyring
    missing: dict[str, int]
    signs: bool = False  # the provider has to, and what is unsigned is not taken
    failed: int = 0  # documents in a row that did not come
    problems: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def ask(self, url: str, *, most: int) -> bytes:
        return self.means.client.fetch(url, secret=self.secret(), most=most)

    def secret(self) -> dict[str, str]:
        return secret(self.source, self.means.credentials)

    def ask_beside(self, urls: tuple[str, ...]) -> tuple[str, bytes] | None:
        """The first of these that is there; some servers answer 403, or with a page, for what is not."""
        for url in urls:
            try:
                return url, self.ask(url, most=LARGEST_BESIDE)
            except FetchError as error:
                if error.again:
                    raise
        return None

    def tell(self, kind: str, sentence: str) -> None:
        self.problems[kind] += 1
        if self.problems[kind] <= MOST_TOLD:
            self.told.append(sentence)

    def said(self) -> tuple[str, ...]:
        more = [f"{count - MOST_TOLD} more: {kind}." for kind, count in self.problems.items() if count > MOST_TOLD]
        return (*self.told, *more)


def fetch(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """What changed in each listing since the last time; what was listed and not there is told, and tried again."""
    walk = _Walk(source, means, Keyring(), dict(cursor.get("missing", {})))
    provider = _provider(walk)
    walk.keys = _keys(walk, provider)
    walk.signs = provider.trusted and source.text(UNSIGNED) != TAKE
    places: dict[str, dict[str, object]] = dict(cursor.get("lists", {}))
    for listing, documents in _listings(walk, provider):
        place = _place(walk, places.get(listing, {}))
        new = [one for one in documents if one.url in walk.missing or place.is_new(one)]
        for number, bundle in enumerate(_bundles(walk, new), start=1):
            place = place.after(bundle.seen)
            places = {**places, listing: place.to_plain()}
            now_at: Cursor = {"lists": places, "missing": dict(list(walk.missing.items())[-MOST_MISSING:])}
            yield from bundle.unproven_items(provider, number=number)
            if bundle.documents:
                yield bundle.item(provider, number=number, cursor=now_at)
            else:
                yield Reached(now_at)
    yield Reached(
        {"lists": places, "missing": dict(list(walk.missing.items())[-MOST_MISSING:])},
        walk.said(),
    )


# --- finding the provider ---


def _provider(walk: _Walk) -> Provider:
    """provider-metadata.json at the address itself, or where CSAF says that it lies for a domain."""
    refused: FetchError | None = None
    for url in _candidates(walk.source.address):
        try:
            return _read_provider(walk, url)
        except MissingError:
            continue
        except FetchError as error:
            if error.again:
                raise
            refused = refused or error
    if (named := _named(walk)) is not None:
        return _read_provider(walk, named)
    raise refused or FetchError(
        "No provider-metadata.json was found there, nor a security.txt that names one. Give its full address."
    )


def _read_provider(walk: _Walk, url: str) -> Provider:
    value = walk.means.client.json(url, secret=walk.secret())
    return read_provider(value, url=url, all_feeds=bool(walk.means.credentials))


def _candidates(address: str) -> list[str]:
    if urlsplit(address).path.endswith(".json"):
        return [address]
    base = address.rstrip("/")
    return [f"{base}/.well-known/csaf/provider-metadata.json", f"{base}/provider-metadata.json"]


def _named(walk: _Walk) -> str | None:
    """What the line `CSAF:` of security.txt says."""
    base = walk.source.address.rstrip("/")
    found = walk.ask_beside((f"{base}/.well-known/security.txt", f"{base}/security.txt"))
    if found is None:
        return None
    line = re.search(r"^CSAF: *(\S{1,1000})", found[1].decode(errors="replace"), re.MULTILINE | re.IGNORECASE)
    if line is None:
        return None
    return line[1] if "://" in line[1] else base + "/" + line[1].lstrip("/")


def _keys(walk: _Walk, provider: Provider) -> Keyring:
    ring = Keyring()
    for url, fingerprint in provider.keys:
        try:
            found = ring.with_key(walk.ask(url, most=LARGEST_BESIDE * 16), fingerprint=fingerprint)
        except FetchError as error:
            if error.again:
                raise
            walk.tell("keys", f"The key {fingerprint} can't be fetched: {error}")
            continue
        if found is None:
            walk.tell("keys", f"The key at {url} is not the one with fingerprint {fingerprint}; it is not used.")
        ring = found or ring
    return ring


# --- what is new ---


def _listings(walk: _Walk, provider: Provider) -> Iterator[tuple[str, list[Listed]]]:
    """What each of the provider's listings has. One that is not there does not keep the others away."""
    refused: FetchError | None = None
    found = False
    for listing in provider.feeds or provider.directories:
        try:
            documents = _documents(walk, listing, rolie=bool(provider.feeds))
        except FetchError as error:
            if error.again:
                raise
            walk.tell("listings", f"{listing[:200]}: {error}")
            refused = error
            continue
        found = True
        yield listing, documents
    if refused and not found:
        raise refused


def _documents(walk: _Walk, listing: str, *, rolie: bool) -> list[Listed]:
    if rolie:
        return read_rolie(walk.means.client.json(listing, secret=walk.secret()), url=listing)
    for name, read in (("changes.csv", read_changes), ("index.txt", read_index)):
        try:
            text = walk.ask(listing + name, most=LARGEST).decode("utf-8-sig", errors="replace")
        except MissingError:
            continue
        return read(text, directory=listing)
    raise FetchError(f"{listing} has neither changes.csv nor index.txt.")


def _place(walk: _Walk, plain: dict[str, object]) -> Place:
    """How far the listing was gone through; the first time as far back as the source says."""
    if plain:
        return Place.from_plain(plain)
    days = int(walk.source.text("days") or 0)
    return Place(int((walk.means.now - timedelta(days=days)).timestamp()) if days else None)


# --- fetching them ---


@dataclass(slots=True)
class _Bundle:
    """The next documents; by what is wrong with them, those that are not shown to be the maker's."""

    seen: list[Listed] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    unproven: dict[str, dict[str, bytes]] = field(default_factory=dict)
    checks: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def is_full(self, most: int) -> bool:
        return len(self.seen) >= most or self.size >= LARGEST_IN_ONE

    def add(self, one: Listed, data: bytes, *, wrong: str) -> None:
        there = self.unproven.setdefault(wrong, {}) if wrong else self.documents
        name = PurePosixPath(urlsplit(one.url).path).name
        there[name if name not in there else f"{len(there)}-{name}"] = data
        self.size += len(data)

    def item(self, provider: Provider, *, number: int, cursor: Cursor) -> Item:
        said = ", ".join(f"{what} {count}" for what, count in sorted(self.checks.items()))
        origin = f"{provider.name[:100]}, {len(self.documents)} documents: {said}"
        return Item(self._name(f"{number}"), _zipped(self.documents), cursor=cursor, origin=origin)

    def unproven_items(self, provider: Provider, *, number: int) -> Iterator[Item]:
        for wrong, documents in sorted(self.unproven.items()):
            held = _zipped(documents, comment=wrong)
            yield Item(self._name(f"{number}-{wrong}"), held, origin=provider.name[:100], unproven=wrong)

    def _name(self, what: str) -> str:
        return f"csaf-{self.seen[-1].updated:%Y%m%dT%H%M%S}-{what}.zip"


def _zipped(documents: dict[str, bytes], *, comment: str = "") -> BinaryIO:
    """With another comment they are another delivery."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in documents.items():
            about = zipfile.ZipInfo(name, _FIXED)
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, data)
        archive.comment = comment.encode()
    out.seek(0)
    return out


def _bundles(walk: _Walk, documents: list[Listed]) -> Iterator[_Bundle]:
    """Those of each delivery; what came before the provider asks us to wait is not asked for again."""
    bundle, most = _Bundle(), int(walk.source.text("most") or MOST_IN_ONE)
    for one in documents:
        try:
            _take(walk, one, bundle)
        except FetchError:
            if bundle.seen:
                yield bundle
            raise
        bundle.seen.append(one)
        if bundle.is_full(most):
            yield bundle
            bundle = _Bundle()
    if bundle.seen:
        yield bundle


def _take(walk: _Walk, one: Listed, bundle: _Bundle) -> None:
    """A document as its maker published it; told and tried again, where it is not there or not shown to be that."""
    name = PurePosixPath(urlsplit(one.url).path).name[:120]
    try:
        data = walk.ask(one.url, most=LARGEST)
        right = _hash(walk, one, data)
        signed = "" if right is False else _signature(walk, one, data)
    except FetchError as error:
        walk.failed += error.again
        if error.again and (error.after is not None or walk.failed >= MOST_FAILED):
            raise
        _missed(walk, one, "documents that are not there", f"{name}: {error}")
        return
    walk.failed = 0
    wrong = "hash-wrong" if right is False else _WRONG.get((signed, walk.signs), "")
    bundle.add(one, data, wrong=wrong)
    if wrong:
        _missed(walk, one, _TOLD[wrong][0], f"{name}: {_TOLD[wrong][1]}")
        return
    walk.missing.pop(one.url, None)
    bundle.checks["hash right" if right else "no hash"] += 1
    bundle.checks[signed] += 1


def _missed(walk: _Walk, one: Listed, kind: str, sentence: str) -> None:
    tries = walk.missing.get(one.url, 0) + 1
    walk.missing[one.url] = tries
    if tries >= TRIES:
        del walk.missing[one.url]
        sentence += " It was asked for three times, and is left now until it changes."
    walk.tell(kind, sentence)


def _hash(walk: _Walk, one: Listed, data: bytes) -> bool | None:
    """Whether the strongest hash that is given is right; None where there is none."""
    for name, make in _HASHES.items():
        urls = tuple(url for url in one.hashes if url.endswith(name)) if one.hashes else (f"{one.url}.{name}",)
        found = walk.ask_beside(urls)
        digest = _DIGEST.match(found[1]) if found else None
        if digest is not None:
            return digest[1].decode().lower() == make(data).hexdigest()
    return None


def _signature(walk: _Walk, one: Listed, data: bytes) -> str:
    found = walk.ask_beside((one.signature or f"{one.url}.asc",))
    if found is None:
        return "no signature"
    if not walk.keys:
        return "signature not checked (no key)"
    return "signature right" if walk.keys.signed(data, signature=found[1]) else "signature wrong"
