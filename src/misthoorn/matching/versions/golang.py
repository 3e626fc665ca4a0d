"""Go modules: https://go.dev/ref/mod#versions and what golang.org/x/mod/semver makes of it.

The order is that of semantic versions: missing numbers are 0, pseudo-versions are pre-releases, and `+incompatible`
does not order. The tool chain writes its own versions as `go1.22.3`; that beginning is taken off, and with it what a
hyphen adds (`go1.22.3-acme`), which is the same version to package go/version.
"""

from misthoorn.matching.versions import semver
from misthoorn.matching.versions.semver import Semver, compare, encode

__all__ = ("compare", "encode", "parse")


def parse(text: str) -> Semver:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version.
    """
    return semver.parse(text[2:].partition("-")[0] if text.startswith("go") else text)
