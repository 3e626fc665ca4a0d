"""What a package asks of another, without that package's name: Debian (deb-control(5)), RPM, Arch Linux, R.

Commas between what must all hold. Debian's signs are <<, <=, =, >=, >>, the others' <, <=, =, >=, > (R writes == and
!= too); brackets around a term may be there. A missing epoch or release is what it is in the order of the scheme.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds

_TERM = re.compile(r"\(?+\s*+(<<|>>|==|!=|[<>]?=?+|)\s*+([^\s<>=,()|]++)\s*+\)?+")
_PLAIN = {"<": "<", "<=": "<=", "=": "=", ">=": ">=", ">": ">", "": "="}
_SIGNS = {
    "deb": {"<<": "<", "<=": "<=", "=": "=", ">=": ">=", ">>": ">", "": "="},
    "rpm": _PLAIN,
    "alpm": _PLAIN,
    "cran": {**_PLAIN, "==": "=", "!=": "!="},
}


def to_vers(scheme: str, text: str) -> str:
    """What is asked, as a `vers:` text of this scheme: deb, rpm, alpm or cran; an empty one is all versions.

    Raises:
        VersionError: a term can't be read.
    """
    bounds.check_length(text)
    parts = text.split(",") if text.strip() else []
    return bounds.write(scheme, [[_comparator(scheme, part.strip()) for part in parts]])


def _comparator(scheme: str, part: str) -> bounds.Comparator:
    found = _TERM.fullmatch(part)
    if not found or found[1] not in _SIGNS[scheme]:
        example = "(>= 1.2-1)" if scheme in {"deb", "cran"} else ">= 1.2-1"
        raise VersionError(f"“{part[:80]}” is not a sign and a version of the package, as {example}.")
    return _SIGNS[scheme][found[1]], found[2]
