"""Packages by their URL: the keys of one that is installed, and those under which an advisory looks for it.

Releases of a distribution. A package of Debian 12 has the key of its name and that of its name in release 12; without a
release it has the key of its name and that of “any release”. What is said about release 12 lies under release 12 and,
`likely`, under “any release”; what names no release lies under the name. So 12 never meets 11, and what is not known
meets everything. The qualifier `arch` forbids nothing; `upstream` names the source package that a package was built
from, and a distribution speaks of that: so it has the keys of both.

Leniency (`versions.lenient`). Packages whose versions may lack an epoch or a release have further keys in spaces of
their own, in which every match is `likely`:

    purl~0    installed without an epoch; the ranges as if nobody had written one
    purl~     installed with an epoch, read without it; ranges in which nobody wrote an epoch
    purl~1    installed with an epoch; ranges with epochs

A version without a release is the range of all its releases there, whether it is installed or an end of a range.

Whose word counts. A distribution repairs old versions, so that what upstream says about versions is wrong for its
packages. Where a distribution speaks of a package and a vulnerability, only what is said about that package decides;
the ranges of names, CPE names and aliases do not. For that, an advisory about packages of distributions has rows in
two spaces that no asset has keys in: `spoken` (the keys of these packages) and `dealt` (the vulnerabilities that it is
about or deals with). Every advisory that says anything else has its own names in the space `vulnerability`. The join
drops a match of an asset and an advisory by keys that the advisory does not speak of itself, if any advisory deals
with its vulnerability and speaks of a package that the asset is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from packageurl import PackageURL

from misthoorn.formats.values.advisory import Affected, Status
from misthoorn.matching import versions
from misthoorn.matching.keys.distributions import known_release, release, release_in_versions
from misthoorn.matching.keys.purls import (
    DISTRIBUTIONS_BY_NAME,
    OF_DISTRIBUTIONS,
    PurlError,
    distribution_of,
    purl_key,
    remembered_purl,
)
from misthoorn.matching.keys.spaces import PURL, Key
from misthoorn.matching.ranges import EVERYTHING, Range, is_empty, point
from misthoorn.matching.statements.phrases import Span
from misthoorn.matching.statements.spans import range_of, read_statements, without_lines
from misthoorn.matching.versions import lenient

SPOKEN = "spoken"
DEALT = "dealt"
VULNERABILITY = "vulnerability"

WITHOUT_EPOCH = "purl~0"
EPOCH_LEFT_OUT = "purl~"
WITH_EPOCH = "purl~1"

_MAJOR = re.compile(r"v[0-9]{1,3}")
_SOURCES = ("upstream", "sourcerpm", "origin", "source")  # the last three are those of OSV-Scalibr
_SOURCE_RPM = re.compile(r"(?P<name>.+)-(?P<version>[^-]+-[^-]+)\.(?:no)?src\.rpm")
_OF_DISTRIBUTIONS = frozenset(f"pkg:{kind}" for kind in (*OF_DISTRIBUTIONS, *DISTRIBUTIONS_BY_NAME))

type Ranged = Callable[[str, Span, Status], tuple[Range | None, str]]
"""A span of versions with a status as a range of keys, or the reason why not."""


class Installed(NamedTuple):
    """A package under one of its names: its own, or that of what it was built from."""

    purl: PackageURL
    version: str


class Target(NamedTuple):
    """A key under which an advisory looks for a package; `sure`: whether who has it is surely meant."""

    key: bytes
    sure: bool


def installed_packages(purl: PackageURL, *, version: str) -> Iterator[Installed]:
    """The package itself, and the source package that it names as `upstream`.

    That is openssl, openssl@3.0.11-1, or a file (openssl-3.0.7-24.el9.src.rpm), which has the epoch of what it became.
    The subpath of a package of Go may be the end of its module (github.com/acme/jose#v3 is acme/jose/v3), or a folder
    within; where it ends in a major version it is the former.
    """
    if module := _go_module(purl):
        yield Installed(module, version)
    if not module or not _MAJOR.fullmatch(module.name):
        yield Installed(purl, version)
    name, built_from = _built_from(purl, version)
    if purl.type not in OF_DISTRIBUTIONS or not name or name == purl.name:
        return
    readable = built_from and versions.valid(versions.scheme_of_purl(purl.type), built_from)
    yield Installed(purl._replace(name=name), built_from if readable else version)


def _built_from(purl: PackageURL, version: str) -> tuple[str, str]:
    """The name and the version of the source package, each "" where it is not said."""
    said = {name: str(value) for name, value in dict(purl.qualifiers or {}).items()}
    upstream = next((said[name] for name in _SOURCES if said.get(name)), "")
    if found := _SOURCE_RPM.fullmatch(upstream):
        epoch, colon, _ = version.rpartition(":")
        return found["name"], f"{epoch}{colon}{found['version']}"
    name, _, built_from = upstream.partition("@")
    return name, built_from or said.get("sourceversion", "")


def _go_module(purl: PackageURL) -> PackageURL | None:
    if purl.type != "golang" or not purl.subpath:
        return None
    *path, name = f"{purl.name}/{purl.subpath.lower()}".split("/")
    return purl._replace(namespace="/".join(filter(None, (purl.namespace, *path))), name=name, subpath=None)


def package_keys(purl: PackageURL, *, version: str) -> tuple[Key, ...]:
    """The keys of an installed package; `version` "" is not known."""
    return tuple(dict.fromkeys(key for one in installed_packages(purl, version=version) for key in _keys(one)))


def _keys(installed: Installed) -> Iterator[Key]:
    purl, version = installed
    scheme = versions.scheme_of_purl(purl.type)
    names = [purl_key(purl)]
    if purl.type in OF_DISTRIBUTIONS:
        names.append(release_key(names[0], installed_release(installed)))
    here = point(versions.key(scheme, version)) if version else EVERYTHING
    for name in names:
        yield Key(PURL, name, *here)
        if version and scheme in lenient.LENIENT:
            for space, span in _lenient_places(scheme, version):
                yield Key(space, name, *span)


def _lenient_places(scheme: str, version: str) -> Iterator[tuple[str, Range]]:
    plain = lenient.without_epoch(scheme, version)
    if not lenient.has_epoch(scheme, version):
        yield WITHOUT_EPOCH, _all_releases(scheme, plain)
    else:
        yield EPOCH_LEFT_OUT, _all_releases(scheme, plain)
        yield WITH_EPOCH, _all_releases(scheme, version)


def _all_releases(scheme: str, version: str) -> Range:
    lowest = versions.key(scheme, version)
    highest = lowest if lenient.has_release(scheme, version) else lenient.above_releases(scheme, version)
    return Range(lowest + b"\x01", highest + b"\x01")


def release_key(name: bytes, release: str) -> bytes:
    """The key of a package (`purl_key`) in a release; with "" that of any release."""
    return b"?".join((name, release.encode()))


def installed_release(installed: Installed) -> str:
    """The release that a package is part of, "" where that is not known."""
    distribution, distro = distribution_of(installed.purl)
    if distro:
        return release(distribution, distro)
    return release_in_versions(distribution, (installed.version,))


def stated_release(purl: PackageURL, bounds: Iterable[str]) -> str:
    """The release that an advisory speaks of: that of the package, or else the one that all bounds are built for."""
    distribution, distro = distribution_of(purl)
    if distro:
        return known_release(distribution, distro) or ""
    return release_in_versions(distribution, bounds)


def targets(purl: PackageURL, bounds: Iterable[str]) -> tuple[Target, ...]:
    """Under which keys an advisory looks for a package, given all ends of its ranges."""
    name = purl_key(purl)
    stated = stated_release(purl, bounds) if purl.type in OF_DISTRIBUTIONS else ""
    if not stated:
        return (Target(name, sure=True),)
    return (Target(release_key(name, stated), sure=True), Target(release_key(name, ""), sure=False))


def spoken_keys(affected: Affected) -> tuple[bytes, ...]:
    """The keys of a package of which its distribution speaks; none for anything else."""
    if affected.purl.partition("/")[0].lower() not in _OF_DISTRIBUTIONS:
        return ()
    try:
        purl = remembered_purl(affected.purl)
    except PurlError:
        return ()
    spans = said_spans(affected, scheme=versions.scheme_of_purl(purl.type))
    return tuple(target.key for target in targets(purl, (end for span, _ in spans for end in (span.low, span.high))))


def said_spans(affected: Affected, *, scheme: str) -> list[tuple[Span, Status]]:
    """Everything that is said about versions, the listed ones too."""
    reading = read_statements(affected, first=0, scheme=scheme)
    listed = (Span(one, low_inclusive=True, high=one, high_inclusive=True) for one in affected.listed)
    return [*((said.span, said.status) for said in reading.said), *((span, "affected") for span in listed)]


def lenient_readings(scheme: str, spans: Sequence[tuple[Span, Status]]) -> Iterator[tuple[str, Ranged]]:
    """The spaces in which the ranges of a package are read leniently too, and how; none for most schemes."""
    if scheme not in lenient.LENIENT:
        return
    plain = [(without_lines(span, scheme=scheme), status) for span, status in spans]
    readable = [one for one in plain if all(versions.valid(scheme, end) for end in (one[0].low, one[0].high) if end)]
    epochs = any(lenient.has_epoch(scheme, end) for span, _ in readable for end in (span.low, span.high))
    releases = _releases_matter(scheme, readable)
    if epochs or releases:
        yield WITHOUT_EPOCH, _loosely_without_epochs
    if epochs and releases:
        yield WITH_EPOCH, loosely
    if not epochs and scheme != "apk":
        yield EPOCH_LEFT_OUT, loosely


def _releases_matter(scheme: str, spans: Iterable[tuple[Span, Status]]) -> bool:
    """Whether a missing release can make a match that the order itself does not make."""
    return any(
        status != "affected"
        or (span.low and lenient.has_release(scheme, span.low))
        or (span.high and span.high_inclusive and not lenient.has_release(scheme, span.high))
        for span, status in spans
    )


def strictly(scheme: str, span: Span, status: Status) -> tuple[Range | None, str]:
    """As the order of the scheme has it."""
    del status
    return range_of(scheme, span)


def loosely(scheme: str, span: Span, status: Status) -> tuple[Range | None, str]:
    """An end without a release stands for all its releases, where the span is affected."""
    low, low_inclusive, high, high_inclusive = without_lines(span, scheme=scheme)
    lo, hi = EVERYTHING
    try:
        if low:
            every = status == "affected" and not low_inclusive and not lenient.has_release(scheme, low)
            key = lenient.above_releases(scheme, low) if every else versions.key(scheme, low)
            lo = key + (b"\x01" if low_inclusive else b"\x02")
        if high:
            every = status == "affected" and high_inclusive and not lenient.has_release(scheme, high)
            key = lenient.above_releases(scheme, high) if every else versions.key(scheme, high)
            hi = key + (b"\x01" if high_inclusive else b"\x00")
    except versions.VersionError:
        return None, "version"
    found = Range(lo, hi)
    return (None, "empty-range") if is_empty(found) else (found, "")


def _loosely_without_epochs(scheme: str, span: Span, status: Status) -> tuple[Range | None, str]:
    plain = without_lines(span, scheme=scheme)
    if not all(versions.valid(scheme, end) for end in (plain.low, plain.high) if end):
        return None, "version"
    low, high = (lenient.without_epoch(scheme, end) for end in (plain.low, plain.high))
    return loosely(scheme, plain._replace(low=low, high=high), status)
