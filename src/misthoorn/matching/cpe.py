"""CPE names: formatted strings of CPE 2.3 and URIs of CPE 2.2 (NISTIR 7695), as far as matching needs them."""

import functools
import re
from typing import NamedTuple
from urllib.parse import unquote

MAX_CPE_LENGTH = 1024

_COMPONENTS = 11
_SPLIT = re.compile(r"(?<!\\):")
_QUOTED = re.compile(r"\\(.)", re.DOTALL)
_WILDCARD = re.compile(r"(?<!\\)[*?]")
_ANY_OR_NA = frozenset(("*", "-", ""))


class CpeError(ValueError):
    """Not a CPE name that can be matched. `code` is a stable short word, str() a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Cpe(NamedTuple):
    """Unquoted, in lower case. `version` is "" where it is left open; a filled update is part of it (2.0-beta9)."""

    part: str
    vendor: str
    product: str
    version: str

    @property
    def key(self) -> bytes:
        return ":".join((self.part, self.vendor.replace(":", "\\:"), self.product.replace(":", "\\:"))).encode()


@functools.lru_cache(maxsize=20_000)
def parse_cpe(text: str) -> Cpe:
    """Read a CPE 2.3 formatted string (missing components at the end are open) or a CPE 2.2 URI.

    Raises:
        CpeError: unreadable (code "cpe-unreadable"), or its vendor or product is left open ("cpe-wildcard").
    """
    text = text.strip()
    lower = text.lower()
    if len(text) > MAX_CPE_LENGTH or not lower.startswith(("cpe:2.3:", "cpe:/")):
        raise _unreadable(text, "it starts with cpe:2.3: or cpe:/ and is not longer than 1024 characters")
    # A backslash before a backslash quotes it: hidden here, so that what follows is not taken for quoted.
    parts = _from_uri(lower[5:]) if lower.startswith("cpe:/") else _SPLIT.split(lower[8:].replace("\\\\", "\\\x00"))
    if len(parts) > _COMPONENTS or not all(character.isprintable() for character in text):
        raise _unreadable(text, "it has at most eleven parts, and a colon inside a part is written \\:")
    part, vendor, product, version, update = (*parts, "*", "*", "*", "*", "*")[:5]
    if part not in {"a", "o", "h"}:
        raise _unreadable(text, "its part is a (application), o (operating system) or h (hardware)")
    if any(_WILDCARD.search(name) or name in _ANY_OR_NA for name in (vendor, product)):
        raise CpeError("cpe-wildcard", f"“{text[:100]}” leaves the vendor or the product open: name both.")
    return Cpe(part, _unquote(vendor), _unquote(product), _version(version, update))


def _unreadable(text: str, rule: str) -> CpeError:
    return CpeError("cpe-unreadable", f"“{text[:100]}” is not a CPE name: {rule}.")


def _from_uri(body: str) -> list[str]:
    """The components as formatted strings: percent-encoding undone, what is special quoted, and empty meaning open."""
    return [re.sub(r"([^a-z0-9_.\-])", r"\\\1", unquote(part)) if part else "*" for part in body.split(":")][:5]


def _unquote(text: str) -> str:
    return _QUOTED.sub(r"\1", text).replace("\x00", "\\")


def _version(version: str, update: str) -> str:
    if version in _ANY_OR_NA or _WILDCARD.search(version):
        return ""
    with_update = update not in _ANY_OR_NA and not _WILDCARD.search(update)
    return _unquote(f"{version}-{update}" if with_update else version)
