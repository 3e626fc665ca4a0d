"""Python: the specifiers of https://packaging.python.org/en/latest/specifications/version-specifiers/, `||` as or.

`==1.4.*` is from 1.4.dev0 to below 1.5.dev0, `~=1.4.2` from 1.4.2 to below 1.5.dev0. The finer rules by which pip
picks (`>1.0` without 1.0.post1, `<1.1` without 1.1a1) are not in a `vers:` text, nor in what advisories mean.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader([*terms.PLAIN, "~=", "==="])
_RELEASE = re.compile(r"[vV]?+[0-9.]++")


def to_vers(text: str) -> str:
    """The specifiers as a `vers:pypi/` text; an empty text is all versions.

    Raises:
        VersionError: they can't be read, or are bound to an environment (`; python_version < "3"`).
    """
    if ";" in text:
        raise VersionError("What stands behind a semicolon depends on the machine; a range holds versions only.")
    return bounds.write(
        "pypi",
        [
            [comparator for sign, version in one for comparator in _comparators(sign, version)]
            for one in terms.alternatives(text, _TERM)
        ],
    )


def _comparators(sign: str, version: str) -> list[bounds.Comparator | bounds.Outside]:
    epoch, mark, plain = version.rpartition("!")
    if version.endswith(".*") and sign in {"==", "!=", ""}:
        if not _RELEASE.fullmatch(plain.removesuffix(".*")):
            raise VersionError(f"“{version[:80]}” is not the start of a release, as 1.4.*.")
        parts = terms.numbers(plain)
        low, high = epoch + mark + plain[:-2] + ".dev0", epoch + mark + terms.bumped(parts, len(parts) - 1) + ".dev0"
        return [bounds.Outside(low, high)] if sign == "!=" else [(">=", low), ("<", high)]
    if sign == "~=":
        parts = terms.numbers(plain)
        if len(parts) == 1:
            raise VersionError(f"“~={version}” needs two numbers at least, as ~=1.4.")
        return [(">=", version), ("<", f"{epoch}{mark}{terms.bumped(parts, len(parts) - 2)}.dev0")]
    return [(terms.PLAIN.get(sign, "="), version)]
