"""Elixir and Erlang: the requirements of https://hexdocs.pm/elixir/Version.html.

`and` and `or` between terms; `~> 2.1.3` is 2.1.3 and later below 2.2, `~> 2.1` and later below 3, without the
pre-releases of the line that is excluded. A version without a sign is that version.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader([*terms.PLAIN, "~>"])
_OR, _AND = re.compile(r"\sor\s"), re.compile(r"\sand\s")


def to_vers(text: str) -> str:
    """The requirement as a `vers:hex/` text.

    Raises:
        VersionError: the requirement can't be read.
    """
    bounds.check_length(text)
    return bounds.write(
        "hex", [[found for term in _AND.split(part) for found in _comparators(term)] for part in _OR.split(text)]
    )


def _comparators(text: str) -> list[bounds.Comparator]:
    found = terms.alternatives(text, _TERM)
    if "|" in text or "," in text or len(found[0]) != 1:
        raise VersionError(f"“{text.strip()[:80]}” is not one sign and version; between two stands `and` or `or`.")
    sign, version = found[0][0]
    if sign != "~>":
        return [(terms.PLAIN[sign], version)]
    parts = terms.numbers(version.partition("-")[0])
    if len(parts) == 1:
        raise VersionError(f"“~> {version}” needs two numbers at least, as ~> 2.1.")
    return [(">=", version), ("<", terms.bumped(parts, len(parts) - 2) + "-0")]
