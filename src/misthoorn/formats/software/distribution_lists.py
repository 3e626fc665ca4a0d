"""What lists of a distribution's packages have in common: the distribution, where it is told, and refusing other files.

Such a list does not say of which system it is. What may stand above it does: the lines of /etc/os-release (`cat
/etc/os-release; dpkg -l`), or a comment (“# distro: debian-12”).
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from packageurl import PackageURL

from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.values.software import Software

MAX_NAME = 300
MAX_REFERENCE = 1024
_OS_RELEASE = re.compile(r"([A-Z][A-Z0-9_]{0,40})=(['\"]?)(.{0,400}?)\2")
_COMMENT = re.compile(
    r"#\s*distro\s*:\s*([a-z][a-z0-9._-]{0,60}?)(?:[-: ]([0-9][0-9A-Za-z._]{0,20}))?\s*", re.IGNORECASE
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,200}")
_VERSION = re.compile(r"(?=[^\s]*[0-9])[0-9A-Za-z][0-9A-Za-z._+:~^-]{0,200}")


class Distribution(NamedTuple):
    """`name` as /etc/os-release has it (debian), `release` (12) "" where it is not known."""

    name: str
    release: str


def take_apart(text: str) -> tuple[Distribution | None, list[Record]]:
    """The distribution, where the text names it, and the lines that are neither blank, nor comments, nor about it."""
    told: dict[str, str] = {}
    lines: list[Record] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _OS_RELEASE.fullmatch(line.rstrip()):
            told.setdefault(found[1], found[3])
        elif found := _COMMENT.fullmatch(line):
            told |= {"ID": found[1].lower(), "VERSION_ID": found[2] or ""}
        elif line.strip() and not line.startswith("#"):
            lines.append(Record(number, 0, line.encode("utf-8", "replace")[:MAX_REFERENCE], {"line": line}))
    name = told.get("ID", "").lower()
    release = told.get("VERSION_ID") or told.get("VERSION_CODENAME", "")  # Debian's next release has no number yet
    return (Distribution(name, release) if _NAME.fullmatch(name) else None), lines


def numbered(records: Iterable[Record]) -> Iterator[Record]:
    """The same, counted."""
    return (Record(one.line, row, one.raw, one.value) for row, one in enumerate(records, start=1))


def packaged(
    kind: str,
    distribution: Distribution,
    *,
    name: str,
    version: str,
    architecture: str,
    upstream: str = "",
    epoch: str = "",
) -> Software:
    """A package of a distribution, found by its package URL.

    Raises:
        RefusedError: the name or the version can be none.
    """
    if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
        raise RefusedError("product-unnamed", f"{f'{name} {version}'[:80]!r} is no name and version of a package.")
    qualifiers = {
        "arch": architecture,
        "distro": f"{distribution.name}-{distribution.release}" if distribution.release else "",
        "epoch": epoch,
        "upstream": upstream if upstream != name else "",
    }
    told = {name: value for name, value in qualifiers.items() if value}
    purl = PackageURL(kind, distribution.name or None, name, version, qualifiers=told).to_string()
    reference = f"{name}:{architecture}" if architecture else name
    return Software(reference, "library", "", name, version, purl, ())
