"""Java virtual machines: JEP 223 and java.lang.Runtime.Version, with the ways to write a version from before it.

Before Java 9, 1.8.0_131-b11 and 8u131-b11 are the version that would now be called 8.0.131; so they are read. A build
(-b11, +9, _9) and what follows it does not order, though Runtime.Version lets it: inventories drop and change builds
freely, and the table of grype has it so. A pre-release (-ea, -internal) comes before its release; zeros at the end do
not count. A word with a digit in front, as vendors add before the build (1.8.0_292-8u292-b10), says nothing.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.semver import Semver, compare, encode

__all__ = ("compare", "encode", "parse")

_OLD = re.compile(r"1\.([0-9]++)(?:\.([0-9]++)(?:\.([0-9]++))?+)?+(?:[_-](?:update|u)?+_?+([0-9]++))?+([-+.].*+)?+")
_SHORT = re.compile(r"([0-9]++)u([0-9]*+)([-+].*+)?+")
_NEW = re.compile(r"([0-9][0-9.]*+)(?:_[0-9]++)?+([-+].*+)?+")
_BUILD = re.compile(r"b[0-9]*+")
_WORD = re.compile(r"[a-z0-9]++")


def parse(text: str) -> Semver:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not the version of a Java machine.
    """
    lower = text.lower()
    release: tuple[str, ...] = ()
    rest = None
    if old := _OLD.fullmatch(lower):
        feature, interim, patch, update, rest = old.groups()
        release = (feature, interim or "0", update or patch or "0")
    elif short := _SHORT.fullmatch(lower):
        feature, update, rest = short.groups()
        release = (feature, "0", update or "0")
    elif new := _NEW.fullmatch(lower):
        release, rest = tuple(new[1].split(".")), new[2]
    pre = _pre_release(rest or "")
    if not release or "" in release or pre is None:
        raise VersionError(
            f"“{text}” is not the version of a Java machine, as 1.8.0_131-b11, 8u131, 11.0.4+11 or 17-ea."
        )
    return Semver(release, pre)


def _pre_release(rest: str) -> tuple[str, ...] | None:
    """The pre-release in what follows the numbers, as one part; () for none, None for what can't be read."""
    before, _, _ = rest.partition("+")
    words = before.replace(".", "-").split("-")[1:] if before else []
    found: tuple[str, ...] = ()
    for word in words:
        if not _WORD.fullmatch(word):
            return None
        if _BUILD.fullmatch(word):
            return found
        if not found and (word.isalpha() or words == [word]):
            found = (word,)
    return found
