"""The reading that warns, for orders in which something may be missing on one side: an epoch, or a release.

dpkg and rpm count a missing epoch as 0 and let a missing release come first, and so do `compare` and `key`. But who
lists software often leaves one of them out, and then neither side says which of several versions is meant. No key can
hold “equal where one side does not say”: 1.0-1 = 1.0 and 1.0 = 1.0-2, but 1.0-1 < 1.0-2. So it takes several keys:
one with epochs and one without, and for a version without a release the bounds of all its releases.
"""

import re

from misthoorn.matching.versions import alpm, apk, deb, rpm
from misthoorn.matching.versions.encoding import check_length

LENIENT = frozenset(("alpm", "apk", "deb", "rpm"))

_EPOCH = re.compile(r"\A[0-9]*+:")
_ALPINE_RELEASE = re.compile(r"-r[0-9]")


def has_epoch(scheme: str, version: str) -> bool:
    """Whether an epoch is written, 0 among them."""
    return scheme != "apk" and bool(_EPOCH.match(version.strip()))


def without_epoch(scheme: str, version: str) -> str:
    """The version with the epoch that a missing one counts as."""
    return _EPOCH.sub("0:", version.strip(), count=1) if has_epoch(scheme, version) else version


def has_release(scheme: str, version: str) -> bool:
    """Whether a release is written (a revision in Debian)."""
    return bool(_ALPINE_RELEASE.search(version)) if scheme == "apk" else "-" in version


def above_releases(scheme: str, version: str) -> bytes:
    """A key that no version has, just above every release of the version; which of them is written says nothing.

    Raises:
        VersionError: not a version of the scheme.
    """
    text = version.strip()
    check_length(text)
    if scheme == "apk":
        return apk.encode_without_release(apk.parse(text)) + b"\x05\xff"
    if scheme == "deb":
        return deb.encode_without_revision(deb.parse(text)) + b"\xfe"
    if scheme == "rpm":
        return rpm.encode_without_release(rpm.parse(text)) + b"\xfe"
    return alpm.encode_without_release(alpm.parse(text)) + b"\xfe"
