"""Go: comparators as https://go.dev/ref/mod and advisories about Go modules write them, such as `>=v1.2.0 <v1.3.1`."""

from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader(terms.PLAIN)


def to_vers(text: str) -> str:
    """The range as a `vers:golang/` text, versions without their v; an empty one is all versions.

    Raises:
        VersionError: the range can't be read.
    """
    alternatives = terms.alternatives("" if text.strip() == "*" else text, _TERM)
    return bounds.write(
        "golang", [[(terms.PLAIN[sign], version.removeprefix("v")) for sign, version in one] for one in alternatives]
    )
