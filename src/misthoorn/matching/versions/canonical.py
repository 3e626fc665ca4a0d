"""The canonical form of `vers:` texts (https://github.com/package-url/vers-spec): sorted and encoded in one way."""

from urllib.parse import quote

from misthoorn.matching.versions import vers
from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.registry import key


def quoted(version: str) -> str:
    """A version as it stands in a `vers:` text."""
    return quote(version, safe="+:~^@", errors="replace")


def canonical(text: str) -> str:
    """The same constraints in canonical form; none is left out or joined with another.

    Raises:
        VersionError: it is no `vers:` text, or versions that must be sorted can't be read in its scheme.
    """
    scheme, constraints = vers.parse(text)
    if constraints[0][0] == "*":
        return f"vers:{scheme}/*"
    if len(constraints) > 1:
        constraints = tuple(sorted(constraints, key=lambda constraint: key(scheme, constraint[1])))
    written = (
        ("" if comparator == "=" else comparator) + quoted(version.upper() if scheme == "datetime" else version)
        for comparator, version in constraints
    )
    return f"vers:{scheme}/{'|'.join(written)}"


def parse(text: str) -> vers.Vers:
    """Split a `vers:` text that must be in canonical form.

    Raises:
        VersionError: it is none, or another form is the canonical one; the sentence says which.
    """
    wanted = canonical(text)
    if text != wanted:
        raise VersionError(f"The range is not in canonical form, which is {wanted[:500]} here.")
    return vers.parse(text)
