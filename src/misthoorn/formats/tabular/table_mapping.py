"""How a list is read: which column means what, how dates and numbers are written, what holds for all rows.

A mapping is made on screen or by hand, kept with its source, and used again when the same header comes. What is left
open ("" or None) is found out from each file (formats.guess).
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo

from misthoorn.formats.observations.layout import MOST_COLUMNS
from misthoorn.formats.values.rsit import CLASS_OF, check_class
from misthoorn.formats.values.schema import FormatError

# `clock`: the time of day, where the date has a column of its own; `host`: an address, a name or a web address.
# `affected`: yes or no; where it says no, nobody is warned.
COLUMN_ROLES = (
    *("host", "ip", "hostname", "port", "protocol", "asn"),
    *("time", "clock", "identifier", "severity", "type", "class", "affected"),
)
CONSTANT_ROLES = ("time", "port", "protocol", "class", "type", "identifier", "severity")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1252")
DELIMITERS = (";", ",", "\t", "|")
QUOTES = ('"', "'", "none")
DATES = ("dmy", "mdy", "ymd")
DECIMALS = (",", ".")
LOCAL = "Europe/Amsterdam"  # where most lists are made; another one is chosen with the mapping
MOST_SKIPPED = 100
LONGEST_TEXT = 300
ALIKE = 0.6  # of two names, from which on one is taken for the other renamed

# What the service itself adds to a list of failed rows; in a list that comes back it says nothing.
REASON_COLUMN = "misthoorn_reason"


class MappingError(ValueError):
    """A mapping that can't be used; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """`columns`: role → the column's name; `constants`: role → what holds for all rows, and for empty cells.

    `header`: the names of all columns when it was made. `skip`: lines above the header. `headed`: whether there is a
    header at all. `sheet`: of a spreadsheet, "" for the first one that can be seen.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    skip: int | None = None
    headed: bool | None = None
    sheet: str = ""
    dates: str = ""
    decimal: str = ""
    zone: str = LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderChanges:
    """What is different in a header since a mapping was made: old name → new name, and names that went or came."""

    renamed: Mapping[str, str]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.renamed or self.gone or self.new)

    def sentence(self) -> str:
        """All of it in words."""
        parts = [f"“{old}” is now “{new}”" for old, new in self.renamed.items()]
        parts += [f"“{name}” is gone" for name in self.gone]
        parts += [f"“{name}” is new" for name in self.new]
        return ", ".join(parts)


def to_plain(mapping: TableMapping) -> dict[str, Any]:
    """As JSON has it, without what is left open."""
    plain = asdict(mapping) | {"header": list(mapping.header)}
    return {name: value for name, value in plain.items() if value not in ("", None, {}, [])}


def from_plain(plain: object) -> TableMapping:
    """The mapping that `to_plain` wrote, or a person.

    Raises:
        MappingError: it names something that is not there, or in another form.
    """
    if not isinstance(plain, dict):
        raise MappingError('A mapping is a JSON object such as {"columns": {"ip": "IP-adres"}}.')
    unknown = sorted(set(map(str, plain)) - {one.name for one in fields(TableMapping)})
    if unknown:
        raise MappingError(f"A mapping has no “{unknown[0][:80]}”.")
    header = plain.get("header", [])
    if not isinstance(header, list) or len(header) > MOST_COLUMNS or not all(_is_text(name) for name in header):
        raise MappingError("“header” is a list of the names of columns.")
    return _checked(
        TableMapping(
            **{
                **plain,
                "header": tuple(header),
                "columns": _texts(plain, "columns", roles=COLUMN_ROLES),
                "constants": _texts(plain, "constants", roles=CONSTANT_ROLES),
            }
        )
    )


def _texts(plain: dict[str, Any], name: str, *, roles: Sequence[str]) -> dict[str, str]:
    found = plain.get(name, {})
    if not isinstance(found, dict) or not all(_is_text(value) for value in found.values()):
        raise MappingError(f"“{name}” says for each of {', '.join(roles)} a text.")
    strange = sorted(set(found) - set(roles))
    if strange:
        raise MappingError(f"“{name}” can't hold “{strange[0][:80]}”. It can hold: {', '.join(roles)}.")
    return {role: text for role, text in found.items() if text}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value


def _checked(mapping: TableMapping) -> TableMapping:
    choices = {
        "encoding": ENCODINGS,
        "delimiter": DELIMITERS,
        "quote": QUOTES,
        "dates": DATES,
        "decimal": DECIMALS,
    }
    for name, allowed in choices.items():
        if getattr(mapping, name) not in ("", *allowed):
            shown = ", ".join(repr(one) for one in allowed)
            raise MappingError(f"“{name}” is one of {shown}, or left out.")
    if mapping.skip is not None and (type(mapping.skip) is not int or not 0 <= mapping.skip <= MOST_SKIPPED):
        raise MappingError(f"“skip” is the number of lines above the header, 0 to {MOST_SKIPPED}.")
    if mapping.headed not in (None, True, False) or not _is_text(mapping.sheet):
        raise MappingError("“headed” is true or false, and “sheet” the name of a sheet.")
    kind = mapping.constants.get("type", "")
    if check_class(mapping.constants.get("class", ""), kind)[1] or (kind and kind not in CLASS_OF):
        raise MappingError(f"“{kind[:80]}” is not a type of the incident taxonomy (RSIT), or not of that class.")
    try:
        ZoneInfo(mapping.zone)
    except (ValueError, TypeError, OSError, KeyError, RecursionError) as error:
        raise MappingError("“zone” is a time zone such as Europe/Amsterdam or UTC.") from error
    twice = [role for role in ("ip", "hostname") if role in mapping.columns and "host" in mapping.columns]
    if twice:
        raise MappingError(f"A column for both addresses and names (host) stands in the place of “{twice[0]}”.")
    return mapping


def changes(then: Sequence[str], now: Sequence[str]) -> HeaderChanges:
    """How a header changed. A name that went is taken for a new one that is much like it, or stands in its place."""
    now = [name for name in now if name != REASON_COLUMN]
    gone = [name for name in then if name not in now]
    new = [name for name in now if name not in then]
    renamed: dict[str, str] = {}
    for name in gone:
        place = then.index(name)
        here = now[place] if len(then) == len(now) and now[place] in new else ""
        alike = difflib.get_close_matches(name.lower(), [one.lower() for one in new], n=1, cutoff=ALIKE)
        found = next((one for one in new if alike and one.lower() == alike[0]), here)
        if found:
            renamed[name] = found
            new.remove(found)
    return HeaderChanges(renamed=renamed, gone=tuple(one for one in gone if one not in renamed), new=tuple(new))


def check_header(mapping: TableMapping, names: Sequence[str]) -> None:
    """Whether the columns that a mapping names are in this header.

    Raises:
        FormatError: one is not; it says what changed.
    """
    missing = [name for name in dict.fromkeys(mapping.columns.values()) if name not in names]
    if not missing:
        return
    if mapping.header:
        changed = changes(mapping.header, names)
        raise FormatError(
            f"The header of this list changed since its mapping was made: {changed.sentence()}. "
            "Adjust the mapping, and read the list again."
        )
    raise FormatError(
        f"This list has no column “{missing[0]}”. Its columns are: {', '.join(names[:20])}. Adjust the mapping."
    )
