"""Every row of IntelMQ's own samples, with our table and with the publisher's schema in its place."""

import io
from collections import Counter
from datetime import UTC, datetime

import peer_shadowserver as peer
import pytest

from misthoorn.formats.feeds import shadowserver_reports
from misthoorn.formats.feeds.shadowserver import with_schema
from misthoorn.formats.feeds.shadowserver_reports import kind_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("oracle", [peer.NEW, peer.OLD])
def test_each_row_of_the_samples_says_what_intelmq_says_or_differs_for_a_declared_reason(read, oracle):
    different, rows = Counter(), 0
    for name, data, expected in peer.cases(oracle):
        rows += len(expected)
        found = peer.compare(read("shadowserver", data, name=name, fold=False), expected)
        for what, count in found.items():
            different[kind_of(name), what] += count
    assert different == {key: count for key, (count, _) in peer.DIFFERENT[oracle].items()}
    assert rows == {peer.NEW: 640, peer.OLD: 269}[oracle]


def test_at_least_98_in_100_values_agree_with_the_present_schema(read):
    different = Counter()
    for name, data, expected in peer.cases(peer.NEW):
        different.update(peer.compare(read("shadowserver", data, name=name, fold=False), expected))
    for field in peer.FIELDS:
        refused = sum(count for what, count in different.items() if what not in peer.FIELDS)
        assert different[field] / (640 - refused) <= 0.02, field


def test_the_schema_alone_gives_the_same_as_intelmq(gather, monkeypatch, test_data):
    """As if our own table knew nothing: what the schema says of a type that is new is used in full."""
    schema = test_data("feeds", "shadowserver-report_schema", "intelmq.json").read_bytes()
    monkeypatch.setattr(shadowserver_reports, "REPORTS", {})
    reader, different = with_schema(schema), Counter()
    for name, data, expected in peer.cases(peer.NEW):
        found = gather(reader(io.BytesIO(data), name=name, now=NOW, fold=False))
        for what, count in peer.compare(found, expected).items():
            if what in peer.FIELDS:
                different[kind_of(name), what] += count
    assert different == {
        ("blocklist", "type"): 2,  # no type of the taxonomy
        ("scan_exchange", "class"): 5,  # the schema names a function of IntelMQ for it
        ("scan_exchange", "type"): 5,
    }


def test_our_table_has_every_type_of_report_in_the_schema_and_its_words_but_for_these(test_data):
    schema = test_data("feeds", "shadowserver-report_schema", "intelmq.json").read_bytes()
    described = with_schema(schema).keywords["schema"]
    assert len(described) > 110
    assert described.keys() <= shadowserver_reports.REPORTS.keys()
    ours = {kind: shadowserver_reports.REPORTS[kind] for kind in described}
    assert {kind for kind, theirs in described.items() if ours[kind].type_ != theirs.type_} == {
        *("event_honeypot_darknet", "scan_badsecrets", "scan_post_exploitation_framework"),
        "scan_exchange",  # each row has its own
    }
    named = {kind for kind, theirs in described.items() if theirs.identifier != kind.replace("_", "-")}
    assert {kind for kind in named if ours[kind].identifier != described[kind].identifier} == {
        *("event_honeypot_ddos_amp", "event_honeypot_ddos_target", "scan_badsecrets"),
    }
