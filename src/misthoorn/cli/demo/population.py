"""Settles the invented country: draws organisations from words.yaml and products.yaml. Pure and seeded."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from random import Random
from typing import Any

import yaml

from misthoorn.cli.demo.addresses import MOST_PROVIDERS, Provider, make_providers
from misthoorn.cli.demo.country import FIXED, Contact, Country, Network, Organisation, Product
from misthoorn.cli.demo.names import Names, domain_of
from misthoorn.cli.demo.randomness import Weighted, chance

# Mail to this name at any domain is refused by the demo's own mail server: the person left.
LEFT = "vertrokken"
IT_SUPPLIERS = ("kantoornet", "de-it-man", "blauwdraad", "schakelpunt", "beheerbaas")
FIRST_PROVIDER = f"{len(FIXED) + 1:08d}"
_KINDS = {"general": 914, "vital": 14, "municipality": 22, "digital_service_provider": 20, "unknown": 30}
_PREFIXES = {"1": 32, "2-9": 30, "10-49": 29, "50-249": 28, "250+": 26}
_ORGANISATIONS_A_PROVIDER = 250


@cache
def read_data(name: str) -> Any:  # noqa: ANN401  as YAML gives it
    """A data file of this package."""
    return yaml.safe_load(resources.files("misthoorn.cli.demo").joinpath(name).read_text(encoding="utf-8"))


def settle(count: int) -> Country:
    """A country with so many organisations, providers and the fixed ones among them; at least 20."""
    providers = make_providers(max(3, min(MOST_PROVIDERS, count // _ORGANISATIONS_A_PROVIDER)))
    settler = _Settler(providers)
    organisations = [*FIXED, *(settler.provider(one) for one in providers)]
    organisations += [settler.organisation(number) for number in range(len(organisations) + 1, count + 1)]
    return Country(tuple(organisations), tuple(providers))


class _Settler:
    """Draws one organisation after another; what is given out (names, addresses) is given once."""

    def __init__(self, providers: list[Provider]) -> None:
        words = read_data("words.yaml")
        sectors = words["sectors"]
        self._draw = chance("organisations")
        self._names = Names(words, chance("names"), taken=[one.name for one in FIXED])
        self._trades = {sector: facts["trades"] for sector, facts in sectors.items()}
        self._vital, self._provides = words["vital"], words["providers"]
        self._sectors = Weighted({sector: facts["weight"] for sector, facts in sectors.items()})
        self._sizes = Weighted(words["sizes"])
        self._provinces = Weighted(words["provinces"])
        self._kinds = Weighted(_KINDS)
        self._providers = providers
        self._shelf = _Shelf(chance("products"))

    def provider(self, one: Provider) -> Organisation:
        """An internet provider: every other one is a digital service provider, which is another team's to warn."""
        name = self._names.of_place(self._provides[one.index % len(self._provides)])
        domain = domain_of(name)
        return Organisation(
            number=f"{len(FIXED) + 1 + one.index:08d}",
            name=name,
            kind="digital_service_provider" if one.index % 2 else "general",
            sector="ict",
            size="50-249",
            province=self._provinces.draw(self._draw),
            registered=one.index % 3 == 0,
            domains=(domain,),
            networks=(*one.networks, one.network_6),
            asn=one.asn,
            contacts=(Contact("abuse", f"abuse@{domain}", "en" if one.index % 4 == 2 else "nl", "register", 80),),  # noqa: PLR2004
            provider=one.index,
        )

    def organisation(self, number: int) -> Organisation:
        draw = self._draw
        kind = self._kinds.draw(draw)
        sector = self._sectors.draw(draw) if kind in {"general", "unknown"} else _sector_of(kind)
        size = self._sizes.draw(draw) if kind in {"general", "unknown"} else draw.choice(("50-249", "250+"))
        name = self._name(kind, sector)
        registered = kind == "general" and draw.random() < 0.4  # noqa: PLR2004  shares, here and below
        domain = domain_of(name)
        provider = draw.choice(self._providers)
        return Organisation(
            number=f"{number:08d}",
            name=f"{name} B.V." if kind == "general" and size != "1" and draw.random() < 0.3 else name,  # noqa: PLR2004
            kind=kind,
            sector=sector,
            size=size,
            province=self._provinces.draw(draw),
            registered=registered,
            domains=(domain, f"mijn-{domain}") if draw.random() < 0.15 else (domain,),  # noqa: PLR2004
            networks=tuple(self._networks(provider, size)),
            products=tuple(self._shelf.take(domain, draw.randint(9, 15) if registered else draw.randint(1, 4))),
            contacts=tuple(_contacts(domain, registered=registered, size=size, draw=draw)),
            provider=provider.index,
            repairs=draw.random() < (0.6 if registered else 0.35),
        )

    def _name(self, kind: str, sector: str) -> str:
        if kind == "municipality":
            return self._names.of_place("Gemeente")
        if kind == "vital":
            return self._names.of_place(self._draw.choice(self._vital))
        return self._names.of_trade(self._trades[sector])

    def _networks(self, provider: Provider, size: str) -> Iterator[Network]:
        if self._draw.random() < (0.6 if size == "1" else 0.9) and (network := provider.give(_PREFIXES[size])):
            yield network
        if self._draw.random() < 0.25 and (network_6 := provider.give_6()):  # noqa: PLR2004
            yield network_6


def _sector_of(kind: str) -> str:
    return "ict" if kind == "digital_service_provider" else "other"


def _contacts(domain: str, *, registered: bool, size: str, draw: Random) -> Iterator[Contact]:
    language = "en" if draw.random() < 0.12 else "nl"  # noqa: PLR2004  shares, here and below
    supplier = f"helpdesk@{draw.choice(IT_SUPPLIERS)}.example"
    fate = draw.random()
    if not registered and fate < 0.09:  # noqa: PLR2004
        return
    if fate > 0.96:  # noqa: PLR2004
        yield Contact("it_provider", supplier, language, "registered" if registered else "website", 70, registered)
        return
    if fate > 0.94:  # noqa: PLR2004
        yield Contact("general", f"{LEFT}@{domain}", language, "register", 40)
        return
    if registered:
        yield Contact("owner", f"info@{domain}", language, "registered", 90, confirmed=True)
    else:
        yield Contact("general", f"info@{domain}", language, "website", 50)
    if size in {"50-249", "250+"}:
        yield Contact("security", f"security@{domain}", language, "registered" if registered else "security.txt", 80)
    if draw.random() < 0.15:  # noqa: PLR2004
        yield Contact("it_provider", supplier, language, "register", 60)


class _Shelf:
    """The products that there are."""

    def __init__(self, draw: Random) -> None:
        catalogue: list[Mapping[str, Any]] = read_data("products.yaml")
        self._draw = draw
        self._shares = [(one["value"], one["share"]) for one in catalogue]
        self._versions = {one["value"]: Weighted(one["versions"]) for one in catalogue}

    def take(self, domain: str, count: int) -> Iterator[Product]:
        """So many different products, the ones with a large share more often; a third has the name of its machine."""
        draw = self._draw
        ranked = sorted((draw.random() ** (1 / share), value) for value, share in self._shares)
        for _, value in ranked[-count:]:
            label = f"srv{draw.randint(1, 9)}.{domain}" if draw.random() < 0.33 else ""  # noqa: PLR2004
            yield Product(value, self._versions[value].draw(draw), label)


def updated(country: Country) -> Iterator[tuple[Organisation, Product]]:
    """Who updates what between the two days: registered ones who act on warnings, to the newest version there is."""
    draw = chance("updates")
    newest = {
        one["value"]: [version for version in one["versions"] if version][-1] for one in read_data("products.yaml")
    }
    newest |= {
        one["value"]: list(one["versions"])[-2] for one in read_data("products.yaml") if not newest[one["value"]]
    }
    for one in country.organisations:
        if not (one.registered and one.repairs):
            continue
        for product in one.products:
            if product.version != newest[product.value] and draw.random() < 0.5:  # noqa: PLR2004
                yield one, Product(product.value, newest[product.value], product.label)
