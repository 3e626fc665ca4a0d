"""Reading the three tables that an operator hands in: organisations, assets, contacts. Pure: no database.

Each is a CSV with a header, UTF-8, tied together by `register_number`. Which table it is follows from the header.
docs/reference/organisations-csv.md says what each column takes.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from ipaddress import ip_network, summarize_address_range
from typing import TextIO

from misthoorn.common.clock import AMSTERDAM
from misthoorn.common.spreadsheets import no_formula
from misthoorn.constituency import vocabulary
from misthoorn.constituency.addresses import AddressError, address_for
from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.keys.networks import ADDRESS_BITS, Network, parse_network

LONGEST_LINE = 65_536  # a row of these tables is some hundred characters; longer is another file
SHOWN = 200  # characters of a line that can not be read, for the file of failed rows

KEPT = {"registered", "oktt", "network_owner"}  # what is known of it stays where the table has no such column

# Nobody was ever given more: a /8 of IPv4, a /16 of IPv6.
_LARGEST = {4: 8, 6: 16}
# Not on the internet either, but made for examples (RFC 5737, 2544, 3849, 9637, 5180): the demo lives there.
_EXAMPLES = tuple(
    ip_network(one)
    for one in (
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "198.18.0.0/15",
        "2001:db8::/32",
        "3fff::/20",
        "2001:2::/48",
    )
)

COLUMNS = {
    "organisations": (
        "register_number",
        "name",
        "kind",
        "sector",
        "size",
        "province",
        "registered",
        "oktt",
        "network_owner",
    ),
    "assets": ("register_number", "kind", "value", "version", "label", "valid_from", "valid_to", "provenance"),
    "contacts": (
        "register_number",
        "role",
        "channel",
        "address",
        "language",
        "provenance",
        "confidence",
        "confirmed_at",
    ),
}
REQUIRED = {
    "organisations": {"register_number", "name", "kind", "sector", "size"},
    "assets": {"register_number", "kind", "value"},
    "contacts": {"register_number", "role", "address"},
}


type Expand = Callable[[str], Sequence[str]]


def _as_it_is(value: str) -> Sequence[str]:
    return (value,)


class ImportFileError(ValueError):
    """The file as a whole can't be read; the sentence says what it needs."""


class _RowError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """`registered`, `oktt` and `network_owner` are None where the table does not say it: what is known stays."""

    register_number: str
    name: str
    kind: str
    sector: str
    size: str
    province: str
    registered: bool | None = None
    oktt: str | None = None
    network_owner: bool | None = None


@dataclass(frozen=True, slots=True)
class AssetRow:
    register_number: str
    kind: str
    value: str
    version: str
    label: str
    valid_from: datetime | None
    valid_to: datetime | None
    provenance: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    register_number: str
    role: str
    channel: str
    address: str
    language: str
    provenance: str
    confidence: int
    confirmed_at: datetime | None


Row = OrganisationRow | AssetRow | ContactRow


@dataclass(frozen=True, slots=True)
class Failed:
    """A row that can't be taken in, with its cells as they were."""

    line: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Good:
    line: int
    cells: tuple[str, ...]
    row: Row


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` is read as it is consumed; `header` is the file's own, for the file of failed rows."""

    kind: str
    header: tuple[str, ...]
    rows: Iterator[Good | Failed]


def read_table(stream: TextIO, *, expand: Expand = _as_it_is) -> Table:
    """Open a table: cells with commas between them, or with semicolons as spreadsheets in Dutch write them.

    Every line is a row of its own: no cell here may hold a line break. Bad rows come out as `Failed` with a reason; the
    others go on. Open the stream with `errors="replace"`, so that what is no UTF-8 is refused row by row.

    `expand` says which products the value of a product holds (`matching.wildcards`): each becomes a row.

    Raises:
        ImportFileError: there is no header that fits one of the three tables.
    """
    lines = _lines(stream)
    line, text, _ = next(lines, (0, "", False))
    if not line:
        raise ImportFileError("The file is empty. It needs a header and at least one row.")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    try:
        cells = _cells(text, delimiter)
    except csv.Error as error:
        raise ImportFileError(f"This is not a CSV file that can be read ({error}). Save it as CSV in UTF-8.") from error
    header = tuple(cell.lower().removeprefix("\ufeff") for cell in cells)
    kind = _kind(header)
    return Table(
        kind=kind, header=header, rows=_rows(lines, kind=kind, header=header, delimiter=delimiter, expand=expand)
    )


def _lines(stream: TextIO) -> Iterator[tuple[int, str, bool]]:
    """Lines with their number from 1, and whether it is longer than it should ever be; of such a one the beginning."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        too_long = rest = len(line) == LONGEST_LINE and line[-1] not in "\r\n"
        while rest:
            more = stream.readline(LONGEST_LINE)
            rest = bool(more) and more[-1] not in "\r\n"
        yield number, line, too_long


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(cell.strip() for row in csv.reader([line], delimiter=delimiter, strict=True) for cell in row)


def _kind(header: tuple[str, ...]) -> str:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise ImportFileError(f"These columns stand in the header twice: {', '.join(twice)[:200]}. Keep one of each.")
    for kind, marker in (("organisations", "name"), ("assets", "value"), ("contacts", "address")):
        if marker in header:
            missing = REQUIRED[kind] - set(header)
            if missing:
                raise ImportFileError(
                    f"This looks like the table of {kind}, but these columns are missing: {', '.join(sorted(missing))}."
                )
            return kind
    raise ImportFileError(
        "No table fits this header. Organisations need `name`, assets `value`, contacts `address`, and all of them "
        f"`register_number`. Found: {', '.join(sorted(header))[:200]}."
    )


def _rows(
    lines: Iterator[tuple[int, str, bool]], *, kind: str, header: tuple[str, ...], delimiter: str, expand: Expand
) -> Iterator[Good | Failed]:
    for number, line, too_long in lines:
        if too_long:
            yield Failed(number, (line[:SHOWN],), f"The line is longer than {LONGEST_LINE:,} characters.")
        elif line.strip():
            yield from _read(number, line, kind=kind, header=header, delimiter=delimiter, expand=expand)


def _read(
    number: int, line: str, *, kind: str, header: tuple[str, ...], delimiter: str, expand: Expand
) -> Sequence[Good | Failed]:
    """The row of a line, or those of the products that it holds."""
    try:
        cells = _cells(line.replace("\0", "\ufffd"), delimiter)
    except csv.Error as error:
        return (Failed(number, (line[:SHOWN],), f"The row can't be read as CSV ({error})."),)
    if problem := _problem(line, cells, header):
        return (Failed(number, cells, problem),)
    values = dict.fromkeys(set(COLUMNS[kind]) - KEPT, "") | dict(zip(header, cells, strict=True))
    if not values["register_number"]:
        return (Failed(number, cells, "`register_number` is empty. Each row needs the number of its organisation."),)
    try:
        is_product = kind == "assets" and values["kind"].lower() == "product"
        meant = [values | {"value": one} for one in expand(values["value"])] if is_product else [values]
        return [Good(number, cells, _READERS[kind](one)) for one in meant]
    except (_RowError, AssetError) as error:
        return (Failed(number, cells, str(error)),)


def _problem(line: str, cells: tuple[str, ...], header: tuple[str, ...]) -> str:
    """Why these cells are no row of this table; "" where they are."""
    if "\ufffd" in line or "\0" in line:
        return "The row holds bytes that are no text in UTF-8. Save the file as CSV in UTF-8."
    return "" if len(cells) == len(header) else f"The row has {len(cells)} fields, and the header {len(header)}."


def _one_of(column: str, value: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    word = value.lower() or (default or "")
    for option in allowed:
        if option.lower() == word:
            return option
    raise _RowError(f"`{column}` is '{value[:60]}'. It takes one of: {', '.join(allowed)}.")


def _short(column: str, value: str, most: int) -> str:
    if len(value) > most:
        raise _RowError(f"`{column}` has {len(value)} characters. It takes at most {most}.")
    if any(not character.isprintable() for character in value):
        raise _RowError(f"`{column}` holds characters that can't be printed. Remove them.")
    return value


def _yes(column: str, value: str) -> bool:
    return _one_of(column, value, ("yes", "no", "ja", "nee", "true", "false", "1", "0"), "no") in {
        "yes",
        "ja",
        "true",
        "1",
    }


def _moment(column: str, value: str) -> datetime | None:
    """A date is the start of that day in Amsterdam; a time without zone is Amsterdam's."""
    if not value:
        return None
    try:
        if len(value) == len("2026-11-24"):
            moment = datetime.combine(date.fromisoformat(value), time(), AMSTERDAM)
        else:
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _RowError(f"`{column}` is '{value[:40]}'. Write a date as 2026-11-24 or 2026-11-24T14:05.") from None


def _organisation(values: dict[str, str]) -> OrganisationRow:
    if not values["name"]:
        raise _RowError("`name` is empty.")
    return OrganisationRow(
        register_number=_short("register_number", values["register_number"], 40),
        name=_short("name", values["name"], 200),
        kind=_one_of("kind", values["kind"], vocabulary.ORGANISATION_KINDS, "unknown"),
        sector=_one_of("sector", values["sector"], vocabulary.SECTORS),
        size=_one_of("size", values["size"], vocabulary.SIZES),
        province=_one_of("province", values["province"], vocabulary.PROVINCES) if values["province"] else "",
        registered=_yes("registered", values["registered"]) if "registered" in values else None,
        oktt=_short("oktt", values["oktt"], 60) if "oktt" in values else None,
        network_owner=_yes("network_owner", values["network_owner"]) if "network_owner" in values else None,
    )


def _somebodys(network: Network) -> None:
    """Refuse a network that is nobody's alone, or more than anybody has: its holder would be told of strangers."""
    largest = _LARGEST[network.version]
    if network.size > 1 << (ADDRESS_BITS[network.version] - largest):
        raise _RowError(
            f"`value` is {network}, more than any organisation has. The largest network that is taken in is a "
            f"/{largest}; write the networks that are the organisation's own."
        )
    first, last = network.ends
    example = any(first in one and last in one for one in _EXAMPLES)
    # Of a range, each network that it consists of is looked at: there may be one inside that is not on the internet.
    parts = summarize_address_range(first, last)
    if not example and not all(one.network_address.is_global and one.broadcast_address.is_global for one in parts):
        raise _RowError(
            f"`value` is {network}, which is not on the internet. Nothing is ever seen there: leave it out."
        )


def _asset(values: dict[str, str]) -> AssetRow:
    kind = _one_of("kind", values["kind"], vocabulary.ASSET_KINDS)
    asset = normalise_asset(kind=kind, value=values["value"], version=values["version"])
    if kind == "network":
        _somebodys(parse_network(asset.value))
    start, end = _moment("valid_from", values["valid_from"]), _moment("valid_to", values["valid_to"])
    if start and end and start >= end:
        raise _RowError("`valid_to` is not after `valid_from`.")
    return AssetRow(
        register_number=values["register_number"],
        kind=kind,
        value=_short("value", asset.value, 512),
        version=_short("version", asset.version, 120),
        label=_short("label", values["label"], 120),
        valid_from=start,
        valid_to=end,
        provenance=_short("provenance", values["provenance"] or "import", 60),
    )


def _address(channel: str, value: str) -> str:
    if channel in {"telephone", "letter"}:
        try:
            return address_for(channel, value)
        except AddressError as error:
            raise _RowError(f"`address` can't be used: {error}") from None
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  slow to load

    try:
        return validate_email(value, check_deliverability=False, test_environment=True, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise _RowError(f"`address` is not a mail address that can be used: {error}") from None


def _contact(values: dict[str, str]) -> ContactRow:
    channel = _one_of("channel", values["channel"], vocabulary.CHANNELS, "mail")
    confidence = values["confidence"] or "50"
    if not confidence.isascii() or not confidence.isdigit() or int(confidence) > 100:  # noqa: PLR2004  per cent
        raise _RowError(f"`confidence` is '{confidence[:20]}'. It takes a whole number from 0 to 100.")
    return ContactRow(
        register_number=values["register_number"],
        role=_one_of("role", values["role"], vocabulary.CONTACT_ROLES),
        channel=channel,
        address=_address(channel, values["address"]),
        language=_one_of("language", values["language"], vocabulary.LANGUAGES, "nl"),
        provenance=_short("provenance", values["provenance"] or "import", 60),
        confidence=int(confidence),
        confirmed_at=_moment("confirmed_at", values["confirmed_at"]),
    )


_READERS: dict[str, Callable[[dict[str, str]], Row]] = {
    "organisations": _organisation,
    "assets": _asset,
    "contacts": _contact,
}


def failed_file(header: tuple[str, ...], failed: Sequence[Failed]) -> str:
    """The rows that failed, as a CSV of the same columns and one more: `reason`. Formulas are made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*map(no_formula, header), "reason"])
    for row in failed:
        empty = [""] * (len(header) - len(row.cells))
        writer.writerow([*map(no_formula, row.cells), *empty, f"line {row.line}: {row.reason}"])
    return out.getvalue()
