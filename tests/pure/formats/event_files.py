"""A good file of five rows for each format of events that is not the service's own."""

import json

TIME = "2026-11-23T01:02:03Z"
DAY = "2026-11-23 01:02:03"
ADDRESSES = [f"192.0.2.{number}" for number in range(1, 6)]
PARTY = {"org": "Example", "contact": "abuse@example.org", "domain": "example.org"}


def lines(make):
    return "".join(make(address) + "\n" for address in ADDRESSES)


def json_lines(make):
    return lines(lambda address: json.dumps(make(address)))


def mail(address):
    return f"""From a@example.org Fri Nov 20 01:02:03 2026
Subject: A report
Content-Type: multipart/report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Source-IP: {address}
Arrival-Date: Mon, 23 Nov 2026 01:02:03 +0000

--b--
"""


EVENT_FILES = {
    "intelmq": json_lines(
        lambda address: {"time.source": TIME, "source.ip": address, "source.port": 80, "classification.type": "spam"}
    ),
    "n6": json_lines(lambda address: {"time": TIME, "address": [{"ip": address}], "category": "cnc", "dport": 80}),
    "xarf": json_lines(
        lambda address: {
            "xarf_version": "4.2.0",
            "timestamp": TIME,
            "source_identifier": address,
            "category": "connection",
            "type": "ddos",
            "reporter": PARTY,
        }
    ),
    "arf": lines(mail),
    "spamhaus-drop": "; Last-Modified: Mon, 23 Nov 2026 04:39:22 GMT\n"
    + lines(lambda address: f"{address}/32 ; SBL{address[-1]}"),
    "urlhaus": "# id,dateadded,url,threat\n"
    + lines(lambda address: f'"{address[-1]}","{DAY}","http://{address}/","x"'),
    "threatfox": json.dumps(
        {
            address: [{"ioc_value": f"{address}:80", "ioc_type": "ip:port", "first_seen_utc": DAY}]
            for address in ADDRESSES
        },
        indent=1,
    ),
    "feodo": "# Feodo\nfirst_seen_utc,dst_ip,dst_port\n" + lines(lambda address: f"{DAY},{address},80"),
    "blocklist-de": lines(str),
    "openphish": lines(lambda address: f"http://{address}/login"),
    "phishtank": "phish_id,url,submission_time\n" + lines(lambda address: f'{address[-1]},"http://{address}/",{TIME}'),
    "spamhaus-cert": lines(lambda address: f"{address},AS64500,NL,1795136523,x,,,80,,tcp"),
    "dataplane": lines(lambda address: f"64500  |  EXAMPLE  |  {address}  |  {DAY}  |  dnsrd"),
    "cymru": lines(lambda address: f"bot|{address}|64500|{DAY}|family: x;port: 80;|Example"),
    "stix2": json.dumps(
        {
            "type": "bundle",
            "objects": [
                {"type": "indicator", "id": address, "pattern": f"[ipv4-addr:value = '{address}']", "valid_from": TIME}
                for address in ADDRESSES
            ],
        },
        indent=1,
    ),
    "misp": json_lines(
        lambda address: {"Event": {"Attribute": [{"type": "ip-src", "value": address, "first_seen": TIME}]}}
    ),
    "nmap": "<nmaprun>\n"
    + lines(
        lambda address: (
            f'<host starttime="1795000000"><address addr="{address}" addrtype="ipv4"/><ports>'
            '<port protocol="tcp" portid="80"><state state="open"/></port></ports></host>'
        )
    )
    + "</nmaprun>",
    "nuclei": json_lines(
        lambda address: {"template-id": "x", "info": {}, "host": address, "ip": address, "timestamp": TIME}
    ),
    "shodan": json_lines(lambda address: {"ip_str": address, "port": 80, "timestamp": TIME}),
    "censys": json_lines(lambda address: {"ip": address, "services": [{"port": 80, "observed_at": TIME}]}),
    "hibp": json_lines(
        lambda address: {
            "Domain": "example.nl",
            "DomainEmails": [f"{address}@example.nl"],
            "Breach": {"Name": "x", "AddedDate": TIME},
        }
    ),
}
