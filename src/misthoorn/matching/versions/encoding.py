"""What version keys are built of: byte strings that sort as what they stand for, none the beginning of another."""

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

# A version longer than this is refused: keys stay small and every loop below is bounded by it.
MAX_LENGTH = 512

# No key starts with this byte, so it is a bound above all versions; the empty string is the bound below.
ABOVE_ALL = b"\xff"
BELOW_ALL = b""

_LONG = 0xE0
_NUMBERS = re.compile(r"[0-9]++(?:\.[0-9]++)*+")


class VersionError(ValueError):
    """The text is not a version of its scheme. str() is a sentence that names the text and the reason."""


def check_length(text: str) -> None:
    """Refuse an empty or overlong text.

    Raises:
        VersionError: empty, or more than MAX_LENGTH characters.
    """
    if not text:
        raise VersionError("The version is empty.")
    if len(text) > MAX_LENGTH:
        raise VersionError(f"The version is {len(text)} characters long; at most {MAX_LENGTH} are read.")


def dotted(text: str) -> list[int]:
    """The numbers of a version that is nothing but numbers and dots, as most are; [] for any other."""
    if not text.isascii() or not text.replace(".", "").isdigit():
        return []
    parts = text.split(".")
    return [] if "" in parts else list(map(int, parts))


@functools.lru_cache(maxsize=65536)
def number(digits: str) -> bytes:
    """A whole number of any size, given as ASCII digits: its length, then its digits. 7 and 007 are equal.

    The first byte is never below 01 (so 00 can end a list of numbers) and never above f0.
    """
    bare = digits.lstrip("0")
    size = len(bare)
    head = bytes([1 + size]) if size < _LONG else b"\xf0" + size.to_bytes(2)
    return head + bare.encode("ascii")


@functools.lru_cache(maxsize=65536)
def whole(value: int) -> bytes:
    """A whole number that is not negative, as `number` writes it."""
    return number(str(value))


class Plain(NamedTuple):
    """How a scheme writes a version that is nothing but numbers and dots, where it counts no zeros at the end."""

    start: bytes
    mark: bytes  # before each number
    end: bytes

    def key(self, text: str) -> bytes:
        """The key of such a version, without taking it apart and together again; empty for any other text."""
        if len(text) > MAX_LENGTH or not text.isascii() or not text.replace(".", "").isdigit():
            return b""
        parts = text.split(".")
        return self.start + numbers(parts, self.mark) + self.end if "" not in parts else b""


def usual_key(text: str, *, start: bytes, of_ending: Callable[[str], bytes]) -> bytes:
    """The key of numbers with an ending that many versions share, where no ending says how they count.

    `of_ending` gives what stands behind the numbers, and remembers it. Empty for what stands otherwise.
    """
    found = _NUMBERS.match(text) if len(text) <= MAX_LENGTH else None
    ending = of_ending(text[found.end() :]) if found else b""
    return start + numbers(found[0].split(".")) + ending if found and ending else b""


def numbers(parts: list[str], mark: bytes = b"") -> bytes:
    """Numbers, given as digits, without zeros at the end."""
    while parts and parts[-1][-1] == "0" and not parts[-1].strip("0"):
        parts.pop()
    return mark + mark.join(map(number, parts)) if parts else b""


def word(text: str) -> bytes:
    """A text without NUL: its bytes and an end mark below all of them, so that a beginning sorts before the whole."""
    return text.encode("utf-8", "surrogatepass") + b"\x00"
