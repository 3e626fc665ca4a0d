"""Finding out how a list is written: its encoding, its delimiter, where its header is, what its columns mean.

All of it is a proposal that a person sees before anything is taken in, and can change.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from misthoorn.formats.observations.cells import check_hostname
from misthoorn.formats.readers.rows import Dialect, split_quoted
from misthoorn.formats.readers.unpack import BOM
from misthoorn.formats.tabular.delimited_text import NO_MARK, Style, decode
from misthoorn.formats.tabular.table_cells import (
    address_of,
    day_parts,
    is_yes_or_no,
    name_of,
    read_port,
    read_severity,
    says_nothing,
)
from misthoorn.formats.tabular.table_mapping import DELIMITERS, REASON_COLUMN, TableMapping
from misthoorn.formats.values.rsit import CLASS_OF, TYPES, check_severity

LINES = 400  # of the beginning of a list that are looked at
LONGEST_LINE = 20_000
MOST_TITLES = 30  # lines above a header
MOSTLY = 0.8  # of the cells of a column that say the same of it
HALF = 0.5  # the same, where the column is called so too
ANY = 0.001  # the same, where it is called exactly so: one cell is enough
SOME = 0.1  # of the cells of a column of addresses are names: more than a slip
SAMPLE = 200
LAST_MONTH = 12

_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}([.,])\d{1,2}|\d{1,9}([.,])\d{4,9}", re.ASCII)
_TIME_LIKE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,].{0,20})?|\d{1,2} [a-z]{3,9}\.? \d{4}.{0,20}",
    re.IGNORECASE,
)
_DAY_NUMBER = re.compile(r"\d{5}(?:[.,]\d{1,12})?|1\d{9}|20\d{6}", re.ASCII)
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.ASCII | re.IGNORECASE)

# What people call a column, in small letters without anything but letters and digits; the first that fits wins.
_NAMES = {
    "time": "time timestamp tijd tijdstip datum date datetime datumtijd datumentijd dateandtime lastseen laatstgezien "
    "gezien gezienop seen observed waargenomen waargenomenop datumwaarneming eerstgezien firstseen detectiedatum",
    "clock": "tijd tijdstip time uur hour",
    "ip": "ip ipadres ipaddress ipv4 ipv6 ipv4adres ipv6adres adres address srcip sourceip ipaddr",
    "port": "port poort poortnummer portnumber dstport tcppoort",
    "protocol": "protocol proto transport",
    "hostname": "hostname host hostnaam domein domain domeinnaam domainname fqdn dns website url site servernaam",
    "asn": "asn as asnummer asnumber",
    "class": "class klasse rsitclass classification",
    "type": "type rsittype",
    "identifier": "identifier cve cvenummer cveid kwetsbaarheid vulnerability bevinding finding probleem issue tag "
    "soort melding categorie category wat what",
    "severity": "severity ernst cvss cvssscore score prioriteit priority risico risk",
    "affected": "kwetsbaar vulnerable getroffen affected bevestigd confirmed",
}
_BY_NAME = frozenset({"time", "ip", "port", "hostname"})  # a column that is called so is one, whatever some cells say


_BY_WORD = frozenset({"time", "ip", "port", "hostname", "identifier", "severity"})  # a word of a longer name is enough


def guess_encoding(head: bytes) -> str:
    """The encoding of a text, by its mark or by its bytes."""
    if mark := _UTF16.get(head[:2]):
        return mark
    if head.startswith(BOM):
        return "utf-8"
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    if max(even, odd) * 4 > len(head[:2000]) // 2:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_off = error.end == len(head) and "unexpected end" in error.reason
        return "utf-8" if cut_off else "windows-1252"
    return "utf-8"


def guess_style(head: bytes, asked: TableMapping) -> tuple[Style, list[list[str]]]:
    """How a delimited text is written, and the first rows of it; what the mapping says is not guessed."""
    encoding = asked.encoding or guess_encoding(head)
    lines = [line[:LONGEST_LINE] for line in re.split(r"\r\n?|\n", decode(head, encoding), maxsplit=LINES)[:LINES]]
    said = _SEP_LINE.fullmatch(lines[0]) if lines else None
    quote = asked.quote or _guess_quote(lines)
    delimiter = asked.delimiter or (said[1] if said and said[1] in DELIMITERS else _guess_delimiter(lines, quote))
    rows = [_cells(line, delimiter, quote) for line in lines]
    skip, headed = guess_header(rows, least=1 if said else 0)
    skip = skip if asked.skip is None else asked.skip
    headed = headed if asked.headed is None else asked.headed
    style = Style(encoding=encoding, delimiter=delimiter, quote=quote, skip=skip, headed=headed)
    return style, rows


def _guess_quote(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    single = len(re.findall(r"(?:^|[;,\t|])'[^'\n]*'(?=[;,\t|]|$)", text, re.MULTILINE))
    return "'" if single > 2 * text.count('"') and single > len(lines) / 2 else '"'


def _guess_delimiter(lines: Sequence[str], quote: str) -> str:
    """The sign that cuts most lines into equally many fields, and into most of them."""
    filled = [line for line in lines if line.strip()]
    best = (0.0, 0, ",")
    for delimiter in DELIMITERS:
        widths = Counter(len(_cells(line, delimiter, quote)) for line in filled)
        wide = {width: count for width, count in widths.items() if width > 1}
        if wide:
            width, count = max(wide.items(), key=lambda one: (one[1], one[0]))
            found = (round(count / len(filled), 1), width, delimiter)
            best = max(best, found, key=lambda one: one[:2])
    return best[2]


def _cells(line: str, delimiter: str, quote: str) -> list[str]:
    data = line.encode("utf-8", "surrogatepass")
    dialect = Dialect(delimiter.encode(), b"" if quote == NO_MARK else quote.encode())
    fields, _, _ = split_quoted(data, 0, len(data), dialect=dialect)
    return [field.decode("utf-8", "replace").strip() for field in fields]


def guess_header(rows: Sequence[Sequence[str]], *, least: int = 0) -> tuple[int, bool]:
    """How many lines stand above the names of the columns; and whether there are names, or data from there on."""
    widths = Counter(_width(row) for row in rows[least:] if any(row))
    if not widths:
        return least, True
    usual = max(widths.items(), key=lambda one: (one[1], one[0]))[0]
    for place, row in enumerate(rows[: least + MOST_TITLES]):
        filled = [cell for cell in row if cell]
        if place < least or _width(row) < usual or len(filled) * 2 < usual:
            continue
        return place, not any(_is_data(cell) for cell in filled)
    return least, True


def _width(row: Sequence[str]) -> int:
    """Up to the last cell that holds something, but for rows of delimiters alone."""
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _is_data(cell: str) -> bool:
    return bool(address_of(cell)[0] or _CVE.fullmatch(cell) or _TIME_LIKE.fullmatch(cell) or _NUMBER.fullmatch(cell))


def guess_meaning(names: Sequence[str], rows: Sequence[Sequence[str]], asked: TableMapping) -> TableMapping:
    """What the columns mean and how dates and numbers are written, for what the mapping leaves open."""
    columns = dict(asked.columns) or _guess_columns(names, rows)
    cells = _column(names, rows, columns.get("time", ""))
    dates = asked.dates or guess_dates(cells)[0]
    return replace(
        asked,
        columns=columns,
        header=asked.header or tuple(name for name in names if name != REASON_COLUMN),
        dates=dates,
        decimal=asked.decimal or _guess_decimal(rows),
    )


def _column(names: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> list[str]:
    if name not in names:
        return []
    place = names.index(name)
    return [row[place] for row in rows[:SAMPLE] if len(row) > place and row[place] and not says_nothing(row[place])]


def _guess_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    cells = {name: _column(names, rows, name) for name in names}
    columns: dict[str, str] = {}
    for role, words in _NAMES.items():
        free = [name for name in names if name not in columns.values()]
        ranks = [(_rank(name, words.split(), by_word=role in _BY_WORD), name) for name in free]
        called = role in _BY_NAME
        ranked = [
            (rank, name)
            for rank, name in ranks
            if rank and _can_be(role, cells[name], least=ANY if called and rank <= len(words.split()) else HALF)
        ]
        if ranked and (role != "clock" or "time" in columns):
            columns[role] = min(ranked, key=lambda one: one[0])[1]
    for role in ("ip", "time"):
        found = [name for name in names if name not in columns.values() and cells[name] and _can_be(role, cells[name])]
        if role not in columns and found:
            columns[role] = found[0]
    return _with_hosts(columns, cells)


def _rank(name: str, known: Sequence[str], *, by_word: bool) -> int:
    """How well a name says that it is one of these, 1 the best; 0 when it does not."""
    plain = _plain(name)
    if plain in known:
        return 1 + known.index(plain)
    words = [known.index(word) for word in re.split(r"[^a-z0-9]+", name.lower()) if word in known] if by_word else []
    return 1 + len(known) + min(words) if words else 0


def _can_be(role: str, cells: Sequence[str], *, least: float = MOSTLY) -> bool:
    fits = _FITS.get(role)
    return fits is None or not cells or _mostly(cells, fits, least=least)


def _with_hosts(columns: dict[str, str], cells: dict[str, list[str]]) -> dict[str, str]:
    """A column of addresses and names together, where there is none for addresses alone."""
    if "ip" in columns:
        seen = cells[columns["ip"]]
        mixed = "hostname" not in columns and bool(seen) and _mostly(seen, _is_name, least=SOME)
        return {"host" if mixed and role == "ip" else role: name for role, name in columns.items()}
    for name, found in cells.items():
        free = name not in columns.values() or columns.get("hostname") == name
        if free and found and _mostly(found, _is_host) and any(address_of(cell)[0] for cell in found):
            columns.pop("hostname", None)
            return columns | {"host": name}
    return columns


def _is_host(cell: str) -> bool:
    return bool(address_of(cell)[0]) or _is_name(cell)


def _is_name(cell: str) -> bool:
    return bool(check_hostname(name_of(cell)[0])[0])


def _is_clock(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?.{0,6}", cell))


def _is_severity(cell: str) -> bool:
    return bool(check_severity(read_severity(cell)[0])[0])


_FITS: dict[str, Callable[[str], bool]] = {
    "ip": lambda cell: bool(address_of(cell)[0]),
    "time": lambda cell: bool(_TIME_LIKE.fullmatch(cell) or _DAY_NUMBER.fullmatch(cell)),
    "clock": _is_clock,
    "port": lambda cell: bool(_NUMBER.fullmatch(read_port(cell)[0])),
    "class": lambda cell: cell.lower() in TYPES,
    "type": lambda cell: cell.lower() in CLASS_OF,
    "severity": _is_severity,
    "hostname": _is_name,
    "affected": is_yes_or_no,
}


def _mostly(cells: Sequence[str], fits: Callable[[str], bool], *, least: float = MOSTLY) -> bool:
    return sum(map(fits, cells)) >= least * len(cells)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def guess_dates(cells: Sequence[str]) -> tuple[str, bool]:
    """The order of day, month and year in these dates, and whether they leave no doubt."""
    parts = [found for cell in cells if (found := day_parts(cell))]
    if parts and all(one[0] > 99 for one in parts):  # noqa: PLR2004  a year of four digits
        return "ymd", True
    short = [one for one in parts if one[0] <= 99]  # noqa: PLR2004  the same
    first = any(one[0] > LAST_MONTH for one in short)
    second = any(one[1] > LAST_MONTH for one in short)
    if first != second:
        return ("dmy" if first else "mdy"), True
    halves = any(re.search(r"[ap]\.?m", cell, re.IGNORECASE) for cell in cells)
    slashes = bool(short) and all(one[3] == "/" for one in short)
    return ("mdy" if halves and slashes else "dmy"), not short


def _guess_decimal(rows: Sequence[Sequence[str]]) -> str:
    signs = Counter(
        sign for row in rows[:SAMPLE] for cell in row if (m := _DECIMAL.fullmatch(cell)) and (sign := m[1] or m[2])
    )
    return "." if signs["."] > signs[","] else ","
