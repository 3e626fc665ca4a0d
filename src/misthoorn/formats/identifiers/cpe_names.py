"""CPE names as documents write them, of form 2.3 or 2.2: their parts, their version, and the rest without it."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

VERSION = 5  # which of the parts of a name of form 2.3; the update is the next
NOTHING = frozenset(("", "*", "-"))  # what a part is that says nothing

_PART = re.compile(r"(?:[^:\\]|\\.)+")
_QUOTED = re.compile(r"\\(.)")
_WILDCARD = re.compile(r"(?<!\\)[*?]")
_PARTS = 13
_URI_VERSION = 3


def split(name: str) -> tuple[str, ...]:
    """The 13 parts of a CPE 2.3 name as written, none for what is no such name."""
    parts = tuple(_PART.findall(name))
    return parts if len(parts) == _PARTS and name.startswith("cpe:2.3:") else ()


def unquoted(part: str) -> str:
    """A part of a name of form 2.3 as people write it."""
    return _QUOTED.sub(r"\1", part)


def has_wildcard(part: str) -> bool:
    """Whether it stands for several texts."""
    return bool(_WILDCARD.search(part))


def version(name: str) -> str:
    """The version in a name, with its update; "" where it is left open."""
    if name.lower().startswith("cpe:/"):
        parts = [unquote(part) for part in name[5:].split(":")][_URI_VERSION : _URI_VERSION + 2]
    else:
        parts = list(split(name)[VERSION : VERSION + 2])
    number, update = (*parts, "", "")[:2]
    if number in NOTHING or has_wildcard(number):
        return ""
    return unquoted(number if update in NOTHING or has_wildcard(update) else f"{number}-{update}")


def without_version(name: str) -> str:
    """The name with its version and update left open; what is no CPE name stays as it is."""
    if name.lower().startswith("cpe:/"):
        named = name.split(":")
        return ":".join((*named[: 1 + _URI_VERSION], "", "", *named[3 + _URI_VERSION :])).rstrip(":")
    parts = split(name)
    return with_open_version(parts) if parts else name


def with_open_version(parts: Sequence[str]) -> str:
    """The name of form 2.3 with these parts, version and update left open."""
    return ":".join((*parts[:VERSION], "*", "*", *parts[VERSION + 2 :]))
