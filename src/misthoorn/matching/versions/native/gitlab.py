"""Ranges of GitLab's advisory database (https://gitlab.com/gitlab-org/security-products/gemnasium-db), any ecosystem.

Signs and versions, a blank or a comma between those that must both hold, `||` between alternatives. A short version
stands for itself: `<=3.3` is up to 3.3, not the whole line of 3.3.
"""

from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader(terms.PLAIN)


def to_vers(text: str, scheme: str) -> str:
    """The range as a `vers:` text; an empty one is all versions. `scheme` is the type of package, such as gem.

    Raises:
        VersionError: the range can't be read.
    """
    alternatives = terms.alternatives("" if text.strip() == "*" else text, _TERM)
    return bounds.write(scheme, [[(terms.PLAIN[sign], version) for sign, version in one] for one in alternatives])
