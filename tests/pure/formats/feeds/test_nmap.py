import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.schema import FormatError

START = 1_795_000_000  # 2026-11-18 11:06:40
PORT = """<port protocol="tcp" portid="{port}"><state state="{state}" reason="syn-ack"/>
<service name="{service}" product="xrdp" version="0.9" tunnel="ssl" method="probed" conf="10">
<cpe>cpe:/a:neutrinolabs:xrdp:0.9</cpe><cpe>cpe:/o:linux:linux_kernel</cpe></service>
<script id="rdp-enum" output="Security: NLA&#xa;&lt;x&gt;"><table key="a"><elem>c</elem></table></script></port>"""


def port(number=3389, service="ms-wbt-server", state="open"):
    return PORT.format(port=number, service=service, state=state)


def host(*ports, address="192.0.2.1", state="up", names="", more=""):
    return (
        f'<host starttime="{START - 60}" endtime="{START}"><status state="{state}"/>'
        f'<address addr="00:00:5E:00:53:01" addrtype="mac"/><address addr="{address}" addrtype="ipv4"/>'
        f"<hostnames>{names}</hostnames><ports><extraports state='closed'/>{''.join(ports)}</ports>{more}</host>"
    )


def scan(*hosts):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n<?xml-stylesheet href="x" type="text/xsl"?>\n'
    return (
        f'{head}<nmaprun scanner="nmap" start="{START}">\n<scaninfo/>\n{chr(10).join(hosts)}\n<runstats/></nmaprun>\n'
    )


def test_each_open_port_is_an_event_with_what_was_recognised(read):
    names = '<hostname name="ptr.example.nl" type="PTR"/><hostname name="www.example.nl" type="user"/>'
    found = read("nmap", scan(host(port(), port(8443, "https"), names=names)))
    one, two = found.accepted
    assert (one["ip"], one["port"], one["protocol"], one["hostname"]) == ("192.0.2.1", 3389, "tcp", "www.example.nl")
    assert (one["identifier"], one["type"], one["severity"]) == ("open-rdp", "vulnerable-system", "high")
    assert f"{one['time']:%Y-%m-%d %H:%M:%S}" == "2026-11-18 11:06:40"
    assert (two["identifier"], two["severity"]) == ("open-port", "information")
    evidence = json.loads(one["evidence"])
    assert evidence["service.product"] == "xrdp"
    assert evidence["cpe"] == "cpe:/a:neutrinolabs:xrdp:0.9, cpe:/o:linux:linux_kernel"
    assert evidence["script.rdp-enum"] == "Security: NLA\n<x>"
    assert one["line"] == 6


def test_what_scripts_say_of_the_host_stands_with_its_first_port(read):
    more = '<hostscript><script id="smb-vuln" output="VULNERABLE"/></hostscript>'
    one, two = read("nmap", scan(host(port(), port(22, "ssh"), more=more))).accepted
    assert json.loads(one["evidence"])["script.smb-vuln"] == "VULNERABLE"
    assert "smb-vuln" not in two["evidence"]


VULNERABLE = """<script id="{script}" output="x"><table key="{key}"><elem key="title">A hole</elem>
<elem key="state">{state}</elem><table key="ids"><elem>CVE:{key}</elem></table></table></script>"""


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("VULNERABLE", "high"),
        ("VULNERABLE (Exploitable)", "high"),
        ("LIKELY VULNERABLE", "normal"),
        ("NOT VULNERABLE", ""),
    ],
)
def test_a_vulnerability_that_a_script_found_is_an_event_at_its_port(read, state, severity):
    script = VULNERABLE.format(script="ssl-heartbleed", key="CVE-2014-0160", state=state)
    found = read("nmap", scan(host(port().replace("</port>", f"{script}</port>"), port(22, "ssh")))).accepted

    told = [(one["identifier"], one["port"], one["severity"]) for one in found if one["identifier"].startswith("CVE")]
    assert told == ([("CVE-2014-0160", 3389, severity)] if severity else [])
    assert len(found) == 2 + len(told)


def test_a_vulnerability_of_a_whole_host_is_one_event_without_a_port(read):
    script = VULNERABLE.format(script="smb-vuln-ms17-010", key="CVE-2017-0143", state="VULNERABLE")
    found = read("nmap", scan(host(port(), port(22, "ssh"), more=f"<hostscript>{script}</hostscript>"))).accepted

    (told,) = [one for one in found if one["identifier"] == "CVE-2017-0143"]
    assert (told["ip"], told["port"], told["type"]) == ("192.0.2.1", None, "vulnerable-system")
    assert json.loads(told["evidence"])["title"] == "A hole"


def test_hosts_that_were_down_and_ports_that_were_shut_are_counted_in_one_row(read):
    quiet = host(port(state="closed"), port(25, state="open|filtered"), address="192.0.2.2")
    found = read("nmap", scan(host(state="down"), host(port()), quiet, host(state="down", address="192.0.2.3")))
    assert (len(found.accepted), found.codes) == (1, ["nothing-seen"])
    assert "2 hosts were down or did not answer, and 1 had no open port" in found.refused[0].reason
    assert found.refused[0].raw == b""  # no address in it: silence about these is what the scan proves


def test_a_port_that_is_not_open_is_no_event_beside_one_that_is(read):
    found = read("nmap", scan(host(port(), port(22, state="filtered"))))
    assert (len(found.accepted), found.refused) == (1, [])


def test_a_host_without_times_has_that_of_the_scan(read):
    bare = host(port()).replace(f'starttime="{START - 60}" endtime="{START}"', "")
    (event,) = read("nmap", scan(bare)).accepted
    assert f"{event['time']:%H:%M:%S}" == "11:06:40"


def test_a_private_address_is_refused_as_everywhere(read):
    found = read("nmap", scan(host(port(), address="10.0.0.1")))
    assert found.codes == ["address-private"]
    assert b"10.0.0.1" in found.refused[0].raw


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (scan(host(port()), host(port(), address="192.0.2.2"))[:-80], "truncated"),
        (scan(host(port()), "</oops>"), "damaged"),
        (scan(host(port()), "<a>" * 3_000), "damaged"),
        (scan(host(port()), "&nbsp;"), "damaged"),
    ],
)
def test_what_was_read_before_the_damage_is_kept(read, text, code):
    found = read("nmap", text)
    assert found.accepted[0]["ip"] == "192.0.2.1"
    assert found.codes == [code]
    assert found.refused[0].line > 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not the XML of a scan"),
        ("{}", "not the XML of a scan"),
        ("<html><body/></html>", "not the XML of a scan"),
        ("<!DOCTYPE html>", "not the XML of a scan"),
        ("<nmaprun", "not the XML of a scan"),
        ('<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>', "entities of its own"),
        ('<!DOCTYPE nmaprun [<!ENTITY a SYSTEM "file:///etc/passwd">]><nmaprun>&a;</nmaprun>', "entities of its own"),
    ],
)
def test_what_is_no_scan_is_refused_as_a_whole(read, text, words):
    with pytest.raises(FormatError, match=words):
        read("nmap", text)


def test_entities_are_found_in_any_encoding(read):
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>'
    with pytest.raises(FormatError):
        read("nmap", text.encode("utf-16"))


def test_a_scan_without_hosts_is_a_scan(read):
    assert read("nmap", scan()).rows == 0


def test_a_packed_scan_is_read_and_a_damaged_one_keeps_what_it_can(read, packed):
    hosts = [host(port(n % 60_000 + 1), address=f"192.0.2.{n % 250}") for n in range(400)]
    data = packed(scan(*hosts))
    assert len(read("nmap", data, fold=False).accepted) == 400
    found = read("nmap", data[: len(data) // 2], fold=False)
    assert found.codes == ["truncated"]
    assert 0 < len(found.accepted) < 400


def test_a_long_scan_is_read_while_it_is_handed_in(now):
    hosts = "".join(host(port(), address=f"192.0.2.{n % 250}") for n in range(6_000))
    stream = io.BytesIO(scan(hosts).encode())
    first = next(FORMATS["nmap"].read(stream, name="scan.xml", now=now, fold=False))
    assert first.events.num_rows == 2_000
    assert stream.tell() < len(stream.getvalue()) / 2


@given(st.data())
def test_whatever_is_put_into_a_scan_raises_nothing_and_loses_nothing(read, data):
    good = scan(host(port()), host(state="down"), host(port(22, "ssh"), address="192.0.2.9"))
    at = data.draw(st.integers(0, len(good)))
    upto = data.draw(st.integers(at, min(len(good), at + 40)))
    put = data.draw(st.text(max_size=6) | st.sampled_from(["<", ">", '"', "&", "</host>", "<host>", "]]>", "<!--"]))
    try:
        found = read("nmap", good[:at] + put + good[upto:], fold=False)
    except FormatError as error:
        told = str(error)
        assert told.endswith(".")
        return
    rows = sorted([row.row for row in found.refused] + [event["row"] for event in found.accepted])
    assert rows == list(range(1, found.rows + 1))
