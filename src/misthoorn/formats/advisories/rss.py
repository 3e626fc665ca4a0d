"""`rss`: news in RSS (0.9 to 2.0) or Atom, such as a CSIRT publishes.

An item is an advisory that names no product: words for people, addresses, and the numbers of the vulnerabilities that
its text deals with. Nobody is found by it; it stands beside what is known of these.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any, BinaryIO
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from misthoorn.formats.advisories import ncsc_levels
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import KEPT, Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.texts import whole_bytes
from misthoorn.formats.readers.unpack import BOM
from misthoorn.formats.values.advisory import Advisory, Remark, Severity
from misthoorn.formats.values.schema import AdvisoryChunk, FormatError

AT_MOST = 32 * 1024 * 1024
MAX_TEXT = 20_000
MAX_REFERENCES = 100
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_MAX_MARKUP = 200_000
_ITEMS = frozenset(("item", "entry"))
_ROOTS = frozenset(("rss", "feed", "RDF"))
_DESCRIPTIONS = ("description", "summary", "encoded", "content")
_PUBLISHED = ("pubDate", "published", "issued", "date")
_MODIFIED = ("updated", "modified", *_PUBLISHED)
_CVE = re.compile(r"\bCVE-[0-9]{4}-[0-9]{4,19}\b", re.ASCII | re.IGNORECASE)
_NCSC = re.compile(r"\bNCSC-[0-9]{4}-[0-9]{4,6}\b", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,1000}")
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,128}")
_APART = frozenset(("p", "br", "li", "ul", "ol", "div", "h1", "h2", "h3", "h4", "td", "tr", "table", "pre"))
_UNSEEN = frozenset(("script", "style"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each item."""
    root = _tree(whole_bytes(stream, at_most=AT_MOST))
    if _local(root) not in _ROOTS:
        is_page = _local(root).lower() == "html"
        raise FormatError(
            "This is a web page, and no feed of news. Look on it for the address of its feed (RSS or Atom)."
            if is_page
            else "This XML file is no feed of news (RSS or Atom). Choose the format that the source names."
        )
    items = [item for holder in _holders(root) for item in holder if _local(item) in _ITEMS]
    if not items:
        raise FormatError("This feed holds no news. Look at the source, or wait until there is some.")
    base = _base(root)
    records = (
        Record(1, row, " ".join(item.itertext()).encode("utf-8", "replace")[:KEPT], {"item": item, "base": base})
        for row, item in enumerate(items, start=1)
    )
    yield from read_records(records, understand=understand, chunk=AdvisoryChunk, fold=fold)


def _base(root: ET.Element) -> str:
    """The address that links without a host are read from: what the feed says itself, or its site."""
    links = [link for holder in _holders(root) for link in holder if _local(link) == "link"]
    written = [root.get(_XML_BASE, ""), *((link.get("href") or link.text or "").strip() for link in links)]
    return next((address for address in written if address.startswith(("https://", "http://"))), "")


def _holders(root: ET.Element) -> list[ET.Element]:
    """Where items stand: Atom and RSS 1.0 have them at the root, the others in a channel."""
    return [root, *(child for child in root if _local(child) == "channel")]


def _tree(data: bytes) -> ET.Element:
    try:
        root: ET.Element = fromstring(data.removeprefix(BOM).lstrip(), forbid_dtd=True)
    except DefusedXmlException as error:
        if re.match(rb"\s*<!doctype html", data[:200], re.IGNORECASE):
            raise FormatError(
                "This is a web page, and no feed of news. Look on it for the address of its feed."
            ) from error
        raise FormatError("This XML file defines its own document type, which is not read.") from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FormatError(
            "This is no feed of news (RSS or Atom), or it is damaged. Open its address and look."
        ) from error
    return root


def understand(record: dict[str, Any]) -> Parts[Advisory]:
    """One item.

    Raises:
        RefusedError: it says nothing.
    """
    item: ET.Element = record["item"]
    texts = _texts(item)
    title = " ".join(_plain(texts.get("title", "")).split())
    markup = next((texts[name] for name in _DESCRIPTIONS if texts.get(name)), "")
    description = _plain(markup)
    if not title and not description:
        raise RefusedError("title-missing", "The item has neither a title nor a text.")
    links = _links(item, base=item.get(_XML_BASE) or record["base"])
    said = f"{title}\n{description}"
    numbers = [*(number.upper() for number in _CVE.findall(said)), *_NCSC.findall(title)]
    addresses = dict.fromkeys([*links, *(found.rstrip(".,;:)") for found in _ADDRESS.findall(html.unescape(markup)))])
    advisory = Advisory(
        identifier=_identifier(texts, links, said, base=record["base"]),
        aliases=(),
        title=title,
        description=description,
        published=_moment(texts, _PUBLISHED),
        modified=_moment(texts, _MODIFIED),
        state="published",
        severities=_severities(title),
        exploited=None,
        affected=(),
        references=tuple(addresses)[:MAX_REFERENCES],
        problem_types=(),
        upstream=tuple(dict.fromkeys(numbers)),
        remarks=tuple(_remarks(item)),
    )
    return Parts([advisory])


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _texts(item: ET.Element) -> dict[str, str]:
    """The first text of each name; that of Atom's XHTML is what stands in its elements."""
    found: dict[str, str] = {}
    for child in item:
        text = " ".join(child.itertext()) if len(child) else child.text or ""
        if text.strip():
            found.setdefault(_local(child), text.strip()[:_MAX_MARKUP])
    return found


def _links(item: ET.Element, *, base: str) -> list[str]:
    links = [child for child in item if _local(child) == "link"]
    shown = [link for link in links if link.get("rel", "alternate") in {"alternate", "related"}]
    found = [_joined(base, (link.get("href") or link.text or "").strip()) for link in shown]
    return [address for address in found if address.startswith(("https://", "http://"))]


def _joined(base: str, part: str) -> str:
    try:
        return urljoin(base, part) if part else ""
    except ValueError:
        return ""


def _identifier(texts: dict[str, str], links: list[str], said: str, *, base: str) -> str:
    """What the feed calls the item; where that can't be an identifier, a digest of it. A bare number is the feed's."""
    name = texts.get("guid") or texts.get("id") or next(iter(links), "") or said
    name = f"{base} {name}" if name.isdecimal() else name
    if _IDENTIFIER.fullmatch(name) and name != said:
        return name
    return f"news-{hashlib.blake2b(name.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


def _moment(texts: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    for text in (texts[name] for name in names if name in texts):
        if found := json_values.moment(text):
            return found
        try:
            written = parsedate_to_datetime(text)
            return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _severities(title: str) -> tuple[Severity, ...]:
    """The NCSC of the Netherlands writes chance and damage into the titles of its advisories: [M/H]."""
    return ncsc_levels.labelled(title, source="NCSC-NL") if _NCSC.search(title) else ()


def _remarks(item: ET.Element) -> Iterator[Remark]:
    for child in item:
        word = (child.get("term") or child.text or "").strip() if _local(child) == "category" else ""
        if word:
            yield Remark("category", word[:300], "")


def _plain(markup: str) -> str:
    """The text that a browser would show, a line for each block."""
    if "<" not in markup and "&" not in markup:
        return markup[:MAX_TEXT]
    shown = _Shown()
    shown.feed(markup)
    shown.close()
    lines = (" ".join(line.split()) for line in "".join(shown.pieces).splitlines())
    return "\n".join(line for line in lines if line)[:MAX_TEXT]


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  only the tag counts
        self._unseen += tag in _UNSEEN
        if tag in _APART:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _APART:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)
