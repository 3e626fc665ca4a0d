"""OpenSSL: https://openssl-library.org/policies/releasestrat/ and the manual page OPENSSL_VERSION_NUMBER(3).

Before 3.0 a letter marks a patch level: 1.0.2 < 1.0.2a < … < 1.0.2z < 1.0.2za. Since 3.0 the three numbers are
semantic. With both, a hyphen starts a state of development: -dev (and -cvs before it), -pre3, -alpha2, -beta1. As the
lowest digit of OPENSSL_VERSION_NUMBER says, all of them come before the release whose name they bear, -dev first.
`-fips` names a build of the same version and does not order.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, whole, word

_SHAPE = re.compile(r"v?+([0-9]++)\.([0-9]++)(?:\.([0-9]++))?+([a-z]*+)(-[a-z0-9.-]*+)?+")
_STATE = re.compile(r"-?+([a-z]*+)[.-]?+([0-9]*+)")
_RANK = {"dev": 1, "cvs": 1, "alpha": 2, "beta": 3, "pre": 4, "rc": 5}
_RELEASE = 6


class Openssl(NamedTuple):
    release: tuple[int, int, int]
    patch: str  # letters; compared as text, so that za follows z
    state: tuple[int, int]  # rank and number; (6, 0) is the release itself


def parse(text: str) -> Openssl:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version of OpenSSL.
    """
    found = _SHAPE.fullmatch(text.lower().removeprefix("openssl-").removeprefix("openssl "))
    state = _state(found[5] or "") if found else None
    if not found or not state:
        raise VersionError(f"“{text}” is not a version of OpenSSL, such as 1.0.2zd, 1.1.1w, 3.0.13 or 3.2.0-beta1.")
    return Openssl((int(found[1]), int(found[2]), int(found[3] or 0)), found[4], state)


def _state(text: str) -> tuple[int, int] | None:
    rest = text.replace("-fips", "")
    found = _STATE.fullmatch(rest)
    if not rest or not found:
        return None if rest else (_RELEASE, 0)
    return (_RANK[found[1]], int(found[2] or 0)) if found[1] in _RANK else None


def compare(a: Openssl, b: Openssl) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Openssl) -> bytes:
    """Three numbers, the letters, the rank and number of the state."""
    rank, count = version.state
    numbers = b"".join(whole(part) for part in version.release)
    return numbers + word(version.patch) + bytes((rank,)) + whole(count)
