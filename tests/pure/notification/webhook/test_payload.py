"""The JSON that a webhook's reader gets."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.channels.webhook.payload import MOST_FINDINGS, Told, payload, ping
from misthoorn.notification.compose.facts import Evidence

SEEN = datetime(2026, 11, 23, 21, 5, tzinfo=UTC)


def told(**changes):
    return Told(
        **{
            "kind": "warning",
            "at": datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC),
            "number": "864216737495",
            "code": "K7QM2XPA",
            "subject": "open-rdp",
            "severity": "high",
            "tlp": "AMBER",
            "language": "nl",
            "title": "Let op",
            "text": "Beste lezer,\n",
            "evidence": (Evidence(address="192.0.2.10", port=3389, protocol="tcp", seen=SEEN),),
        }
        | changes
    )


def test_a_payload_says_what_happened_when_and_all_of_the_notice():
    assert json.loads(payload(told())) == {
        "type": "warning.created",
        "timestamp": "2026-11-24T09:30:05Z",
        "data": {
            "number": "864216737495",
            "code": "K7QM2XPA",
            "kind": "warning",
            "subject": "open-rdp",
            "severity": "high",
            "tlp": "TLP:AMBER",
            "language": "nl",
            "title": "Let op",
            "text": "Beste lezer,\n",
            "findings": [{"address": "192.0.2.10", "port": 3389, "protocol": "tcp", "seen": "2026-11-23T21:05:00Z"}],
            "findings_total": 1,
        },
    }


def test_findings_beyond_the_bound_are_counted():
    data = json.loads(payload(told(evidence=(Evidence(address="192.0.2.10"),) * (MOST_FINDINGS + 7))))["data"]

    assert len(data["findings"]) == MOST_FINDINGS
    assert data["findings_total"] == MOST_FINDINGS + 7


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_comes_back_as_it_was(text):
    data = json.loads(payload(told(text=text, evidence=(Evidence(what=text),))))["data"]

    assert data["text"] == text
    assert data["findings"][0].get("what", "") == text


def test_a_test_says_that_nothing_has_to_be_done():
    document = json.loads(ping(at=SEEN))

    assert document["type"] == "webhook.ping"
    assert "Nothing has to be done" in document["data"]["text"]
