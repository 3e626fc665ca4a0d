"""Maven: https://maven.apache.org/pom.html#dependency-version-requirement-specification.

A version without brackets is only a wish in Maven; in an advisory it means that version.
"""

from misthoorn.matching.versions.native import intervals


def to_vers(text: str) -> str:
    """The intervals as a `vers:maven/` text.

    Raises:
        VersionError: an interval can't be read, or there is none.
    """
    return intervals.to_vers("maven", text, lambda version: [("=", version)])
