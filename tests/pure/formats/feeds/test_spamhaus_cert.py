import json

import pytest

from misthoorn.formats.feeds.spamhaus_cert import _KINDS
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import FormatError

HEAD = "; ip, asn, country, lastseen, botname, domain, remote_ip, remote_port, local_port, protocol\n"
SECONDS = 1795136523  # 2026-11-20 01:02:03 UTC


def line(botname, **more):
    cells = {"ip": "192.0.2.7", "asn": "AS64500", "time": SECONDS, "port": "80", "protocol": "tcp"} | more
    return "{ip}, {asn}, NL, {time}, {botname}, c2.example.org, -, {port}, 1036, {protocol}\n".format(
        botname=botname, **cells
    )


def test_a_line_is_an_infected_address(read):
    found = read("spamhaus-cert", HEAD + line("conficker") + "; EOF\n")
    (event,) = found.accepted
    assert (event["ip"], event["asn"], event["protocol"], event["port"]) == ("192.0.2.7", 64500, "tcp", None)
    assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    assert (event["type"], event["identifier"], event["severity"]) == (
        "infected-system",
        "malware-infection",
        "urgent",
    )
    assert json.loads(event["evidence"]) == {
        "country": "NL",
        "botname": "conficker",
        "domain": "c2.example.org",
        "remote_port": "80",
        "local_port": "1036",
    }


@pytest.mark.parametrize(
    ("botname", "type_", "identifier"),
    [
        ("SSHauth", "brute-force", "brute-force-ssh"),
        ("openrelay", "vulnerable-system", "open-mail-relay"),
        ("iotscan", "scanner", "scans-telnet"),
        ("misc", "spam", "sends-spam"),
    ],
)
def test_what_is_no_malware_is_told_apart(read, botname, type_, identifier):
    (event,) = read("spamhaus-cert", line(botname)).accepted
    assert (event["type"], event["identifier"]) == (type_, identifier)


def test_fields_that_were_added_later_are_kept(read):
    (event,) = read("spamhaus-cert", line("x").rstrip("\n") + ", new, newer\n").accepted
    assert json.loads(event["evidence"])["more"] == "new, newer"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"ip": "10.0.0.1"}, "address-private"), ({"time": "soon"}, "time-invalid"), ({"time": 9**20}, "time-invalid")],
)
def test_what_can_not_be_used_is_refused_with_its_reason(read, change, code):
    found = read("spamhaus-cert", line("x") + line("x", **change))
    assert (len(found.accepted), found.codes) == (1, [code])


def test_every_kind_is_a_type_of_the_taxonomy():
    assert {kind.type_ for kind in _KINDS.values()} <= CLASS_OF.keys()


@pytest.mark.parametrize("data", ["192.0.2.7\n", "a,b,c\n", ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("spamhaus-cert", data)
