"""One cast in all tests: the same people and organisations, each with one part to play.

`person(ANALYST)` makes the account, `organisation(BAKERY)` takes the organisation in as an operator would, and
`sign_in(client, ANALYST)` puts somebody behind the desk. Nothing is made that a test did not ask for.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

from misthoorn.accounts.models import Person
from misthoorn.accounts.services import create_person, give_second_factor
from misthoorn.constituency.imports import read_table
from misthoorn.constituency.models import Organisation
from misthoorn.constituency.services import import_table

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PASSWORD = "paard-batterij-nietje"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of the second factor; base32


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody who signs in."""

    username: str
    name: str
    role: str


ANALYST = Part("aisha", "Aisha Demir", "analyst")  # looks at campaigns and approves them
COLLEAGUE = Part("bram", "Bram de Wit", "analyst")  # the second person where one is needed
ADMINISTRATOR = Part("carla", "Carla Vos", "administrator")  # makes accounts
STRANGER = Part("dirk", "Dirk Smit", "none")  # can sign in, and has no business at the desk


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation as it stands in an operator's tables; assets are (kind, value, version)."""

    register_number: str
    name: str
    kind: str
    assets: tuple[tuple[str, str, str], ...]
    address: str
    language: str = "nl"
    sector: str = "trade"
    size: str = "10-49"


BAKERY = Company(  # ours to warn, in Dutch
    "30000001",
    "Bakkerij De Korenaar",
    "general",
    (
        ("network", "192.0.2.0/28", ""),
        ("domain", "korenaar.example", ""),
        ("product", "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", "2.14.1"),
    ),
    "beheer@korenaar.example",
)
BROKER = Company(  # ours to warn, in English
    "30000002",
    "Harbour Brokers",
    "general",
    (("network", "198.51.100.0/24", ""), ("domain", "harbour.example", "")),
    "it@harbour.example",
    language="en",
    sector="transport",
)
WATERWORKS = Company(  # vital: another team warns it
    "30000003",
    "Waterbedrijf Delta",
    "vital",
    (("network", "203.0.113.0/25", ""),),
    "soc@delta.example",
    sector="other",
    size="250+",
)
CLUB = Company(  # of a kind that nobody has decided on
    "30000004",
    "Vereniging Zonder Soort",
    "unknown",
    (("network", "203.0.113.128/25", ""),),
    "bestuur@zondersoort.example",
    sector="other",
    size="1",
)


def person(part: Part, *, second_factor: bool = True) -> int:
    """The account of this part, made when it is not there yet; its id."""
    found = Person.objects.filter(username=part.username).first()
    pk = found.pk if found else create_person(**_account(part), at=NOW)
    if second_factor:
        give_second_factor(username=part.username, secret=SECRET)
    return pk


def _account(part: Part) -> dict[str, str]:
    return {"username": part.username, "name": part.name, "password": PASSWORD, "role": part.role}


def sign_in(client, part: Part, *, second_factor: bool = True) -> int:
    """Put this part behind the desk with Django's test client, without walking through the forms; the person's id."""
    pk = person(part, second_factor=second_factor)
    client.force_login(Person.objects.get(pk=pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    return pk


def tables(*companies: Company) -> dict[str, str]:
    """The three tables of these organisations as CSV, as an operator hands them in."""
    organisations = ["register_number,name,kind,sector,size,province,registered"]
    assets = ["register_number,kind,value,version"]
    contacts = ["register_number,role,address,language,confirmed_at"]
    for one in companies:
        number = one.register_number
        organisations.append(f"{number},{one.name},{one.kind},{one.sector},{one.size},Utrecht,yes")
        assets += [f"{number},{kind},{value},{version}" for kind, value, version in one.assets]
        contacts.append(f"{number},security,{one.address},{one.language},2026-10-01")
    rows = {"organisations": organisations, "assets": assets, "contacts": contacts}
    return {name: "\n".join([*lines, ""]) for name, lines in rows.items()}


def organisation(company: Company) -> int:
    """This organisation with its assets and its contact, taken in through the import; its id."""
    for name, text in tables(company).items():
        result = import_table(read_table(io.StringIO(text)), at=NOW)
        assert not result.failed, f"the cast's own {name} do not go in: {result.failed}"
    return Organisation.objects.get(register_number=company.register_number).pk
