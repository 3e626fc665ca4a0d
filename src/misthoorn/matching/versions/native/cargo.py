"""Rust: the requirements of https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html.

As npm's comparators, carets, tildes and stars, with two differences: commas stand between what must all hold, and a
version without a sign has a caret (1.2.3 is ^1.2.3). There is no `or`.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, npm

_TERM = re.compile(r"([<>]=?|[=^~]|)\s*+([^\s<>=^~|][^\s|]*+)")
_LINE = re.compile(r"(?:[0-9]++\.)*+[xX*](?:\.[xX*])*+")


def to_vers(text: str) -> str:
    """The requirement as a `vers:cargo/` text; `*` is all versions.

    Raises:
        VersionError: the requirement can't be read.
    """
    bounds.check_length(text)
    return bounds.write("cargo", [[found for part in text.split(",") for found in _comparators(part.strip())]])


def _comparators(part: str) -> list[bounds.Comparator]:
    found = _TERM.fullmatch(part)
    if not found or (found[1] and found[2][0] in "xX*"):
        raise VersionError(f"“{part[:80]}” is not a requirement of Cargo, such as 1.2.3, ~1.2, 1.* or >=1.2, <1.5.")
    sign, version = found.groups()
    together = npm.parse(part if sign or _LINE.fullmatch(version) else f"^{version}")[0]
    return [(sign or "=", str(version)) for sign, version in together if version]
