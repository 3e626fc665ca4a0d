"""The invented country: organisations, what they have and how to reach them. Pure: the same seed, the same country."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from misthoorn.cli.demo.addresses import CAMPUS, Provider

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Product:
    value: str
    version: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """`confirmed`: the organisation itself gave or confirmed the address."""

    role: str
    address: str
    language: str
    provenance: str
    confidence: int
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`provider`: index of its internet provider, whose AS number its addresses have; `repairs`: acts on warnings."""

    number: str
    name: str
    kind: str
    sector: str
    size: str
    province: str
    registered: bool
    domains: tuple[str, ...]
    networks: tuple[Network, ...] = ()
    asn: int = 0
    products: tuple[Product, ...] = ()
    contacts: tuple[Contact, ...] = ()
    provider: int = 0
    repairs: bool = False


@dataclass(frozen=True, slots=True)
class Country:
    organisations: tuple[Organisation, ...]
    providers: tuple[Provider, ...]


SHOWN = Organisation(  # the one whose mail the report shows
    number="00000001",
    name="Bakkerij De Gouden Korst",
    kind="general",
    sector="trade",
    size="10-49",
    province="Utrecht",
    registered=True,
    domains=("bakkerij-de-gouden-korst.example",),
    networks=(ip_network("192.0.2.0/28"),),
    products=(
        Product("cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", "2.14.1", "kassa.bakkerij-de-gouden-korst.example"),
        Product("RARLAB WinRAR", "6.23"),
        Product("Mozilla Firefox", "127.0"),
    ),
    contacts=(Contact("owner", "info@bakkerij-de-gouden-korst.example", "nl", "registered", 90, confirmed=True),),
    repairs=True,
)
FIXED = (
    SHOWN,
    Organisation(
        number="00000002",
        name="Hogeschool De Overkant",
        kind="general",
        sector="education",
        size="250+",
        province="Gelderland",
        registered=True,
        domains=("hogeschool-de-overkant.example",),
        networks=(CAMPUS,),
        products=(Product("cpe:2.3:a:openbsd:openssh:*:*:*:*:*:*:*:*", "9.6p1", "ssh.hogeschool-de-overkant.example"),),
        contacts=(
            Contact("security", "veilig@hogeschool-de-overkant.example", "nl", "registered", 95, confirmed=True),
            Contact("it_provider", "beheer@kantoornet.example", "nl", "registered", 80, confirmed=True),
        ),
        repairs=True,
    ),
    Organisation(
        number="00000003",
        name="Harbour & Tide Forwarding",
        kind="general",
        sector="transport",
        size="50-249",
        province="Zuid-Holland",
        registered=True,
        domains=("harbour-and-tide.example",),
        networks=(ip_network("198.51.100.0/26"), ip_network("2001:db8:51::/48")),
        products=(
            Product("cpe:2.3:a:progress:moveit_transfer:*:*:*:*:*:*:*:*", "2023.0.0", "files.harbour-and-tide.example"),
        ),
        contacts=(Contact("owner", "office@harbour-and-tide.example", "en", "registered", 90, confirmed=True),),
        repairs=True,
    ),
    Organisation(
        number="00000004",
        name="Waterbedrijf De Lage Landen",
        kind="vital",
        sector="other",
        size="250+",
        province="Zeeland",
        registered=True,
        domains=("waterbedrijf-de-lage-landen.example",),
        networks=(ip_network("203.0.113.0/25"),),
        contacts=(Contact("security", "soc@waterbedrijf-de-lage-landen.example", "nl", "registered", 95),),
    ),
    Organisation(
        number="00000005",
        name="Gemeente Wolfdrecht",
        kind="municipality",
        sector="other",
        size="250+",
        province="Overijssel",
        registered=False,
        domains=("gemeente-wolfdrecht.example",),
        networks=(ip_network("203.0.113.128/26"),),
        contacts=(Contact("general", "info@gemeente-wolfdrecht.example", "nl", "website", 60),),
    ),
    Organisation(  # its only mailbox is nobody's any more (mailbox.LEFT)
        number="00000006",
        name="Drukkerij De Vergulde Spiegel",
        kind="general",
        sector="media",
        size="2-9",
        province="Limburg",
        registered=False,
        domains=("drukkerij-de-vergulde-spiegel.example",),
        products=(Product("cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", "2.14.1"),),
        contacts=(Contact("general", "vertrokken@drukkerij-de-vergulde-spiegel.example", "nl", "register", 40),),
    ),
)  # fmt: skip


def tables(country: Country, *, confirmed_on: str) -> dict[str, bytes]:
    """The country as the three CSV files that an operator hands in; `confirmed_on` is a date as 2026-11-24."""
    some = country.organisations
    return {
        "organisations.csv": _csv(_ORGANISATIONS, (_organisation(one) for one in some)),
        "assets.csv": _csv(_ASSETS, (row for one in some for row in _assets(one))),
        "contacts.csv": _csv(_CONTACTS, (row for one in some for row in _contacts(one, confirmed_on))),
    }


_ORGANISATIONS = ("register_number", "name", "kind", "sector", "size", "province", "registered")
_ASSETS = ("register_number", "kind", "value", "version", "label", "provenance")
_CONTACTS = ("register_number", "role", "address", "language", "provenance", "confidence", "confirmed_at")


def product_rows(rows: Iterable[tuple[Organisation, Product]]) -> bytes:
    """A table of assets with these products alone, as an organisation hands in after an update."""
    return _csv(_ASSETS, (_product(one, product) for one, product in rows))


def _organisation(one: Organisation) -> tuple[str, ...]:
    return (one.number, one.name, one.kind, one.sector, one.size, one.province, "yes" if one.registered else "no")


def _assets(one: Organisation) -> Iterator[tuple[str, ...]]:
    provenance = "registered" if one.registered else "register"
    for network in one.networks:
        yield (one.number, "network", str(network), "", "", provenance)
    if one.asn:
        yield (one.number, "asn", f"AS{one.asn}", "", "", provenance)
    for domain in one.domains:
        yield (one.number, "domain", domain, "", "", provenance)
    for product in one.products:
        yield _product(one, product)


def _product(one: Organisation, product: Product) -> tuple[str, ...]:
    provenance = "registered" if one.registered else "found"
    return (one.number, "product", product.value, product.version, product.label, provenance)


def _contacts(one: Organisation, confirmed_on: str) -> Iterator[tuple[str, ...]]:
    for contact in one.contacts:
        confirmed = confirmed_on if contact.confirmed else ""
        facts = (contact.role, contact.address, contact.language, contact.provenance, str(contact.confidence))
        yield (one.number, *facts, confirmed)


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
