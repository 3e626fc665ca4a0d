import json

import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person

from misthoorn.common import clock
from misthoorn.constituency.models import Contact, Mandate


@pytest.fixture(autouse=True)
def _bakery(make_bakery, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_bakery()
    person(ANALYST, second_factor=False)


def test_the_ladder_is_shown_with_every_rung_and_its_reason(misthoorn):
    lines = misthoorn("contacts", "show", "30000001").out.splitlines()

    assert lines[0] == "Bakkerij De Korenaar, by ladder-2:"
    assert lines[1].split()[:2] == ["own-confirmed", "taken"]
    assert BAKERY.address in lines[1]
    assert lines[-1].split() == ["letter", "nobody"]
    told = json.loads(misthoorn("contacts", "show", "30000001", "--json").out)
    assert told[0]["rule"] == "ladder-2"
    assert told[0]["confirmed_at"].startswith("2026-09-30T22:00")


def test_a_contact_is_found_and_confirmed(misthoorn):
    said = misthoorn("contacts", "add", "30000001", "info@korenaar.example", "--found", "its site", "--by", "aisha")
    pk = Contact.objects.get(address="info@korenaar.example").pk
    assert said.out.startswith(f"Kept as contact {pk}.")

    assert misthoorn("contacts", "confirm", pk, "--by", "aisha").out == f"Contact {pk} is confirmed.\n"
    assert Contact.objects.get(pk=pk).confirmed_at == NOW


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "1"), "There is no organisation"),
        (("add", "30000001", "nobody", "--found", "x", "--by", "aisha"), "not a mail address"),
        (("add", "30000001", "a@b.example", "--found", "x", "--by", "eve"), "'eve' can't decide"),
        (("confirm", "0", "--by", "aisha"), "There is no contact 0"),
        (("withdraw", "0", "--by", "aisha"), "There is no mandate 0"),
        (("mandate", "30000001", "30000001", "--granted-by", "x", "--by", "aisha"), "for itself"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(misthoorn, arguments, says):
    said = misthoorn("contacts", *arguments)

    assert (said.code, said.out) == (1, "")
    assert says in said.error


def test_a_mandate_is_recorded_listed_and_withdrawn(misthoorn):
    organisation(BROKER)
    assert misthoorn("contacts", "mandates", "30000001").out.startswith("No mandates.")
    said = misthoorn(
        *("contacts", "mandate", "30000001", "30000002", "--granted-by", "de bakker", "--until", "2027-01-01"),
        *("--reply", "--by", "aisha"),
    )
    pk = Mandate.objects.get().pk
    assert said.out.startswith(f"Mandate {pk} holds.")
    assert misthoorn("contacts", "mandates", "30000002").out == (
        f"{pk:>5}  Harbour Brokers (30000002) for Bakkerij De Korenaar (30000001): receive, reply; all assets; "
        "from 2026-11-24 until 2027-01-01; granted by de bakker\n"
    )

    assert misthoorn("contacts", "withdraw", pk, "--by", "aisha").out == f"Mandate {pk} is withdrawn.\n"
    assert misthoorn("contacts", "withdraw", pk, "--by", "aisha").out == f"Mandate {pk} was withdrawn already.\n"
    assert misthoorn("contacts", "mandates", "30000001").out.endswith("mandate withdrawn\n")


def test_look_ups_are_queued_for_workers_and_counted(misthoorn):
    assert misthoorn("contacts", "look-ups").out.startswith("No look-ups.")
    assert misthoorn("contacts", "look-up").code == 2

    assert misthoorn("contacts", "look-up", "--all").out.startswith("0 look-ups queued")
    assert misthoorn("contacts", "look-up", "30000001", "--kind", "soa").out.startswith("1 look-up queued")
    assert json.loads(misthoorn("contacts", "look-ups", "--json").out) == {"soa": {"": 1}}
    assert misthoorn("contacts", "look-ups").out.split() == ["soa", "not", "asked", "yet", "1"]


def test_answers_are_taken_from_a_folder(misthoorn, write, tmp_path):
    (tmp_path / "soa").mkdir()
    write("soa/korenaar.example", "hostmaster.dns.example.")

    said = misthoorn("contacts", "look-up", "30000001", "--answers", tmp_path, "--kind", "soa")

    assert said.out == "found: 1\n"
    assert Contact.objects.get(role="technical").address == "hostmaster@dns.example"


def test_files_of_ripe_are_taken_in(misthoorn, write):
    path = write(
        "ripe.db",
        "inetnum: 192.0.2.0 - 192.0.2.255\nabuse-c: A-RIPE\n\n"
        "role: x\nnic-hdl: A-RIPE\nabuse-mailbox: abuse@isp.example\n",
    )

    assert misthoorn("contacts", "ripe", path, "--complete").out == (
        "2 objects read, 0 refused; 1 desks for our assets: 1 new contacts, 0 used no more.\n"
    )
    assert "can't be read to its end" in misthoorn("contacts", "ripe", write("x.gz", b"\x1f\x8bno")).error
