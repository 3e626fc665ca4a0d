import json

import pytest

from misthoorn.formats.exchange.n6 import _CATEGORIES
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import FormatError

EVENT = {
    "id": "d77ae8cf",
    "source": "cert.example",
    "category": "bots",
    "name": "sality",
    "confidence": "high",
    "address": [{"ip": "192.0.2.7", "asn": 64500, "cc": "PL"}, {"ipv6": "2001:db8::7", "rdns": "7.example.net"}],
    "time": "2026-11-20T01:02:03Z",
    "proto": "tcp",
    "dport": 80,
    "sport": 22308,
    "dip": "198.51.100.1",
}


def test_each_address_is_an_event(read):
    first, second = read("n6", json.dumps([EVENT])).accepted
    assert (first["ip"], first["asn"], first["port"], first["protocol"], first["hostname"]) == (
        "192.0.2.7",
        64500,
        22308,
        "tcp",
        None,
    )
    assert (second["ip"], second["asn"], second["hostname"]) == ("2001:db8::7", None, "7.example.net")
    assert (first["type"], first["identifier"], first["severity"]) == (
        "infected-system",
        "malware-infection",
        "urgent",
    )
    assert json.loads(first["evidence"]) == {
        "id": "d77ae8cf",
        "source": "cert.example",
        "category": "bots",
        "name": "sality",
        "confidence": "high",
        "dport": "80",
        "dip": "198.51.100.1",
        "address.cc": "PL",
    }


def test_where_the_address_is_a_server_its_port_is_the_one_connected_to(read):
    (event, _) = read("n6", json.dumps(EVENT | {"category": "cnc"})).accepted
    assert (event["type"], event["port"]) == ("c2-server", 80)
    assert json.loads(event["evidence"])["sport"] == "22308"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"fqdn": "www.example.org", "url": "http://other.example/"}, (None, "www.example.org")),
        ({"url": "http://other.example/"}, (None, "other.example")),
        ({"url": "http://192.0.2.9/"}, ("192.0.2.9", None)),
        ({"address": [{"ip": "192.0.2.1"}], "fqdn": "www.example.org"}, ("192.0.2.1", "www.example.org")),
    ],
)
def test_an_event_may_be_about_a_name_or_a_url(read, said, place):
    (event,) = read("n6", json.dumps({"category": "phish", "time": EVENT["time"]} | said)).accepted
    assert (event["ip"], event["hostname"]) == place


def test_an_event_about_nobody_is_refused(read):
    found = read("n6", "\n".join(map(json.dumps, [EVENT, EVENT | {"address": []}])))
    assert (len(found.accepted), found.codes) == (2, ["address-missing"])


def test_a_category_that_is_new_is_undetermined_and_kept(read):
    (event, _) = read("n6", json.dumps(EVENT | {"category": "new thing"})).accepted
    assert (event["type"], event["identifier"]) == ("undetermined", "new-thing")
    assert json.loads(event["evidence"])["category"] == "new thing"


def test_every_category_is_a_type_of_the_taxonomy():
    assert {category.type_ for category in _CATEGORIES.values()} <= CLASS_OF.keys()


@pytest.mark.parametrize("data", ['{"ip": "192.0.2.1"}', "time,ip\n", ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("n6", data)


@pytest.mark.parametrize(("status", "codes"), [("delisted", ["expired"]), ("expired", ["expired"]), ("active", [])])
def test_what_its_list_no_longer_holds_is_refused(read, status, codes):
    event = {"category": "bl-other", "type": "bl-update", "status": status, "time": "2026-11-20T01:02:03Z"}
    assert read("n6", json.dumps(event | {"address": [{"ip": "192.0.2.7"}]})).codes == codes
