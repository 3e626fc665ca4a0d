"""`requirements`: Python packages as pip writes and reads them (requirements.txt, pip freeze, pip list).

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/. A package with one version (==) is known; a
range says what may be installed, and not what is. Hashes are left out; extras and markers stay in the reference.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from packageurl import PackageURL
from packaging.requirements import InvalidRequirement, Requirement

from misthoorn.formats.readers.documents import Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.texts import whole_text
from misthoorn.formats.software.lists import LIMITS, take
from misthoorn.formats.values.schema import FormatError, SoftwareChunk
from misthoorn.formats.values.software import Software

MAX_LINE = 10_000
MAX_NAME = 300
_COMMENT = re.compile(r"(?:^|\s)#.*")
_OPTION = re.compile(r"\s-.*")  # hashes and settings of one package
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\s{0,10}(?:$|[\[=<>!~;@(])")
_OTHER_FILE = re.compile(r"-(?:r|c|-requirement|-constraint)\b")
_FOLDER = re.compile(r"-(?:e|-editable)\b")
_ELSEWHERE = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:|\.{0,2}/|[A-Za-z]:\\|\.\.?\\)|.*\.(?:whl|zip|tar\.gz)$", re.IGNORECASE
)
_TABLE = re.compile(r"\s*Package +Version\b[^\n]*\n-[- ]++\s*\n")  # above what pip list prints
_LOOKED_AT = 200


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each package with one version."""
    text = whole_text(stream, at_most=LIMITS.row)
    if not is_list(text):
        raise FormatError(
            "This is no list of Python packages: none of its lines is like “name==1.2”. "
            "Choose the format that the source names."
        )
    yield from read_records(_lines(text), understand=understand, chunk=SoftwareChunk, fold=fold)


def is_list(text: str) -> bool:
    """Whether a text begins as such a list does."""
    lines = [one.value["line"] for one in islice(_lines(text), _LOOKED_AT) if one.value]
    return any(_NAMED.match(line) or _OTHER_FILE.match(line) or _FOLDER.match(line) or "://" in line for line in lines)


def names_versions(text: str) -> bool:
    """Whether most of a text's first lines name a package, and one its version, so that it can be nothing else."""
    lines = [one.value["line"] for one in islice(_lines(text), _LOOKED_AT) if one.value]
    named = [line for line in lines if _NAMED.match(line) or _OTHER_FILE.match(line) or _FOLDER.match(line)]
    return any("==" in line for line in named) and len(named) * 2 > len(lines)


def _lines(text: str) -> Iterator[Record]:
    """Lines that go on after a backslash joined, without comments; settings of pip are no rows."""
    if table := _TABLE.match(text):
        yield from _listed(text, skip=table[0].count("\n"))
        return
    row, held, start = 0, "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        start = start if held else number
        held += line
        if held.endswith("\\") and len(held) <= MAX_LINE:
            held = held[:-1] + " "
            continue
        written, held = _COMMENT.sub("", held[:MAX_LINE]).strip(), ""
        if written and (not written.startswith("-") or _OTHER_FILE.match(written) or _FOLDER.match(written)):
            row += 1
            yield Record(start, row, written.encode("utf-8", "replace"), {"line": written})


def _listed(text: str, *, skip: int) -> Iterator[Record]:
    """The rows below the names of columns: a package and its version, as a line that pins it."""
    rows = (one for one in enumerate(text.splitlines(), start=1) if one[0] > skip and one[1].strip())
    for row, (number, line) in enumerate(rows, start=1):
        yield Record(number, row, line.encode("utf-8", "replace"), {"line": "==".join(line[:MAX_LINE].split()[:2])})


def understand(record: dict[str, Any]) -> Parts[Software]:
    """One line.

    Raises:
        RefusedError: it does not say which version of which package is installed.
    """
    line = record["line"]
    if _OTHER_FILE.match(line):
        raise RefusedError("other-file", f"{line[:80]!r} points to another file, which is not read. Give that one too.")
    if _FOLDER.match(line) or _ELSEWHERE.match(line):
        raise RefusedError("not-from-registry", f"{line[:80]!r} is no package of the registry, but a place to get one.")
    written = _OPTION.sub("", line).strip()
    try:
        requirement = Requirement(written)
    except InvalidRequirement as error:
        raise RefusedError("requirement-invalid", f"{written[:80]!r} names no package and version.") from error
    if requirement.url:
        raise RefusedError(
            "not-from-registry", f"{written[:80]!r} is no package of the registry, but a place to get one."
        )
    version = _pinned(requirement)
    if not version:
        raise RefusedError(
            "version-open",
            f"{written[:80]!r} does not say which version is installed. Give a list of what is (pip freeze).",
        )
    parts: Parts[Software] = Parts()
    purl = PackageURL("pypi", None, requirement.name, version).to_string()
    take(Software(str(requirement)[:MAX_NAME], "library", "", requirement.name, version, purl, ()), parts)
    return parts


def _pinned(requirement: Requirement) -> str:
    """The one version, "" where there is none or more."""
    pins = {one.version for one in requirement.specifier if one.operator in {"==", "==="} and "*" not in one.version}
    return pins.pop()[:MAX_NAME] if len(pins) == 1 else ""
