"""NuGet: https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges.

A version without brackets is that version or a later one; a floating one (1.*) starts at its lowest version.
"""

from misthoorn.matching.versions.native import bounds, intervals


def to_vers(text: str) -> str:
    """The intervals as a `vers:nuget/` text.

    Raises:
        VersionError: an interval can't be read, or there is none.
    """
    return intervals.to_vers("nuget", text, _bare, low=_lowest)


def _bare(version: str) -> list[bounds.Comparator]:
    return [] if version == "*" else [(">=", _lowest(version))]


def _lowest(version: str) -> str:
    """Where a floating version starts: 1.0 for 1.*, 1.0-0 for 1.*-*, 1.0-rc.0 for 1.0-rc.*."""
    if not version.endswith("*") or "+" in version:
        return version
    numbers, hyphen, label = version.partition("-")
    number = f"{numbers[:-1]}0" if numbers.endswith("*") else numbers
    part = label.removesuffix("*")
    return number + hyphen + (f"{part}0" if hyphen and part[-1:] in {"", "."} else part)
