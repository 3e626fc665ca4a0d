"""What can be seen from outside in the invented country, on which of the two days. Pure and seeded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from random import Random
from typing import Any

from misthoorn.cli.demo.addresses import CAMPUS, FIRST_ASN, Provider, hosts
from misthoorn.cli.demo.country import SHOWN, Country, Organisation
from misthoorn.cli.demo.population import read_data
from misthoorn.cli.demo.randomness import Weighted, chance

BOTH, FIRST, SECOND = frozenset({1, 2}), frozenset({1}), frozenset({2})
CAMPUS_HOSTS = 500
_HOSTS = {"1": (1, 1), "2-9": (1, 2), "10-49": (1, 4), "50-249": (2, 8), "250+": (3, 16)}
_NEW = 0.1
_LISTED = {"exposed-git": 0.02, "vulnerable-exchange": 0.012, "malware-infection": 0.014, "compromised-website": 0.005}


@dataclass(frozen=True, slots=True)
class Exposure:
    """One system that is seen. `what` is the type of report, or the identifier on a list."""

    what: str
    address: str
    hostname: str
    asn: int
    days: frozenset[int]


def reports() -> dict[str, dict[str, Any]]:
    """The types of report that come every day, by type."""
    return {one["kind"]: one for one in read_data("reports.yaml")}


def exposures(country: Country) -> Iterator[Exposure]:
    """Everything that the daily reports see of organisations, of providers and of the campus."""
    yield Exposure("scan_rdp", "192.0.2.7", f"kassa.{SHOWN.domains[0]}", FIRST_ASN, FIRST)
    yield from _campus()
    draw, pick = chance("exposures"), _Pick()
    for one in country.organisations:
        if one.asn or one is SHOWN or CAMPUS in one.networks:
            continue
        if one.networks and draw.random() < 0.3:  # noqa: PLR2004  a share
            yield from _of_organisation(one, country.providers[one.provider].asn, draw, pick)
    for provider in country.providers:
        yield from _of_provider(provider, len(country.organisations), draw, pick)


class _Pick:
    """Draws a type of report; for IPv6 only those that are made for it."""

    def __init__(self) -> None:
        kinds = reports()
        self._all = Weighted({kind: facts["share"] for kind, facts in kinds.items()})
        self._six = Weighted({kind: facts["share"] for kind, facts in kinds.items() if facts.get("six")})

    def __call__(self, draw: Random, *, six: bool) -> str:
        return (self._six if six else self._all).draw(draw)


def _campus() -> Iterator[Exposure]:
    """500 printers in one network; by the second day 70 of them are behind the firewall."""
    for number, address in enumerate(hosts(CAMPUS, chance("campus"))):
        if number == CAMPUS_HOSTS:
            return
        days = FIRST if number < 70 else BOTH  # noqa: PLR2004
        yield Exposure("scan_ipp", address, "", FIRST_ASN, days)


def _of_organisation(one: Organisation, asn: int, draw: Random, pick: _Pick) -> Iterator[Exposure]:
    """Some machines of an organisation; on most of them the same service is open, as it was set up by one person."""
    network = draw.choice(one.networks)
    six = not isinstance(network, IPv4Network)
    favourite = pick(draw, six=six)
    addresses = hosts(network, draw)
    for number, address in enumerate(addresses):
        if number >= draw.randint(*_HOSTS[one.size]):
            return
        what = favourite if draw.random() < 0.7 else pick(draw, six=six)  # noqa: PLR2004  a share
        named = draw.random() < 0.4  # noqa: PLR2004  the same
        hostname = f"{draw.choice(('vpn', 'mail', 'files', 'kantoor'))}{number or ''}.{one.domains[0]}" if named else ""
        yield Exposure(what, address, hostname, asn, _days(draw, repairs=one.repairs))


def _days(draw: Random, *, repairs: bool) -> frozenset[int]:
    fate = draw.random()
    if fate < _NEW:
        return SECOND
    return FIRST if fate < _NEW + (0.6 if repairs else 0.06) else BOTH


def _of_provider(provider: Provider, organisations: int, draw: Random, pick: _Pick) -> Iterator[Exposure]:
    """Machines of customers that nobody knows by name: only the provider is known."""
    places = {provider.own_address(draw) for _ in range(min(60 + organisations // 40, 800))}
    for address in sorted(places):
        yield Exposure(pick(draw, six=False), address, "", provider.asn, _days(draw, repairs=False))


def listed(country: Country) -> Iterator[Exposure]:
    """What other sources name: by host name alone, by address alone, or by both. All still so on the second day."""
    draw = chance("listed")
    names: dict[str, Callable[[Organisation], tuple[str, str]]] = {
        "exposed-git": lambda one: ("", f"www.{one.domains[0]}"),
        "vulnerable-exchange": lambda one: (_an_address(one, draw), f"mail.{one.domains[0]}"),
        "malware-infection": lambda one: (_an_address(one, draw), ""),
        "compromised-website": lambda one: ("", f"www.{one.domains[0]}"),
    }
    for one in country.organisations:
        for what, place in names.items():
            if draw.random() < _LISTED[what] and one.networks and not one.asn and one is not SHOWN:
                days = BOTH if draw.random() < 0.6 else FIRST  # noqa: PLR2004  a share
                yield Exposure(what, *place(one), country.providers[one.provider].asn, days)


def _an_address(one: Organisation, draw: Random) -> str:
    return next(hosts(one.networks[0], draw))
