"""Owners of networks from RIPE's files: what is seen in a network of nobody that is known reaches them."""

import gzip
import json
from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, NOW, organisation, person
from deliveries import deliver, events, seen, source

from misthoorn.common import clock
from misthoorn.constituency.models import Asset, Contact, Organisation
from misthoorn.notification.models import Message
from misthoorn.triage import services
from misthoorn.triage.models import Campaign
from misthoorn.triage.services.bundles import make_bundle

BOOK = """
role: Abuse desk
nic-hdl: AR1-RIPE
abuse-mailbox: abuse@kabelnet.example

role: Second desk
nic-hdl: AR2-RIPE
abuse-mailbox: abuse@glas.example

organisation: ORG-KN1-RIPE
org-name: Kabelnet Utrecht
country: NL
abuse-c: AR1-RIPE

organisation: ORG-DE1-RIPE
org-name: Anderswo GmbH
country: DE
abuse-c: AR1-RIPE

organisation: ORG-NO1-RIPE
org-name: Without a desk
country: NL
"""
NETWORKS = """
inetnum: 192.0.2.0 - 192.0.2.255
country: NL
org: ORG-KN1-RIPE
status: ALLOCATED PA

inetnum: 192.0.2.64 - 192.0.2.95
country: NL
org: ORG-KN1-RIPE
status: ASSIGNED PA

inetnum: 198.51.100.0 - 198.51.100.255
country: NL
org: ORG-KN1-RIPE
abuse-c: AR2-RIPE
status: ALLOCATED PA

inetnum: 203.0.113.0 - 203.0.113.255
country: NL
org: ORG-NO1-RIPE
status: ALLOCATED PA

inet6num: 2001:db8::/32
country: DE
org: ORG-DE1-RIPE
status: ALLOCATED-BY-RIR

inetnum: nonsense
country: NL
org: ORG-KN1-RIPE
status: ALLOCATED PA

aut-num: AS64496
org: ORG-KN1-RIPE
"""


@pytest.fixture
def files(write):
    return write("book.db", BOOK), write("networks.gz", gzip.compress(NETWORKS.encode("latin-1")))


def owned():
    return list(Asset.objects.order_by("kind", "value").values_list("organisation__name", "value", "valid_to"))


def test_owners_are_taken_in_with_their_networks_and_desks(misthoorn, files):
    said = misthoorn("organisations", "owners", *files)

    assert said.code == 0, said.error
    assert said.out == (
        "12 objects read, 1 refused. 1 owner, 1 new; 3 networks and AS numbers: 3 new, 0 of others already, 0 ended; "
        "2 new contacts.\n"
    )
    made = Organisation.objects.get()
    assert (made.register_number, made.name, made.kind, made.network_owner, made.registered) == (
        "RIPE ORG-KN1-RIPE",
        "Kabelnet Utrecht",
        "general",
        True,
        False,
    )
    assert owned() == [
        ("Kabelnet Utrecht", "AS64496", None),
        ("Kabelnet Utrecht", "192.0.2.0/24", None),
        ("Kabelnet Utrecht", "198.51.100.0/24", None),
    ]
    assert set(Contact.objects.values_list("address", "place", "role", "language")) == {
        ("abuse@kabelnet.example", "", "abuse", "en"),
        ("abuse@glas.example", "198.51.100.0/24", "abuse", "en"),
    }


def test_a_dry_run_counts_and_keeps_nothing(misthoorn, files):
    said = misthoorn("organisations", "owners", *files, "--dry-run", "--json")

    told = json.loads(said.out)
    assert (told["owners"], told["added"], told["networks_added"], told["dry_run"]) == (1, 1, 3, True)
    assert not Organisation.objects.exists()


def test_doing_it_again_changes_nothing_and_what_people_said_stays(misthoorn, files):
    misthoorn("organisations", "owners", *files)
    Organisation.objects.update(kind="vital", network_owner=False)

    told = json.loads(misthoorn("organisations", "owners", *files, "--json").out)

    assert (told["added"], told["networks_added"], told["contacts_added"], told["ended"]) == (0, 0, 0, 0)
    assert Organisation.objects.get().kind == "vital"
    assert not Organisation.objects.get().network_owner


def test_what_another_organisation_has_already_stays_that_ones_alone(misthoorn, files):
    pk = organisation(BAKERY)
    Asset.objects.create(organisation_id=pk, kind="network", value="192.0.2.0/24", provenance="x", changed_at=NOW)

    told = json.loads(misthoorn("organisations", "owners", *files, "--json").out)

    assert (told["networks_added"], told["held"]) == (2, 1)
    assert Asset.objects.get(value="192.0.2.0/24").organisation_id == pk


def test_with_all_files_what_an_owner_no_longer_owns_ends(misthoorn, files, write):
    misthoorn("organisations", "owners", *files)
    fewer = write("fewer.db", NETWORKS.replace("inetnum: 198.51.100.0 - 198.51.100.255", "inetnum: 203.0.113.0/24"))

    assert json.loads(misthoorn("organisations", "owners", files[0], fewer, "--json").out)["ended"] == 0
    assert json.loads(misthoorn("organisations", "owners", files[0], fewer, "--json", "--complete").out)["ended"] == 1

    assert Asset.objects.get(value="198.51.100.0/24").valid_to is not None
    assert Asset.objects.get(value="192.0.2.0/24").valid_to is None


def test_another_country_can_be_asked_for(misthoorn, files):
    misthoorn("organisations", "owners", *files, "--country", "de")

    assert owned() == [("Anderswo GmbH", "2001:db8::/32", None)]


@pytest.mark.parametrize("kind", ["isp", ""])
def test_a_kind_that_is_none_is_wrong_use(misthoorn, files, kind):
    said = misthoorn("organisations", "owners", *files, "--kind", kind)

    assert said.code == 2
    assert "It takes one of" in said.error


def test_a_file_that_is_cut_off_changes_nothing(misthoorn, files, write):
    cut = write("cut.gz", gzip.compress(NETWORKS.encode())[:-20])

    said = misthoorn("organisations", "owners", files[0], cut)

    assert said.code == 1
    assert "Fetch it again" in said.error
    assert not Organisation.objects.exists()


def test_an_event_where_no_company_can_be_named_reaches_the_desk_of_the_network(misthoorn, files, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    misthoorn("organisations", "owners", *files)
    source()
    deliver(events(seen("192.0.2.99"), seen("198.51.100.7"), seen("203.0.113.5", asn="64496")))
    campaign = Campaign.objects.get().pk
    services.approve_campaign(campaign=campaign, person=person(ANALYST, second_factor=False), seen_reach=9, now=NOW)
    services.release_campaign(campaign=campaign, now=NOW)

    while make_bundle(now=NOW + timedelta(days=1)):
        pass

    told = {}
    for bundle in Message.objects.filter(notice__kind="bundle"):
        table = bundle.files.get(media_type__startswith="text/csv")
        told[bundle.address] = [row.split(",")[1] for row in bytes(table.content).decode().splitlines()[1:]]
    assert told == {
        "abuse@kabelnet.example": ["192.0.2.99", "203.0.113.5"],
        "abuse@glas.example": ["198.51.100.7"],
    }


# --- keys of feeds ---


def test_a_key_is_made_listed_and_revoked_from_the_command_line(misthoorn):
    organisation(BAKERY)
    person(ANALYST)
    number = BAKERY.register_number
    assert "No keys" in misthoorn("feeds", "list").out

    made = misthoorn("feeds", "key", number, "--by", ANALYST.username)
    listed = misthoorn("feeds", "list", number)

    assert made.out.startswith("mhf_")
    assert made.out.count("\n") == 1
    assert "not shown again" in made.error
    assert "never used" in listed.out
    assert made.out.strip() not in listed.out
    (key,) = json.loads(misthoorn("feeds", "list", "--json").out)
    assert "opens nothing any more" in misthoorn("feeds", "revoke", key["id"], "--by", ANALYST.username).out
    assert "was revoked already" in misthoorn("feeds", "revoke", key["id"], "--by", ANALYST.username).out
    assert "revoked 20" in misthoorn("feeds", "list", number).out


@pytest.mark.parametrize(
    "words", [("key", BAKERY.register_number, "--role", "owner"), ("revoke", "99"), ("key", "99999999")]
)
def test_what_can_not_be_done_with_a_key_is_said_in_a_sentence(misthoorn, words):
    organisation(BAKERY)
    person(ANALYST)

    said = misthoorn("feeds", *words, "--by", ANALYST.username)

    assert said.code == 1
    assert said.error.startswith("misthoorn: ")
    assert "Traceback" not in said.error
