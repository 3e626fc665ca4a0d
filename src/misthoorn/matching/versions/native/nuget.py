"""NuGet: https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges.

A version without brackets is that version or a later one; a floating one (1.*) starts at its lowest version.
"""

from misthoorn.matching.versions.native import bounds, intervals


def to_vers(text: str) -> str:
    """The intervals as a `vers:nuget/` text.

    Raises:
        VersionError: an interval can't be read, or there is none.
    """
    return intervals.to_vers("nuget", text, _bare)


def _bare(version: str) -> list[bounds.Comparator]:
    if version == "*":
        return []
    return [(">=", version.removesuffix(".*") if version.endswith(".*") else version)]
