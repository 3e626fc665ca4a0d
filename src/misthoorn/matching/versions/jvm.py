"""Java virtual machines: JEP 223 and java.lang.Runtime.Version, with the ways to write a version from before it.

Before Java 9, 1.8.0_131-b11 and 8u131-b11 are the version that would now be called 8.0.131; so they are read, and such
builds (-b11, +b11) do not order. Builds of today do (+9, or _9 as in the names of images): a version without one comes
before all of its builds, but “up to 17.0.1” includes them, since inventories drop builds freely. What follows a build
does not order. A pre-release (-ea, -internal) comes before its release, and -ga is the release; zeros at the end do not
count. What vendors add before an old build (1.8.0_292-8u292-ga-1~deb9u1-b10) says nothing.
"""

import itertools
import re
from typing import NamedTuple

from misthoorn.matching.versions import semver
from misthoorn.matching.versions.encoding import VersionError, number
from misthoorn.matching.versions.semver import Semver

_ENDING = r"(-[0-9A-Za-z.~-]++)?+(?:\+([0-9]*+).*+)?+"
_OLD = re.compile(rf"1\.([0-9]++)(?:\.([0-9]++)(?:\.([0-9]++))?+)?+(?:[_-](?:update|[uU])?+_?+([0-9]++))?+{_ENDING}")
_SHORT = re.compile(rf"([0-9]++)[uU]([0-9]*+){_ENDING}")
_NEW = re.compile(rf"([0-9]++(?:\.[0-9]++)*+)(?:_([0-9]++))?+{_ENDING}")
_NO_PRE_RELEASE = re.compile(r"(?:[bB][0-9]*+|[gG][aA])?+")
_OLD_BUILD = re.compile(r"[bB][0-9]*+")
_OLD_PRE_RELEASES = frozenset(("alpha", "beta", "ea", "internal", "rc"))


class Java(NamedTuple):
    version: Semver
    build: str  # "" when there is none, which comes before 0


def parse(text: str) -> Java:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not the version of a Java machine.
    """
    if old := _OLD.fullmatch(text):
        feature, interim, patch, update, words, build = old.groups("")
        release = (feature, interim or "0", update or patch or "0")
    elif short := _SHORT.fullmatch(text):
        feature, update, words, build = short.groups("")
        release = (feature, "0", update or "0")
    elif new := _NEW.fullmatch(text):
        numbers, underlined, words, build = new.groups("")
        return Java(Semver(tuple(numbers.split(".")), _word(words, old=False)), build or underlined)
    else:
        raise VersionError(
            f"“{text}” is not the version of a Java machine, as 1.8.0_131-b11, 8u131, 11.0.4+11 or 17-ea."
        )
    return Java(Semver(release, _word(words, old=True)), build)


def _word(words: str, *, old: bool) -> tuple[str, ...]:
    """The pre-release in what follows the numbers, as one part; () for none."""
    if not words:
        return ()
    parts = words[1:].replace(".", "-").split("-")
    if not old or len(parts) == 1:
        return () if _NO_PRE_RELEASE.fullmatch(parts[0]) else (parts[0],)
    before_build = itertools.takewhile(lambda part: not _OLD_BUILD.fullmatch(part), parts)
    return tuple(part for part in before_build if part.lower() in _OLD_PRE_RELEASES)[:1]


def compare(a: Java, b: Java) -> int:
    """-1, 0 or 1: as semantic versions, then by the build."""
    left, right = int(a.build or -1), int(b.build or -1)
    return semver.compare(a.version, b.version) or (left > right) - (left < right)


def encode(version: Java) -> bytes:
    """The key of a semantic version, then 00, or 01 and the build."""
    return semver.encode(version.version) + (b"\x01" + number(version.build) if version.build else b"\x00")


def encode_with_builds(version: Java) -> bytes:
    """A bound above all builds of a version that says none."""
    return encode(version) if version.build else semver.encode(version.version) + b"\x02"
