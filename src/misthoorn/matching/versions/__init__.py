"""Version orders, one file a scheme. Keys are byte strings whose plain byte order is the order of the scheme.

For each scheme: `key(a) < key(b)` exactly when `compare(a, b) < 0`, equal keys exactly when equal, and no key is the
beginning of another. So a key and one more byte makes a bound: 00 just below the version, 01 at it, 02 just above it.
"""

from misthoorn.matching.versions.encoding import ABOVE_ALL, BELOW_ALL, MAX_LENGTH, VersionError
from misthoorn.matching.versions.registry import (
    PURL_SCHEMES,
    SCHEMES,
    compare,
    highest_key,
    is_scheme,
    key,
    lowest,
    scheme_of_purl,
    valid,
)

__all__ = (
    "ABOVE_ALL",
    "BELOW_ALL",
    "MAX_LENGTH",
    "PURL_SCHEMES",
    "SCHEMES",
    "VersionError",
    "compare",
    "highest_key",
    "is_scheme",
    "key",
    "lowest",
    "scheme_of_purl",
    "valid",
)
