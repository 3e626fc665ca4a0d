"""The files of RIPE's database, one kind of object each: whose desk hears of abuse in which range. Pure, in one pass.

ftp.ripe.net/ripe/dbase/split: ripe.db.{inetnum,inet6num,aut-num,organisation,role}.gz. A country's registrations are
millions of objects; only ranges that meet the networks in question are kept.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TextIO

from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.matching.keys.networks import Network, NetworkError, parse_network

LONGEST_LINE = 4_096
MOST_LINES = 5_000  # of one object; what is beyond is not read
MOST_INSIDE = 256  # ranges inside one network of ours that get a contact of their own
_WANTED = frozenset(
    (
        *("inetnum", "inet6num", "aut-num", "organisation", "role", "abuse-c", "abuse-mailbox", "org", "nic-hdl"),
        *("org-name", "country", "status"),
    )
)
_KINDS = frozenset(("inetnum", "inet6num", "aut-num", "organisation", "role"))

type Object = dict[str, str]
"""The first value of each attribute that we read; `class` is the name of the first attribute of all."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The mailbox for abuse in a place: a network of ours, a range inside it, or an AS number.

    `range`: as it stands in the register.
    """

    asked: str
    place: str
    address: str
    range: str


@dataclass(frozen=True, slots=True)
class _Range:
    network: Network
    written: str
    abuse: str
    org: str


@dataclass(slots=True)
class Register:
    """What the files said so far about these networks and AS numbers (as assets are written). Any order of files."""

    networks: Sequence[str]
    numbers: frozenset[str] = frozenset()
    objects: int = 0
    refused: int = 0
    _ours: dict[int, list[tuple[Network, str]]] = field(default_factory=dict)
    _firsts: dict[int, list[int]] = field(default_factory=dict)
    _lasts: dict[int, list[int]] = field(default_factory=dict)
    _ranges: dict[int, list[_Range]] = field(default_factory=dict)
    _systems: dict[str, tuple[str, str]] = field(default_factory=dict)
    _mailboxes: dict[str, str] = field(default_factory=dict)
    _handles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for version in (4, 6):
            parsed = [(parse_network(text), text) for text in self.networks if (":" in text) is (version == 6)]  # noqa: PLR2004
            self._ours[version] = sorted(parsed)
            self._firsts[version] = [network.first for network, _ in self._ours[version]]
            self._lasts[version] = list(accumulate((network.last for network, _ in self._ours[version]), max))
            self._ranges[version] = []

    def read(self, stream: TextIO) -> None:
        """Take in one file."""
        for one in objects(stream):
            self.objects += 1
            try:
                self._take(one)
            except (NetworkError, AddressError):
                self.refused += 1

    def _take(self, one: Object) -> None:
        match one["class"]:
            case "role":
                if "nic-hdl" in one and "abuse-mailbox" in one:
                    self._mailboxes[one["nic-hdl"].upper()] = mail_address(one["abuse-mailbox"])
            case "organisation":
                if "abuse-c" in one:
                    self._handles[one["organisation"].upper()] = one["abuse-c"].upper()
            case "aut-num":
                if one["aut-num"].upper() in self.numbers:
                    self._systems[one["aut-num"].upper()] = _named(one)
            case _:
                written = one.get("inetnum") or one["inet6num"]
                network = parse_network(written)
                if self._meets(network):
                    self._ranges[network.version].append(_Range(network, " ".join(written.split()), *_named(one)))

    def _meets(self, network: Network) -> bool:
        """Whether some network of ours has an address of it."""
        before = bisect_right(self._firsts[network.version], network.last)
        return before > 0 and self._lasts[network.version][before - 1] >= network.first

    def _mailbox(self, abuse: str, org: str) -> str:
        """A range's own contact goes before that of its organisation."""
        return self._mailboxes.get(abuse, "") or self._mailboxes.get(self._handles.get(org, ""), "")

    def desks(self) -> Iterator[Desk]:
        """For each network the desk of the narrowest range around it that has one, and those of ranges inside it."""
        for version, ours in self._ours.items():
            ranges = sorted(self._ranges[version], key=lambda one: (one.network.first, -one.network.last))
            begins = [one.network.first for one in ranges]
            around: list[_Range] = []
            position = 0
            for network, text in ours:
                while position < len(ranges) and ranges[position].network.first <= network.first:
                    around.append(ranges[position])
                    position += 1
                around = [one for one in around if one.network.last >= network.first]
                yield from self._around(network, text, around)
                yield from self._inside(network, text, ranges, begins)
        for number, named in sorted(self._systems.items()):
            if address := self._mailbox(*named):
                yield Desk(number, number, address, number)

    def _around(self, network: Network, text: str, around: Iterable[_Range]) -> Iterator[Desk]:
        covering = [one for one in around if one.network.first <= network.first and one.network.last >= network.last]
        for one in sorted(covering, key=lambda one: one.network.size):
            if address := self._mailbox(one.abuse, one.org):
                yield Desk(text, text, address, one.written)
                return

    def _inside(self, network: Network, text: str, ranges: Sequence[_Range], begins: Sequence[int]) -> Iterator[Desk]:
        told = 0
        for one in ranges[bisect_right(begins, network.first - 1) : bisect_right(begins, network.last)]:
            inside = one.network.last <= network.last and one.network.size < network.size
            if inside and told < MOST_INSIDE and (address := self._mailbox(one.abuse, one.org)):
                told += 1
                yield Desk(text, str(one.network), address, one.written)


def _named(one: Object) -> tuple[str, str]:
    return one.get("abuse-c", "").upper(), one.get("org", "").upper()


def objects(stream: TextIO) -> Iterator[Object]:
    """The objects of a file that we read something of, one at a time, whatever their length."""
    found: Object = {}
    lines = 0
    for line in _lines(stream):
        if not line.strip():
            if found.get("class") in _KINDS:
                yield found
            found, lines = {}, 0
            continue
        lines += 1
        name, colon, value = line.partition(":")
        name = name.lower()
        if lines > MOST_LINES or not colon or name[:1] in "#% \t+":
            continue
        found.setdefault("class", name)
        if name in _WANTED:
            found.setdefault(name, value.partition("#")[0].strip())
    if found.get("class") in _KINDS:
        yield found


def _lines(stream: TextIO) -> Iterator[str]:
    """Lines; of one that is too long, its beginning."""
    while line := stream.readline(LONGEST_LINE):
        yield line
        while len(line) == LONGEST_LINE and not line.endswith("\n"):
            line = stream.readline(LONGEST_LINE)
