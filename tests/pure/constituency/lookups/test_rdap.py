import json

import pytest

from misthoorn.constituency.lookups.rdap import LARGEST, read_rdap


def entity(*roles, mails=(), inside=()):
    card = [["version", {}, "text", "4.0"], *(["email", {}, "text", mail] for mail in mails)]
    return {"objectClassName": "entity", "handle": "H1", "roles": list(roles), "vcardArray": ["vcard", card],
            "entities": list(inside)}  # fmt: skip


def network(*entities, **more):
    return {
        "objectClassName": "ip network",
        "handle": "192.0.2.0 - 192.0.2.255",
        "startAddress": "192.0.2.0",
        "endAddress": "192.0.2.255",
        "ipVersion": "v4",
        "entities": list(entities),
    } | more


def read(data, *, kind="ip", value="192.0.2.0/28"):
    return read_rdap(data if isinstance(data, bytes) else json.dumps(data).encode(), kind=kind, value=value)


def test_the_abuse_contact_of_a_network_stands_inside_its_organisation():
    answer = read(network(entity("registrant", inside=[entity("abuse", mails=["abuse@isp.example"])])))

    assert (answer.outcome, answer.addresses) == ("found", ("abuse@isp.example",))
    assert answer.where == "192.0.2.0 - 192.0.2.255"


def test_the_abuse_contact_of_a_domain_is_its_registrar_s():
    desk = entity("abuse", mails=["abuse@registrar.example"])
    data = {"objectClassName": "domain", "handle": "D1", "ldhName": "korenaar.example",
            "entities": [entity("registrar", mails=["sales@registrar.example"], inside=[desk])]}  # fmt: skip

    assert read(data, kind="domain", value="korenaar.example").addresses == ("abuse@registrar.example",)


@pytest.mark.parametrize(
    "data",
    [
        network(),
        network(entity("technical", mails=["noc@isp.example"])),
        network(entity("abuse")),
        network(entity("abuse", mails=["nobody"])),
        network(entity("abuse", mails=["abuse@isp.example\r\nBcc: x@evil.example"])),
    ],
)
def test_without_a_usable_abuse_contact_nobody_is_named(data):
    assert (read(data).outcome, read(data).addresses) == ("nobody", ())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b" " * (LARGEST + 1),
        network(entities="x"),
        network(entities=[entity("Abuse", mails=["a@isp.example"])]),
        network(startAddress="x"),
        network(entity("abuse", mails=["a@isp.example"]), startAddress="198.51.100.0", endAddress="198.51.100.255"),
        network(entity("abuse", mails=["a@isp.example"]), startAddress="2001:db8::", endAddress="2001:db8::ff"),
        {"objectClassName": "domain", "handle": "D1"},
    ],
)
def test_an_answer_that_can_not_be_read_or_is_about_something_else_is_none(data):
    answer = read(data)

    assert answer.addresses == ()
    assert answer.outcome in {"not-valid", "nobody"}
