"""Any text, ordered by its UTF-8 bytes: the type `lexicographic` of https://github.com/package-url/vers-spec.

Nothing is normalised: a letter with its accent and the same letter followed by an accent differ.
"""

from misthoorn.matching.versions.encoding import VersionError, word


def parse(text: str) -> str:
    """The text, already stripped and of bounded length.

    Raises:
        VersionError: it holds a NUL character.
    """
    if "\x00" in text:
        raise VersionError("A version holds no NUL character.")
    return text


def compare(a: str, b: str) -> int:
    """-1, 0 or 1. Code points order as their UTF-8 bytes do."""
    return (a > b) - (a < b)


def encode(version: str) -> bytes:
    """The bytes, then 00."""
    return word(version)
