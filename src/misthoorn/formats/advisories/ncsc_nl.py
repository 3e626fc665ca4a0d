"""`ncsc-nl`: security advisories of the NCSC of the Netherlands as plain text, as it mailed and published them to 2024.

One or several to a file, signed with PGP or not, also inside the page of its site. Lines “Titel : …” stand above
sections. An advisory deals with several vulnerabilities and does not say which product has which, so that it is kept
under its own number. (Those of today are CSAF.)
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from misthoorn.formats.advisories import ncsc_levels
from misthoorn.formats.identifiers.version_ranges import sentence
from misthoorn.formats.readers.documents import Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.texts import whole_text
from misthoorn.formats.values.advisory import Advisory, Affected, Remark, Severity
from misthoorn.formats.values.schema import AdvisoryChunk, FormatError

AT_MOST = 32 * 1024 * 1024  # a year of mails has some 10 MiB
SOURCE = "NCSC-NL"
MAX_TEXT = 20_000
_MAX_PRODUCTS = 200
_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_BANNER = re.compile(r"N C S C ~ B E V E I L I G I N G S A D V I E S")
_NUMBER = re.compile(r"\b(NCSC-[0-9]{4}-[0-9]{4,6})(?: ?\[([0-9.]{1,8})\])?")
_FIELD = re.compile(r"([A-Z][A-Za-z()]{2,20}(?: ID)?)\s{0,20}: ?(.*)")
_SECTIONS = {
    "Update": "update",
    "Samenvatting": "samenvatting",
    "Gevolgen": "gevolgen",
    "Beschrijving": "beschrijving",
    "Mogelijke oplossingen": "mogelijke oplossingen",
    "Oplossingen": "mogelijke oplossingen",
    "Hyperlinks": "hyperlinks",
    "Vrijwaringsverklaring": "vrijwaringsverklaring",
}
_REMARKS = ("update", "gevolgen", "mogelijke oplossingen")
_RATED = re.compile(
    r"Kans\s{0,20}: ?([a-z]{1,10})\b(?:(?!Kans).){0,4000}?Schade\s{0,20}: ?([a-z]{1,10})\b", re.DOTALL | re.IGNORECASE
)
_CVE = re.compile(r"\bCVE-[0-9]{4}-[0-9]{4,19}\b", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]{1,1000}")
_NOT_ABOUT_IT = ("http://cve.mitre.org/cve", "https://cve.mitre.org/cve")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each text that has a number."""
    text = whole_text(stream, at_most=AT_MOST)
    if text.lstrip().startswith("<"):
        text = html.unescape(text)
    texts = list(_split(text))
    if not any(_NUMBER.search(one.raw.decode()) for one in texts):
        raise FormatError(
            "This is no advisory of the NCSC in plain text: it has no number such as NCSC-2021-1052. "
            "Choose the format that the source names."
        )
    yield from read_records(texts, understand=understand, chunk=AdvisoryChunk, fold=fold)


def _split(text: str) -> Iterator[Record]:
    """The advisories in a file, without what stands before, between and after them."""
    mark = re.compile(re.escape(_BEGIN)) if _BEGIN in text else _BANNER
    starts = [found.start() for found in mark.finditer(text)] or [0]
    line, counted = 1, 0
    for row, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), start=1):
        line, counted = line + text.count("\n", counted, start), start
        one = text[start:end].partition(_SIGNATURE)[0]
        yield Record(line, row, one.encode("utf-8", "replace"), {"text": one})


def understand(record: dict[str, Any]) -> Parts[Advisory]:
    """One advisory.

    Raises:
        RefusedError: it has no number or no title.
    """
    text = record["text"]
    fields, sections = _taken_apart(text)
    found = _NUMBER.search(fields.get("Advisory ID", "")) or _NUMBER.search(text)
    if not found:
        raise RefusedError("identifier-invalid", "The text has no number such as NCSC-2021-1052.")
    title = _NUMBER.sub("", fields.get("Titel", "")).strip(" -")
    if not title:
        raise RefusedError("title-missing", f"The advisory {found[1]} has no title (“Titel : …”).")
    version = found[2] or fields.get("Versie", "")
    issued = _day(fields.get("Uitgiftedatum", ""))
    remarks = [Remark(kind, said, "") for kind in _REMARKS if (said := sections.get(kind, "")[:MAX_TEXT])]
    advisory = Advisory(
        identifier=found[1],
        aliases=(),
        title=title,
        description="\n\n".join(filter(None, (sections.get(part, "") for part in ("samenvatting", "beschrijving"))))[
            :MAX_TEXT
        ],
        published=issued if version in {"1.00", "1.0"} else None,
        modified=issued,
        state="published",
        severities=_severities(text, fields),
        exploited=None,
        affected=tuple(_affected(fields)),
        references=_addresses(text),
        problem_types=(),
        upstream=tuple(dict.fromkeys(_CVE.findall(text))),
        remarks=(*([Remark("version", version[:20], "")] if version else []), *remarks),
    )
    return Parts([advisory])


def _taken_apart(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The fields above the sections, and the sections; what follows indented belongs to what stands above it."""
    fields: dict[str, list[str]] = {}
    sections: dict[str, list[str]] = {}
    into: list[str] = []
    for raw in text.splitlines():
        line = raw.removeprefix("- ").rstrip()  # PGP writes a line that begins with a hyphen so
        if name := _SECTIONS.get(line.strip().rstrip(":")):
            into = sections.setdefault(name, [])
        elif not sections and (found := _FIELD.fullmatch(line)):
            into = fields.setdefault(found[1], [])
            into.append(found[2].strip())
        else:
            into.append(line.strip())
    return (
        {name: "\n".join(lines).strip() for name, lines in fields.items()},
        {name: "\n".join(lines).strip() for name, lines in sections.items()},
    )


def _severities(text: str, fields: dict[str, str]) -> tuple[Severity, ...]:
    """By chance and damage, on a line each or on one, or by the label that stands for both."""
    head = text.partition("\nSamenvatting")[0]
    if (found := _RATED.search(head)) and (rated := ncsc_levels.rated(found[1], found[2], source=SOURCE)):
        return rated
    labels = [fields.get(name, "") for name in ("Inschaling", "Classificatie", "Prioriteit", "Titel")]
    return next((said for label in labels if (said := ncsc_levels.labelled(label, source=SOURCE))), ())


def _affected(fields: dict[str, str]) -> Iterator[Affected]:
    """The products, each with all that is said about versions: which is of which can't be told."""
    versions = " ".join(fields.get("Versie(s)", "").split())
    said = (sentence(versions[:MAX_TEXT], "affected"),) if versions else ()
    platforms = tuple(_listed(fields.get("Platform(s)", "")))
    for product in list(_listed(fields.get("Toepassing", "")))[:_MAX_PRODUCTS]:
        yield Affected("", product, (), "", platforms, said, "unknown")


def _listed(text: str) -> dict[str, None]:
    parts = re.split(r"[,\n]", text)
    return dict.fromkeys(" ".join(part.split())[:300] for part in parts if part.strip())


def _addresses(text: str) -> tuple[str, ...]:
    found = dict.fromkeys(address.rstrip(".,;:") for address in _ADDRESS.findall(text))
    return tuple(address for address in found if not address.startswith(_NOT_ABOUT_IT))[:1000]


def _day(text: str) -> datetime | None:
    for layout in ("%Y%m%d", "%d-%m-%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip()[:10], layout).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
