"""What IntelMQ's own parsers make of Shodan's banners, MISP's events and callbacks of Have I Been Pwned."""

import json

import peer_shadowserver as peer
import pytest

ORACLE = "intelmq-3.5.0-parsers.json"
EVERYTHING = "IntelMQ calls every banner other; here its service says what it is"
TEXT = "an attribute without a place is a refused row here, and nothing at all in IntelMQ"
PLACE = "a URL that ransomware comes from spreads malware; who is infected is not in it"
HERE = "IntelMQ leaves the host of a URL, and a name that is told, to be looked up later"
ADDED = "IntelMQ has no time for more than one breach or paste; here each has its own"

# case → what differs → why.
DIFFERENT = {
    "shodan": {"type": EVERYTHING, "hostname": HERE},
    "misp": {"type": PLACE, "hostname": HERE, "address-missing": TEXT},
    "hibp": {"time": ADDED},
}
# Made up for the samples, in ranges that are not on the internet.
MOVED = {"240.15.82.82": "193.15.82.82", "228.162.114.217": "193.162.114.217"}
FIELDS = {
    "ip": "source.ip",
    "port": "source.port",
    "time": "time.source",
    "hostname": "source.fqdn",
    "asn": "source.asn",
    "type": "classification.type",
}


def cases(name):
    path = peer.PEERS / ORACLE
    if not path.exists():
        pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
    for pair in json.loads(path.read_bytes())["pairs"]:
        if f".{name}." in pair["test"] and pair["input"][0].get("raw_text", "").startswith("{"):
            text, expected = pair["input"][0]["raw_text"], json.dumps([one["message"] for one in pair["expected"]])
            for old, new in MOVED.items():
                text, expected = text.replace(old, new), expected.replace(old, new)
            yield text, json.loads(expected)


@pytest.mark.parametrize("name", DIFFERENT)
def test_each_value_is_what_intelmq_says_or_differs_for_a_declared_reason(read, name):
    different, rows = set(), 0
    for text, expected in cases(name):
        rows += 1
        found = read(name, text, fold=False)
        different.update(found.codes)
        for event in found.accepted[: len(expected)]:
            ours = event | {"time": event["time"].isoformat()}
            different |= {what for what, theirs in FIELDS.items() if ours[what] != expected[0].get(theirs)}
    assert rows
    assert different == DIFFERENT[name].keys()
