r"""`rpm`: packages of Red Hat, SUSE and their relatives as rpm -qa prints them, with or without a queryformat.

Read are name-version-release.arch, the same with an epoch before the version or the name, and columns: name, epoch,
version, release, architecture (`rpm -qa --qf '%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH}\n'`), with fewer where
some are written together, as `dnf list installed` does.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.readers.documents import Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.texts import whole_text
from misthoorn.formats.software.distribution_lists import Distribution, numbered, packaged, take_apart
from misthoorn.formats.software.lists import LIMITS
from misthoorn.formats.values.schema import FormatError, SoftwareChunk
from misthoorn.formats.values.software import Software

_ARCHITECTURES = frozenset(
    (
        *("noarch", "x86_64", "i386", "i486", "i586", "i686", "aarch64", "armv6hl", "armv7hl", "armv7hnl"),
        *("ppc64", "ppc64le", "s390x", "riscv64", "loongarch64", "src", "nosrc", "(none)"),
    )
)
_EPOCH = re.compile(r"([0-9]{1,9}|\(none\)):(.*)")
_WORD = re.compile(r"@?[0-9A-Za-z][0-9A-Za-z._+:~^()-]{0,300}|\(none\)")
_SEPARATORS = re.compile(r"[\t |;]{1,200}")
_NOT_RPM = frozenset(("gpg-pubkey",))
_MOST_COLUMNS = 5
_LOOKED_AT = 200
_KNOWN = 0.5  # of the lines that are looked at
# What distributions write into their releases (el9, fc40), and the name that it stands for.
_TAGS = (
    (re.compile(r"[._]el[0-9]+"), "redhat"),
    (re.compile(r"\.fc[0-9]+"), "fedora"),
    (re.compile(r"\.amzn[0-9]+"), "amzn"),
    (re.compile(r"\.mga[0-9]+"), "mageia"),
    (re.compile(r"\.oe[0-9]+"), "openeuler"),
    (re.compile(r"\.ph[0-9]+"), "photon"),
    (re.compile(r"\.(?:azl|cm)[0-9]+"), "azurelinux"),
    (re.compile(r"(?:^|\.)lp[0-9]{3}"), "opensuse"),
    (re.compile(r"^15[0-9]{4}\."), "suse"),
)

_DISTRIBUTIONS = frozenset(
    (
        *(name for _, name in _TAGS),
        *(
            "rhel",
            "centos",
            "rocky",
            "almalinux",
            "ol",
            "oracle",
            "sles",
            "sled",
            "opensuse-leap",
            "opensuse-tumbleweed",
        ),
    )
)


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each package."""
    told, records = _taken(whole_text(stream, at_most=LIMITS.row))
    if not _are_known(records):
        raise FormatError(
            "This is no list of packages as rpm prints it, with lines such as bash-5.1.8-6.el9.x86_64. "
            "Give the output of rpm -qa."
        )
    understood = partial(understand, distribution=told or _guessed(records))
    yield from read_records(numbered(records), understand=understood, chunk=SoftwareChunk, fold=fold)


def lines_like(text: str) -> tuple[int, bool]:
    """How many of a text's first lines are like those of such a list, and whether its distribution is one of rpm."""
    told, records = _taken(text)
    distribution = told or _guessed(records[:_LOOKED_AT])
    known = sum("name" in one.value for one in records[:_LOOKED_AT] if one.value)
    return known, distribution.name in _DISTRIBUTIONS


def _taken(text: str) -> tuple[Distribution | None, list[Record]]:
    told, lines = take_apart(text)
    return told, [Record(one.line, 0, one.raw, read_line(one.value["line"]) if one.value else {}) for one in lines]


def _are_known(records: list[Record]) -> bool:
    looked_at = records[:_LOOKED_AT]
    return sum("name" in one.value for one in looked_at if one.value) >= max(1, _KNOWN * len(looked_at))


def read_line(line: str) -> dict[str, str]:
    """Name, epoch, version, release and architecture of a line, where it has them."""
    words = [word for word in _SEPARATORS.split(line.strip()) if word]
    said = {"line": line}
    if not words or len(words) > _MOST_COLUMNS or not all(_WORD.fullmatch(word) for word in words):
        return said
    if len(words) == 1:
        return said | _together(words[0])
    architecture = ""
    if words[-1] in _ARCHITECTURES:
        architecture = words.pop()
    name, *rest = words
    if not architecture and name.rpartition(".")[2] in _ARCHITECTURES and rest:  # bash.x86_64 5.1.8-6.el9 @anaconda
        name, _, architecture = name.rpartition(".")
        rest = rest[:1]
    return said | _columns(name, rest, architecture)


def _together(word: str) -> dict[str, str]:
    """epoch:name-version-release.arch, or the epoch before the version."""
    first = _EPOCH.fullmatch(word)
    stem, _, architecture = (first[2] if first else word).rpartition(".")
    if architecture not in _ARCHITECTURES:
        stem, architecture = (first[2] if first else word), ""
    rest, _, release = stem.rpartition("-")
    name, _, version = rest.rpartition("-")
    inside = _EPOCH.fullmatch(version)
    epoch = (inside[1] if inside else "") or (first[1] if first else "")
    return _whole(name, epoch, inside[2] if inside else version, release, architecture)


def _columns(name: str, rest: list[str], architecture: str) -> dict[str, str]:
    epoch, version, release = "", "", ""
    if len(rest) == 3:  # noqa: PLR2004  epoch, version and release, each on its own
        epoch, version, release = rest
    elif len(rest) == 2:  # noqa: PLR2004  version and release, or the epoch and both
        version, release = rest
        if release.count("-") == 1 and (version.isdigit() or version == "(none)"):
            epoch, (version, _, release) = version, release.partition("-")
    elif len(rest) == 1:
        version, _, release = rest[0].rpartition("-")
    if found := _EPOCH.fullmatch(version):
        epoch, version = found[1], found[2]
    return _whole(name, epoch, version, release, architecture)


def _whole(name: str, epoch: str, version: str, release: str, architecture: str) -> dict[str, str]:
    is_number = all(any(map(str.isdigit, part)) for part in (version, release))
    if not name or not is_number or not (epoch in {"", "(none)"} or epoch.isdigit()):
        return {}
    epoch = "0" if epoch == "(none)" else epoch  # which says that there is none, where no epoch at all leaves it open
    architecture = "" if architecture == "(none)" else architecture
    return {"name": name, "epoch": epoch, "version": version, "release": release, "architecture": architecture}


def understand(record: dict[str, Any], *, distribution: Distribution) -> Parts[Software]:
    """One package.

    Raises:
        RefusedError: the line names none, or something that is no software.
    """
    if "name" not in record:
        raise RefusedError("line-invalid", f"{record['line'][:80]!r} names no package, version and release.")
    if record["name"] in _NOT_RPM:
        raise RefusedError(
            "no-product", f"{record['line'][:80]!r} is a key that packages are signed with, no software."
        )
    software = packaged(
        "rpm",
        distribution,
        name=record["name"],
        version=f"{record['version']}-{record['release']}",
        architecture=record["architecture"],
        epoch=record["epoch"],
    )
    return Parts([software])


def _guessed(records: list[Record]) -> Distribution:
    """By what most releases hold; Red Hat's relatives can't be told apart by that."""
    tags: Counter[str] = Counter()
    for record in records:
        release = record.value.get("release", "") if record.value else ""
        tags.update([name for pattern, name in _TAGS if release and pattern.search(release)][:1])
    return Distribution(tags.most_common(1)[0][0] if tags else "", "")
