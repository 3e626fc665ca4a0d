"""The reading that warns, for orders in which something may be missing on one side: an epoch, or a release.

dpkg and rpm count a missing epoch as 0 and let a missing release come first, and so do `compare` and `key`. But who
lists software often leaves one of them out, and then neither side says which of several versions is meant. No key can
hold “equal where one side does not say”: 1.0-1 = 1.0 and 1.0 = 1.0-2, but 1.0-1 < 1.0-2. So it takes several keys:
one with epochs and one without, and for a version without a release the bounds of all its releases.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions import alpm, apk, deb, rpm
from misthoorn.matching.versions.encoding import check_length

LENIENT = frozenset(("alpm", "apk", "deb", "rpm"))

_EPOCH = re.compile(r"[0-9]*+:")
_ALPINE_RELEASE = re.compile(r"-r[0-9]")


class Releases(NamedTuple):
    """Two keys that no version has: just below and just above every release of one version."""

    lowest: bytes
    highest: bytes


def has_epoch(scheme: str, version: str) -> bool:
    """Whether an epoch is written, 0 among them."""
    return scheme != "apk" and bool(_EPOCH.match(version.strip()))


def without_epoch(scheme: str, version: str) -> str:
    """The version as it would be written without its epoch."""
    return _EPOCH.sub("", version.strip(), count=1) if has_epoch(scheme, version) else version


def has_release(scheme: str, version: str) -> bool:
    """Whether a release is written (a revision in Debian)."""
    return bool(_ALPINE_RELEASE.search(version)) if scheme == "apk" else "-" in version


def releases(scheme: str, version: str) -> Releases:
    """The bounds of all releases of the version, whichever of them is written.

    Raises:
        VersionError: not a version of the scheme.
    """
    text = version.strip()
    check_length(text)
    if scheme == "apk":
        head = apk.encode_without_release(apk.parse(text))
        return Releases(head + b"\x03\xff", head + b"\x05\xff")
    if scheme == "deb":
        head = deb.encode_without_revision(deb.parse(text))
    elif scheme == "rpm":
        head = rpm.encode_without_release(rpm.parse(text))
    else:
        head = alpm.encode_without_release(alpm.parse(text))
    return Releases(head + b"\x00", head + b"\xfe")
