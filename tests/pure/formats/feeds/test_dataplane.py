import json

import pytest

from misthoorn.formats.feeds.dataplane import _KINDS
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import FormatError

HEAD = "# DataPlane.org - for operators, by operators\n# sshpwauth\n"


def test_a_line_is_an_address_that_was_seen(read):
    lines = (
        "64500        |  EXAMPLE-AS Example  |      192.0.2.7  |  2026-11-20 01:02:03  |  sshpwauth\n"
        "NA           |  NA                  |      192.0.2.8  |  2026-11-20 01:02:03  |  dnsrd\n"
        "64500        |  With | a bar        |  2001:db8::7    |  2026-11-20 01:02:03  |  sshclient\n"
        "64500  |  X  |  192.0.2.9  |  2026-11-19 00:00:00  |  2026-11-20 01:02:03  |  proto41\n"
        "64500  |  X  |  192.0.2.9  |  2026-11-20 01:02:03  |  something new\n"
    )
    found = read("dataplane", HEAD + lines)
    assert [(event["ip"], event["asn"], event["type"], event["identifier"]) for event in found.accepted] == [
        ("192.0.2.7", 64500, "brute-force", "brute-force-ssh"),
        ("192.0.2.8", None, "scanner", "scans-dns"),
        ("2001:db8::7", 64500, "scanner", "scans-ssh"),
        ("192.0.2.9", 64500, "other", "open-ip-tunnel"),
        ("192.0.2.9", 64500, "scanner", "scans"),
    ]
    assert {event["time"].isoformat() for event in found.accepted} == {"2026-11-20T01:02:03+00:00"}
    assert json.loads(found.accepted[2]["evidence"]) == {"category": "sshclient", "as_name": "With | a bar"}
    assert json.loads(found.accepted[3]["evidence"])["first_seen"] == "2026-11-19 00:00:00"


def test_a_line_that_was_cut_short_is_a_refused_row(read):
    found = read("dataplane", "64500 | X | 192.0.2.9 | 2026-11-20 01:02:03 | dnsrd\n64500 | X |\n")
    assert (len(found.accepted), found.codes) == (1, ["wrong-kind"])


def test_every_list_is_a_type_of_the_taxonomy():
    assert {kind.type_ for kind in _KINDS.values()} <= CLASS_OF.keys()


@pytest.mark.parametrize("data", ["bot|192.0.2.7|64500|2026-11-20 01:02:03|x|y\n", "192.0.2.1\n", ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("dataplane", data)
