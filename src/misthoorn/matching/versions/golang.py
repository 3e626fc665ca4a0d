"""Go modules: https://go.dev/ref/mod#versions and what golang.org/x/mod/semver makes of it.

The order is that of semantic versions: missing numbers are 0, pseudo-versions are pre-releases, and `+incompatible`
does not order. The tool chain writes its own versions as package go/version reads them: `go1.22.3`, `go1.22rc1` for
1.22.0-rc.1, and `go1.22.3-acme` for what a vendor made of 1.22.3. Only its `go1.21` is read otherwise: to that package
it is the language, older than `go1.21rc1`; here, as in advisories, it is 1.21.0.
"""

import re

from misthoorn.matching.versions import semver
from misthoorn.matching.versions.semver import Semver, compare, encode

__all__ = ("compare", "encode", "parse")

_TOOL_CHAIN = re.compile(r"go([0-9.]++)(?:([a-z]++)([0-9]*+))?+(?:-.*+)?+")


def parse(text: str) -> Semver:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version.
    """
    found = _TOOL_CHAIN.fullmatch(text) if text.startswith("go") else None
    if not found:
        return semver.parse(text)
    numbers, word, count = found.groups()
    return semver.parse(f"{numbers}-{word}{'.' if count else ''}{count}" if word else numbers)
