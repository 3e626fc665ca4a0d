"""Lists of programs as Windows shows them on a screen: columns with spaces between, or a line for each value.

`wmic product get name,version` and `Get-Package` write columns, as does `winget list`; `Format-List` and
`wmic … /format:list` write a line for each value, with an empty line after each program.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from misthoorn.formats.readers.json_records import Record

MOST_ABOVE = 30  # lines above the header
MOST_COLUMNS = 20
CUT_OFF = "cut-off"
_WORD = re.compile(r"\S+")
_RULE = re.compile(r" *+-[- ]*+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_VALUE = re.compile(r"([A-Za-z][A-Za-z0-9]{1,40})[ \t]{0,60}[:=][ \t]?(.*)")
_OTHERS = frozenset(("release", "architecture", "summary", "requires"))  # of rpm -qi and pip show
_CUT = ("…", "...")

type Roles = Callable[[list[str]], Mapping[str, int]]
"""The place of each role's column, of the names of all columns."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`starts`: where each column begins; none where there is a line for each value. `roles`: a column for each."""

    header: int
    starts: tuple[int, ...]
    roles: Mapping[str, int]


def shown(text: str, roles: Roles) -> Shown | None:
    """How the programs are shown; None where this is no such list."""
    lines = _LINE_END.split(text, MOST_ABOVE + MOST_COLUMNS)[: MOST_ABOVE + MOST_COLUMNS]
    for number, line in enumerate(lines[:MOST_ABOVE]):
        words = list(_WORD.finditer(line))
        if not words or not words[0][0].isalpha() or len(words) > MOST_COLUMNS:
            continue
        found = roles([word[0] for word in words])
        below = next((one for one in lines[number + 1 :] if one.strip()), "")
        starts = tuple(word.start() for word in words)
        if {"name", "version"} <= found.keys() and _is_below(below, starts):
            return Shown(number, starts, found)
    names = [value[1] for line in lines if (value := _VALUE.fullmatch(line.rstrip()))]
    is_program = {"name", "version"} <= roles(names).keys() and not _OTHERS & {name.lower() for name in names}
    return Shown(-1, (), {}) if is_program else None


def _is_below(line: str, starts: tuple[int, ...]) -> bool:
    """Whether a line has its cells under the names of the columns."""
    if _RULE.fullmatch(line):
        return True
    return all(line[start - 1 : start].isspace() for start in starts[1:] if start <= len(line))


def rows(text: str, how: Shown, roles: Roles) -> Iterator[Record]:
    """A record for each program: its texts by their roles."""
    found = _of_columns(text, how) if how.starts else _of_values(text, roles)
    for row, (line, raw, cells) in enumerate(found, start=1):
        data = raw.encode("utf-8", "replace")
        if not _is_below(raw, how.starts):
            yield Record(
                line, row, data, None, "line-invalid", "The row's cells do not stand below the names of columns."
            )
        elif cells.get("name", "").endswith(_CUT):
            reason = "The name of the program was cut off. Make the list again as CSV, or in a wider window."
            yield Record(line, row, data, None, CUT_OFF, reason)
        else:
            yield Record(line, row, data, cells)


type _Found = Iterator[tuple[int, str, dict[str, str]]]


def _of_columns(text: str, how: Shown) -> _Found:
    ends = (*how.starts[1:], None)
    for line, raw in enumerate(_LINE_END.split(text), start=1):
        if line - 1 > how.header and raw.strip() and not _RULE.fullmatch(raw):
            yield (
                line,
                raw,
                {role: raw[how.starts[column] : ends[column]].strip() for role, column in how.roles.items()},
            )


def _of_values(text: str, roles: Roles) -> _Found:
    raws, pairs = list[str](), list[tuple[str, str]]()
    for line, raw in enumerate((*_LINE_END.split(text), ""), start=1):
        if raw.strip():
            raws.append(raw)
            if found := _VALUE.fullmatch(raw.rstrip()):
                pairs.append((found[1], found[2].strip()))
            elif pairs and raw.startswith(" "):
                pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {raw.strip()}".strip())
            continue
        if pairs:
            places = roles([name for name, _ in pairs])
            yield line - len(raws), "\n".join(raws), {role: pairs[place][1] for role, place in places.items()}
        raws, pairs = [], []
