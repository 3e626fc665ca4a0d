"""Bitnami packages: semantic versions with a revision of the package behind the last hyphen (https://github.com/bitnami/vulndb).

The database of vulnerabilities names upstream versions only, so the revision does not order: 2.3.1-4 is 2.3.1.
"""

from misthoorn.matching.versions import semver
from misthoorn.matching.versions.semver import Semver, compare, encode

__all__ = ("compare", "encode", "parse")


def parse(text: str) -> Semver:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version.
    """
    upstream, _, revision = text.rpartition("-")
    return semver.parse(upstream if upstream and revision.isascii() and revision.isdigit() else text)
