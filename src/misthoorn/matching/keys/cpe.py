"""CPE names: formatted strings of CPE 2.3 and URIs of CPE 2.2 (NISTIR 7695), and how they relate (NISTIR 7696)."""

import functools
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple
from urllib.parse import unquote

from misthoorn.matching.keys.editions import UNCLEAR, edition_text

MAX_CPE_LENGTH = 1024
ANY, NA = "*", "-"

type Relation = Literal["equal", "subset", "superset", "disjoint", "undefined"]

_SPLIT = re.compile(r"(?<!\\):")
_SPECIAL = re.compile(r"\\(.)|([^a-z0-9._\-*?])")
_QUOTED = re.compile(r"\\(.)")
_CHARACTER = re.compile(r"\\.|[^\\]")
_WILDCARDS = frozenset(("*", "?"))
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_ALL_OPEN = re.compile(r"\*+")
_BACKSLASH = "\x00"  # a quoted backslash while parts are split; no name holds it, since it can't be printed
_URI_PARTS = 7
_PACKED = 6  # ~edition~sw_edition~target_sw~target_hw~other, split at ~
# In a URI, %01 and %02 are the wildcards, and everything else that is encoded is meant literally.
_URI_WILDCARDS = {"\x01": "?", "\x02": "*"}


class CpeError(ValueError):
    """Not a CPE name that can be matched. `code` is a stable short word, str() a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Name(NamedTuple):
    """Eleven attributes as in a formatted string: lower case, special characters quoted, `*` for any, `-` for none."""

    part: str = ANY
    vendor: str = ANY
    product: str = ANY
    version: str = ANY
    update: str = ANY
    edition: str = ANY
    language: str = ANY
    sw_edition: str = ANY
    target_sw: str = ANY
    target_hw: str = ANY
    other: str = ANY

    def __str__(self) -> str:
        return f"cpe:2.3:{':'.join(self)}"


class Cpe(NamedTuple):
    """A product. Unquoted, in lower case; `version` is "" where it is left open; a filled update is part of it.

    `edition`: what else the name states (matching.editions); `name`: the name as it stands.
    """

    part: str
    vendor: str
    product: str
    version: str
    edition: str
    name: Name

    @property
    def key(self) -> bytes:
        return ":".join((self.part, self.vendor.replace(":", "\\:"), self.product.replace(":", "\\:"))).encode()


class _Pattern(NamedTuple):
    """So many characters may stand before and after the core; None is any number."""

    before: int | None
    core: str
    after: int | None


def attribute(text: str) -> str:
    """The value of one attribute in canonical form: what must be quoted is, what need not be is not.

    Raises:
        CpeError: a wildcard stands inside it (code "cpe-unreadable"); only its ends may have some.
    """
    value = text.strip().lower().replace(" ", "_")
    if value in {"", NA} or _ALL_OPEN.fullmatch(value):
        return NA if value == NA else ANY
    value = _SPECIAL.sub(_requote, value)
    _pattern(value)
    return "\\-" if value == NA else value


def _requote(found: re.Match[str]) -> str:
    character = found[1] or found[2]
    return character if character in _PLAIN else f"\\{'\\' if character == _BACKSLASH else character}"


@functools.lru_cache(maxsize=20_000)
def _pattern(value: str) -> _Pattern | None:
    """How a value with wildcards is to be read; None for one without."""
    characters = _CHARACTER.findall(value)
    first, last = 0, len(characters)
    while first < last and characters[first] in _WILDCARDS:
        first += 1
    while last > first and characters[last - 1] in _WILDCARDS:
        last -= 1
    if not _WILDCARDS.isdisjoint(characters[first:last]):
        raise CpeError("cpe-unreadable", f"“{value[:100]}” has a wildcard inside; only its beginning and end may.")
    if first == 0 and last == len(characters):
        return None
    core = "".join(character[-1] for character in characters[first:last])
    return _Pattern(_room(characters[:first]), core, _room(characters[last:]))


def _room(wildcards: list[str]) -> int | None:
    return None if "*" in wildcards else len(wildcards)


def read_name(text: str) -> Name:
    """Read any CPE name: a formatted string, whose missing or empty parts are open, or a URI.

    Raises:
        CpeError: it is none (code "cpe-unreadable").
    """
    text = text.strip()
    lower = text.lower()
    if len(text) > MAX_CPE_LENGTH or not lower.startswith(("cpe:2.3:", "cpe:/")):
        raise _unreadable(text, "it starts with cpe:2.3: or cpe:/ and is not longer than 1024 characters")
    parts = _from_uri(lower[5:]) if lower.startswith("cpe:/") else _from_string(lower[8:])
    if len(parts) > len(Name._fields) or not text.isprintable():
        raise _unreadable(text, "it has at most eleven parts, and a colon inside a part is written \\:")
    name = Name(*map(attribute, parts))
    if name.part not in {"a", "o", "h", ANY, NA}:
        raise _unreadable(text, "its part is a (application), o (operating system) or h (hardware)")
    return name


def _from_string(body: str) -> list[str]:
    # A backslash before a backslash quotes it: hidden here, so that what follows is not taken for quoted.
    return _SPLIT.split(body.replace("\\\\", f"\\{_BACKSLASH}"))


def _from_uri(body: str) -> list[str]:
    parts = body.split(":")
    if len(parts) > _URI_PARTS:
        return [""] * (len(Name._fields) + 1)
    parts += [""] * (_URI_PARTS - len(parts))
    packed = parts[5].split("~")
    rest = []
    if len(packed) == _PACKED and not packed[0]:
        _, parts[5], *rest = packed
    return [_from_uri_part(part) for part in (*parts, *rest)]


def _from_uri_part(part: str) -> str:
    if part in {"", ANY, NA}:
        return part
    return "".join(_URI_WILDCARDS.get(c) or (c if c in _PLAIN else f"\\{c}") for c in unquote(part).lower()).replace(
        "\\\\", f"\\{_BACKSLASH}"
    )


@functools.lru_cache(maxsize=20_000)
def parse_cpe(text: str) -> Cpe:
    """Read a CPE name that names a product.

    Raises:
        CpeError: unreadable (code "cpe-unreadable"), or its vendor or product is left open ("cpe-wildcard").
    """
    name = read_name(text)
    if name.part in {ANY, NA}:
        raise _unreadable(text, "its part is a (application), o (operating system) or h (hardware)")
    if not (is_literal(name.vendor) and is_literal(name.product)):
        raise CpeError("cpe-wildcard", f"“{text[:100]}” leaves the vendor or the product open: name both.")
    return Cpe(
        name.part, unquoted(name.vendor), unquoted(name.product), _version(name), edition_text(stated(name)), name
    )


def _unreadable(text: str, rule: str) -> CpeError:
    return CpeError("cpe-unreadable", f"“{text[:100]}” is not a CPE name: {rule}.")


def is_literal(value: str) -> bool:
    """Whether an attribute says one thing: neither any, nor none, nor a pattern."""
    return value not in {ANY, NA} and _pattern(value) is None


def is_pattern(value: str) -> bool:
    """Whether an attribute holds wildcards beside other characters."""
    return value not in {ANY, NA} and _pattern(value) is not None


def version_line(name: Name) -> str:
    """The line of versions that a name stands for (2.4.*), "" where it is none."""
    line = unquoted(name.version.removesuffix(".*"))
    return f"{line}.*" if name.version.endswith(".*") and is_literal(line) else ""


def unquoted(value: str) -> str:
    """An attribute as people write it."""
    return _QUOTED.sub(r"\1", value)


def _version(name: Name) -> str:
    if not is_literal(name.version):
        return ""
    with_update = is_literal(name.update)
    return unquoted(f"{name.version}-{name.update}" if with_update else name.version)


def stated(name: Name) -> tuple[str, ...]:
    """What a name states beyond its version, UNCLEAR for a pattern. An update behind a version is part of that."""
    update = ANY if name.update == NA or is_literal(name.version) else name.update
    return tuple(value if value in {ANY, NA} or is_literal(value) else UNCLEAR for value in (update, *name[5:]))


def relation(source: str, target: str) -> Relation:
    """How the value of an attribute of a record relates to that of an installed product (NISTIR 7696, table 6-2).

    Both in canonical form. “undefined” is what the standard leaves open: a target that is another pattern.
    """
    if source == target:
        return "equal"
    if source == ANY:
        return "superset"
    if target == ANY:
        return "subset"
    if target != NA and _pattern(target):
        return "undefined"
    pattern = None if NA in {source, target} else _pattern(source)
    return "superset" if pattern and _covers(pattern, unquoted(target)) else "disjoint"


def _covers(pattern: _Pattern, text: str) -> bool:
    """Whether the core stands in the text with no more around it than the wildcards have room for."""
    core, room = pattern.core, len(text) - len(pattern.core)
    if not core:
        return pattern.before is None or room <= pattern.before
    latest = room if pattern.before is None else min(room, pattern.before)
    earliest = 0 if pattern.after is None else max(0, room - pattern.after)
    return room >= 0 and text.find(core, earliest, latest + len(core)) >= 0


def relations(source: Name, target: Name) -> tuple[Relation, ...]:
    """The relation of each attribute."""
    return tuple(map(relation, source, target))


def compare_names(source: Name, target: Name) -> Relation:
    """How whole names relate (NISTIR 7696, table 6-4); “undefined” where none of the four is true of them."""
    found = set(relations(source, target))
    for one in ("disjoint", "undefined"):
        if one in found:
            return one
    if found == {"equal"}:
        return "equal"
    wider: Relation = "superset" if "superset" in found else "subset"
    return wider if found <= {"equal", wider} else "undefined"


def concerns(record: Name, installed: Name) -> bool:
    """Whether what is said of the one name may hold of the other: no attribute excludes it, and the product is named.

    Names that each leave open what the other says (a vendor of any product, a product of any vendor) do not meet.
    """
    found = relations(record, installed)
    if installed.product in {ANY, NA} or not {"disjoint", "undefined"}.isdisjoint(found):
        return False
    return not _crossed(found[1:3])


def _crossed(found: Iterable[Relation]) -> bool:
    return {"subset", "superset"} <= set(found)
