"""The files that sources deliver on two days: rows that are good, broken, double or about nobody. Pure and seeded.

Times are counted back from `now`, so that what becomes of a row does not depend on the day or hour of the run.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from misthoorn.cli.demo.addresses import LAST_ASN, NOBODY, NOBODY_6
from misthoorn.cli.demo.country import Country
from misthoorn.cli.demo.exposures import Exposure, exposures, listed, reports
from misthoorn.cli.demo.randomness import Weighted, chance

_BROKEN, _DOUBLE = 0.03, 0.035  # shares of the daily reports' rows
_MISSING = {2: "scan_vnc"}  # on this day the web site that hands out the report showed an error page
_ERROR_PAGE = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><h1>502</h1></body></html>\n"
_COLUMNS = ("timestamp", "severity", "ip", "protocol", "port", "hostname", "tag", "asn", "geo")
_LISTS = {  # identifier → source, name of the file, type in the incident taxonomy, severity, what else is told
    "exposed-git": ("researchers", "open-git", "information-disclosure", "high", "/.git/HEAD"),
    "vulnerable-exchange": ("researchers", "old-exchange", "vulnerable-system", "urgent", "Exchange Server 15.0.1497"),
    "malware-infection": ("sinkhole", "sinkhole", "infected-system", "urgent", "andromeda"),
    "compromised-website": ("partner", "websites", "application-compromise", "urgent", "web shell"),
}
_LIST_COLUMNS = ("time", "ip", "hostname", "identifier", "type", "severity", "banner")


@dataclass(frozen=True, slots=True)
class File:
    """A delivery: which source it is from, what it is called, and its bytes."""

    source: str
    name: str
    content: bytes


def rows_of(organisations: int) -> int:
    """How many rows the two days each have, in a country of this size: 20,000 for 5,000 organisations."""
    return max(4 * organisations, 2_400)


def day_files(country: Country, *, day: int, now: datetime) -> list[File]:
    """What comes on day 1 or 2, by source and name; `now` is the moment of that day at which it is taken in."""
    lists = list(_lists(country, day=day, now=now))
    wanted = rows_of(len(country.organisations)) - sum(file.content.count(b"\n") - 1 for file in lists)
    return [*_reports(country, day=day, now=now, wanted=wanted), *lists]


def broken_off(*, source: str, name: str, rows: int, now: datetime) -> File:
    """A list of systems at nobody's addresses, with far fewer rows than its source usually gives."""
    when, what = f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}", "exposed-git"
    seen = [(when, str(NOBODY[number]), "", what, *_LISTS[what][2:]) for number in range(rows)]
    return File(source, name, _csv(_LIST_COLUMNS, seen))


def _lists(country: Country, *, day: int, now: datetime) -> Iterator[File]:
    draw = chance(f"lists of day {day}")
    found: dict[str, list[Exposure]] = defaultdict(list)
    for one in listed(country):
        if day in one.days:
            found[one.what].append(one)
    for what, (source, name, kind, severity, told) in _LISTS.items():
        rows = [
            (f"{_moment(now, draw):%Y-%m-%dT%H:%M:%SZ}", one.address, one.hostname, what, kind, severity, told)
            for one in found[what]
        ]
        yield File(source, f"{name}-{now:%Y-%m-%d}.csv", _csv(_LIST_COLUMNS, rows))


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _moment(now: datetime, draw: Random) -> datetime:
    """Between 2 and 20 hours ago, in whole seconds."""
    return now - timedelta(seconds=draw.randint(2 * 3600, 20 * 3600))


def _reports(country: Country, *, day: int, now: datetime, wanted: int) -> Iterator[File]:
    draw = chance(f"reports of day {day}")
    seen = [one for one in exposures(country) if day in one.days and one.what != _MISSING.get(day)]
    broken, double = int(wanted * _BROKEN), int(wanted * _DOUBLE)
    more = wanted - len(seen) - broken - double - (1 if day in _MISSING else 0)
    seen += _strangers(max(more, 0), draw, leave_out=_MISSING.get(day, ""))
    by_file: dict[str, list[Exposure]] = defaultdict(list)
    for one in seen:
        by_file[one.what.replace("scan_", "scan6_") if ":" in one.address else one.what].append(one)
    shares = _shares({kind: len(rows) for kind, rows in by_file.items()}, broken=broken, double=double)
    for kind, rows in sorted(by_file.items()):
        yield File("shadowserver", _name(kind, now), _report(rows, now=now, draw=draw, faults=shares[kind]))
    if day in _MISSING:
        yield File("shadowserver", _name(_MISSING[day], now), _ERROR_PAGE)


def _name(kind: str, now: datetime) -> str:
    return f"{now:%Y-%m-%d}-{kind}-netherlands.csv"


def _strangers(count: int, draw: Random, *, leave_out: str) -> Iterator[Exposure]:
    """Systems at addresses that no organisation in the country is known to have."""
    kinds = {kind: facts for kind, facts in reports().items() if kind != leave_out}
    four = Weighted({kind: facts["share"] for kind, facts in kinds.items()})
    six = Weighted({kind: facts["share"] for kind, facts in kinds.items() if facts.get("six")})
    for _ in range(count):
        if draw.random() < 0.1:  # noqa: PLR2004  a share
            yield Exposure(six.draw(draw), str(NOBODY_6[draw.getrandbits(64)]), "", LAST_ASN, frozenset())
        else:
            yield Exposure(four.draw(draw), str(NOBODY[draw.randrange(2**14)]), "", LAST_ASN, frozenset())


def _shares(sizes: dict[str, int], *, broken: int, double: int) -> dict[str, tuple[int, int]]:
    """How many broken and double rows each file gets, by its size; together exactly as many as asked."""
    total = sum(sizes.values())
    given = {kind: (broken * size // total, double * size // total) for kind, size in sizes.items()}
    largest = max(sizes, key=lambda kind: (sizes[kind], kind))
    left = (broken - sum(one for one, _ in given.values()), double - sum(one for _, one in given.values()))
    given[largest] = (given[largest][0] + left[0], given[largest][1] + left[1])
    return given


def _report(rows: Sequence[Exposure], *, now: datetime, draw: Random, faults: tuple[int, int]) -> bytes:
    """One report with its good rows, then some of them changed so that they are broken, and some once more."""
    facts = reports()[rows[0].what]
    header = (*_COLUMNS, *facts["extra"])
    fixed = tuple(facts["extra"].values())
    lines: list[tuple[str, ...]] = []
    for one in rows:
        port, moment = str(facts["port"]), f"{_moment(now, draw):%Y-%m-%d %H:%M:%S}"
        lines.append(
            (moment, "", one.address, facts["protocol"], port, one.hostname, facts["tag"], str(one.asn), "NL", *fixed)
        )
    broken, double = faults
    good = [_line(cells) for cells in lines]
    bad = [_break(draw.choice(lines), kind=draw.randrange(len(_FAULTS)), now=now) for _ in range(broken)]
    again = [draw.choice(good) for _ in range(double)]
    body = [*good, *bad, *again]
    draw.shuffle(body)
    return b"".join([_line(header), *body])


def _line(cells: Sequence[str]) -> bytes:
    return (",".join(f'"{cell}"' for cell in cells) + "\n").encode()


def _break(cells: tuple[str, ...], *, kind: int, now: datetime) -> bytes:
    return _FAULTS[kind](cells, now)


def _with(place: int, value: str) -> Callable[[tuple[str, ...], datetime], bytes]:
    return lambda cells, _: _line((*cells[:place], value, *cells[place + 1 :]))


_TIME, _IP, _PORT = _COLUMNS.index("timestamp"), _COLUMNS.index("ip"), _COLUMNS.index("port")
# Ways in which rows of real feeds are broken.
_FAULTS: tuple[Callable[[tuple[str, ...], datetime], bytes], ...] = (
    _with(_IP, "192.168.1.10"),
    _with(_IP, "10.20.30.40"),
    _with(_IP, "127.0.0.1"),
    _with(_IP, "224.0.0.251"),
    _with(_IP, "fe80::1"),
    _with(_IP, "198.18.300.7"),
    _with(_IP, "n/a"),
    _with(_TIME, "23/11/26 04:05"),
    _with(_TIME, ""),
    lambda cells, now: _line((f"{now + timedelta(days=3):%Y-%m-%d %H:%M:%S}", *cells[1:])),
    _with(_PORT, "70000"),
    lambda cells, _: _line(cells[:-3]),
    lambda cells, _: _line(cells).replace(b'"NL"', b'"N\x00L"'),
    lambda cells, _: _line(cells).replace(b'"NL"', b'"Espa\xf1a"'),
)
