"""The service reads feeds as IntelMQ and n6 do, but for the differences that are declared."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from known_answers import CELLS, nobody, of_event, of_intelmq, of_n6, peers
from known_differences import DIFFERENT, REFUSED

from misthoorn.formats.values.schema import FormatError

INTELMQ = ("intelmq-3.5.0-parsers.json", "intelmq-3.2.1-shadowserver.json", "intelmq-3.5.0-experts.json")
SCHEMA = "intelmq-3.5.0-shadowserver-schema-2026-03-24.json"
BOTS = {
    "abusech.parser_feodotracker": "feodo",
    "blocklistde.parser": "blocklist-de",
    "cymru.parser_cap_program": "cymru",
    "cymru.parser_full_bogons": "cymru",
    "dataplane.parser": "dataplane",
    "n6.parser_n6stomp": "n6",
    "openphish.parser": "openphish",
    "openphish.parser_commercial": "openphish",
    "phishtank.parser": "phishtank",
    "spamhaus.parser_cert": "spamhaus-cert",
    "spamhaus.parser_drop": "spamhaus-drop",
}
SOURCES = {
    "abuse-ch.feodotracker": "feodo",
    "abuse-ch.urlhaus-urls": "urlhaus",
    **{f"dataplane.{name}": "dataplane" for name in ("dnsrd", "dnsrdany", "dnsversion", "smtpdata", "smtpgreet")},
    **{f"dataplane.{name}": "dataplane" for name in ("sipinvitation", "sipquery", "sipregistration", "vncrfb")},
    **{f"dataplane.{name}": "dataplane" for name in ("sshclient", "sshpwauth", "telnetlogin")},
    "openphish.web": "openphish",
    "phishtank.verified": "phishtank",
    "spamhaus.bots": "spamhaus-cert",
    "spamhaus.drop": "spamhaus-drop",
    "spamhaus.edrop": "spamhaus-drop",
}
PLACES = ("ip", "fqdn", "reverse_dns", "url", "network")


def harmonised():
    """Every event that IntelMQ's own tests expect, of feeds of any kind."""
    events = [one["message"] for file in INTELMQ for pair in peers(file)["pairs"] for one in pair["expected"]]
    return events + [event for sample in peers(SCHEMA)["samples"] for event in sample["events"]]


def outcome(found):
    """By row: the event, or the code of the refusal."""
    return {event["row"]: of_event(event) for event in found.accepted} | {row.row: row.code for row in found.refused}


def side_of(message):
    sides = (side for side in ("source", "destination") if any(f"{side}.{place}" in message for place in PLACES))
    return next(sides, "source")


def test_events_of_intelmq_say_what_they_say(read):
    events = harmonised()
    told = outcome(read("intelmq", "\n".join(map(json.dumps, events)), fold=False))
    assert len(told) == len(events) > 1_200
    count = Counter()
    for row, message in enumerate(events, start=1):
        expected = of_intelmq(message, side=side_of(message))
        if not isinstance(told[row], str):
            assert expected.differences(told[row]) == [], message
            count["equal"] += 1
        elif not nobody(expected.address):
            assert told[row] in REFUSED, message
            count[told[row]] += 1
    assert count["equal"] > 850
    assert count.keys() - {"equal"} == REFUSED.keys()
    assert count.total() - count["equal"] < 100


def test_events_of_intelmq_whose_addresses_are_nobodys_say_the_rest_as_they_say_it(read):
    events = [message | {f"{side_of(message)}.ip": "192.0.2.9"} for message in harmonised() if is_nobodys(message)]
    told = outcome(read("intelmq", "\n".join(map(json.dumps, events)), fold=False))
    assert len(events) > 300
    for row, message in enumerate(events, start=1):
        if told[row] != "time-missing":
            assert of_intelmq(message, side=side_of(message)).differences(told[row]) == [], message


def is_nobodys(message):
    return nobody(message.get(f"{side_of(message)}.ip", ""))


def cases():
    """Format, the peer's test, the input, its name, and what the peer makes of it."""
    for pair in peers(INTELMQ[0])["pairs"]:
        if format_ := BOTS.get(pair["bot"].removeprefix("intelmq.bots.parsers.")):
            given = pair["input"][0]
            expected = [of_intelmq(one["message"]) for one in pair["expected"]]
            test = pair["test"].split(".")[-3]
            yield format_, test, given["raw_text"], given.get("feed.url", "").rpartition("/")[2], expected
    for pair in peers("n6-4.40.0-parsers.json")["pairs"]:
        if (format_ := SOURCES.get(pair["source"])) and "expected" in pair:
            expected = [of_n6(one, (one.get("address") or [{}])[0], format_=format_) for one in pair["expected"]]
            yield format_, pair["module"], pair["input"], "", expected


def of_rows(told, test):
    """IntelMQ gives an event for each port that an address scanned, n6 for each file behind a URL; they are one row."""
    alike = "cap" in test or test == "test_abuse_ch"
    return [one for place, one in enumerate(told) if not alike or not place or one != told[place - 1]]


def test_feeds_are_read_as_the_peers_read_them_but_for_what_is_declared(read):
    cells, found = Counter(), {}
    for format_, test, given, name, expected in cases():
        told = outcome(read(format_, given, name=name, fold=False))
        extra = [row for row in told if told[row] == "time-invalid"]  # the wrong lines in n6's samples, left out there
        told = [told[row] for row in sorted(told) if row not in extra]
        rows = of_rows(expected, test)
        assert len(rows) <= len(told), (format_, test)
        for row, (theirs, ours) in enumerate(zip(rows, told, strict=False), start=1):
            cells[format_] += len(CELLS)
            different = [ours] if isinstance(ours, str) else theirs.differences(ours)
            found |= {(format_, test, row, what): 1 for what in different}
    assert found.keys() == DIFFERENT.keys()
    differing = Counter(format_ for format_, _, _, what in found if what in CELLS)
    assert all(differing[format_] <= 0.02 * cells[format_] for format_ in cells), (differing, cells)
    assert cells.keys() == set(BOTS.values()) | set(SOURCES.values())


def test_records_of_n6_say_what_they_say(read):
    pairs = peers("n6-4.40.0-parsers.json")["pairs"]
    records = [pair["constant_items"] | one for pair in pairs for one in pair.get("expected", ())]
    rows = [(record, address) for record in records for address in record.get("address") or [{}]]
    told = outcome(read("n6", "\n".join(map(json.dumps, records)), fold=False))
    count = Counter()
    for row, (record, address) in enumerate(rows, start=1):
        expected = of_n6(record, address)
        if isinstance(told[row], str):
            assert nobody(expected.address) or told[row] == "address-missing", record
            count[told[row]] += 1
        else:
            assert expected.differences(told[row]) == [], record
            count["equal"] += 1
    assert count["equal"] > 300
    assert count["address-missing"] == 5


@pytest.mark.parametrize("format_", sorted(set(BOTS.values())))
def test_a_feed_of_one_format_holds_no_event_of_another(read, format_):
    """So that a source with the wrong format is seen at once."""
    for other, _, given, name, _ in cases():
        if other != format_:
            with suppress(FormatError):
                assert read(format_, given, name=name).accepted == [], other
