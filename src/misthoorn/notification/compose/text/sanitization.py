"""Values from outside, made harmless: one line, no control characters, short."""

import re
import unicodedata

LIMIT = 60
CUT = "…"

_VERSION = re.compile(r"(?:[A-Za-z]++ )*[0-9]+(?:\.[0-9]++)*")
_DOTS_OF_AN_ADDRESS = 3
_SCHEME = re.compile(r"(h)tt(ps?:/)", re.IGNORECASE)


def one_line(value: str, *, limit: int = LIMIT) -> str:
    """The value as one line of at most `limit` characters, cut with "…"; a web address in it can not be clicked.

    Control characters, direction marks, invisible and unassigned characters are gone, white space is single spaces.
    """
    plain = value.isascii() and value.isprintable()
    if plain and len(value) <= limit and " " not in value and ":" not in value:
        return value  # as nearly all are: asked dozens of times a mail
    if not plain:
        value = unicodedata.normalize("NFC", value[: 20 * limit])
        value = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in value)
    value = _SCHEME.sub(r"\1xx\2", " ".join(value.split()))
    return value if len(value) <= limit else value[: limit - 1].rstrip() + CUT


def defanged(value: str, *, limit: int = LIMIT) -> str:
    """The same for what a criminal made: no mail program makes a link of it. A number such as 15.0.1 never is one."""
    if _VERSION.fullmatch(value) and value.count(".") != _DOTS_OF_AN_ADDRESS:
        return one_line(value, limit=limit)
    value = one_line(value[: 20 * limit], limit=20 * limit).replace("[.]", ".").replace(".", "[.]")
    value = value.replace("@", "[@]").replace("://[", "://")
    return value if len(value) <= limit else value[: limit - 1].rstrip() + CUT


def without_scheme(value: str, *, limit: int = LIMIT) -> str:
    """A reference to read or type: a web address without its scheme, and only its host when it is long."""
    bare = re.sub(r"^https?://", "", " ".join(value.split()), flags=re.IGNORECASE).rstrip("/")
    if len(bare) > limit and bare != value:
        bare = bare.split("/", 1)[0]
    return one_line(bare, limit=limit)
