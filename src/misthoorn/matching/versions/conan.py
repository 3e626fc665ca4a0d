"""Conan packages: the class Version of Conan 2 (conan/internal/model/version.py).

Items separated by dots, a pre-release behind the first hyphen, a build behind the last plus. Zeros at the end do not
count, a pre-release comes before its release, a build after the same version without one.

Conan compares two numbers as numbers but a number and a text as two texts, which goes round in a circle: 9 < 10,
10 < 1a and 1a < 9. No key can hold that. So an item that starts with a digit without being a number is placed here by
that number, right after it: 1 < 1a < 2 < 9 < 10 < 10a; and a number below 0 is a text. In every other pair the order
is Conan's own, to the byte.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, whole, word

# (0, 0, text): starts with a character below the digits; (1, number, rest); (2, 0, text): all other texts.
type Item = tuple[int, int, str]
type Items = tuple[Item, ...]

_LEADING = re.compile(r"([0-9_]*+)(.*+)")


class Conan(NamedTuple):
    """Ready to compare as a tuple."""

    release: Items
    no_pre: bool
    pre: Items
    has_build: bool
    build: Items


def parse(text: str) -> Conan:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it holds blanks or characters outside ASCII.
    """
    if not text.isascii() or not text.isprintable() or " " in text:
        raise VersionError(f"“{text}” is not a version of a Conan package: it holds blanks or unusual characters.")
    rest, plus, build = text.rpartition("+") if "+" in text else (text, "", "")
    release, hyphen, pre = rest.partition("-")
    return Conan(
        release=_items(release),
        no_pre=not hyphen,
        pre=_items(pre) if hyphen else (),
        has_build=bool(plus),
        build=_items(build) if plus else (),
    )


def _items(text: str) -> Items:
    items = list(map(_item, text.split(".")))
    while items and items[-1] == (1, 0, ""):
        items.pop()
    return tuple(items)


def _item(text: str) -> Item:
    if text.isdigit():
        return (1, int(text), "")
    if text[:1] == "+" and text[1:2].isdigit() and _item(text[1:])[::2] == (1, ""):
        return _item(text[1:])  # Python reads +29 as 29
    if text[:1] < "0":
        return (0, 0, text)
    if text[0] > "9":
        return (2, 0, text)
    found = _LEADING.fullmatch(text)
    digits, rest = found.groups() if found else ("", text)
    if not rest and not digits.endswith("_") and "__" not in digits:
        return (1, int(digits), "")  # 1_75 is 175, as Python reads it
    bare = text.lstrip("0123456789")
    leading = text[: len(text) - len(bare)]
    return (1, int(leading), f"{bare}\x01{len(leading)}")


def compare(a: Conan, b: Conan) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Conan) -> bytes:
    """The release, then 02 or 01 and the pre-release, then 00 or 01 and the build. Each list of items ends in 00."""
    pre = b"\x02" if version.no_pre else b"\x01" + _encode_items(version.pre)
    build = b"\x01" + _encode_items(version.build) if version.has_build else b"\x00"
    return _encode_items(version.release) + pre + build


def _encode_items(items: Items) -> bytes:
    return b"".join(map(_encode_item, items)) + b"\x00"


def _encode_item(item: Item) -> bytes:
    kind, value, text = item
    return bytes((kind + 1,)) + (whole(value) if kind == 1 else b"") + word(text)
