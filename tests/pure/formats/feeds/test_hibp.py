import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

BREACH = {
    "Name": "Example",
    "Title": "Example Shop",
    "Domain": "shop.example",
    "BreachDate": "2026-10-01",
    "AddedDate": "2026-11-20T01:02:03Z",
    "PwnCount": 1000,
    "Description": "<em>long</em>",
    "DataClasses": ["Email addresses", "Passwords"],
    "IsVerified": True,
}
PASTE = {"Source": "Pastebin", "Id": "x1", "Title": "dump", "Date": "2026-11-01T19:14:54Z", "EmailCount": 139}
SEARCH = {
    "BreachSearchResults": [
        {
            "Alias": "jan",
            "DomainName": "example.nl",
            "Breaches": [BREACH, BREACH | {"Name": "Other", "DataClasses": []}],
        }
    ],
    "PasteSearchResults": [{"Alias": "piet", "DomainName": "example.nl", "Pastes": [PASTE]}],
}


def test_each_breach_of_each_account_is_an_event_about_the_domain(read):
    found = read("hibp", json.dumps(SEARCH)).accepted
    assert [(one["hostname"], one["identifier"], one["severity"]) for one in found] == [
        ("example.nl", "compromised-account", "high"),
        ("example.nl", "compromised-account", "normal"),
        ("example.nl", "account-in-paste", "normal"),
    ]
    assert {one["type"] for one in found} == {"data-leak"}
    assert found[0]["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    evidence = json.loads(found[0]["evidence"])
    assert (evidence["account"], evidence["Name"], evidence["BreachDate"]) == ("jan", "Example", "2026-10-01")
    assert evidence["DataClasses"] == "Email addresses, Passwords"
    assert "Description" not in evidence


def test_the_short_answer_is_about_the_domain_that_the_file_is_named_after(read, now):
    text = json.dumps({"jan": ["Adobe"], "piet": ["Adobe", "Gawker"]})
    for name in ("example.nl.json", "/in/breacheddomain-Example.nl.json.gz", "C:\\in\\example.nl.json"):
        found = read("hibp", text, name=name).accepted
        assert [(one["hostname"], json.loads(one["evidence"])["account"]) for one in found] == [
            ("example.nl", "jan"),
            ("example.nl", "piet"),
            ("example.nl", "piet"),
        ]
        assert {one["time"] for one in found} == {now}


def test_the_short_answer_in_a_file_without_a_domain_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="Name it after the domain"):
        read("hibp", '{"jan": ["Adobe"]}', name="breaches")


def test_a_callback_is_an_event_for_each_account(read):
    message = {"Domain": "example.nl", "DomainEmails": ["jan@example.nl", "piet@example.nl"], "Breach": BREACH}
    found = read("hibp", json.dumps(message))
    assert [json.loads(one["evidence"])["account"] for one in found.accepted] == ["jan", "piet"]
    assert read("hibp", json.dumps({"Domain": "example.nl", "Breach": BREACH})).codes == ["address-missing"]


def test_a_domain_that_is_none_refuses_the_row(read):
    message = {"Domain": "", "DomainEmails": ["nobody"], "Breach": BREACH}
    assert read("hibp", json.dumps(message)).codes == ["address-missing"]


def test_something_else_is_refused_as_a_whole(read):
    for text in ('{"a": 1}', "{}", '[{"Name": "Adobe"}]'):
        with pytest.raises(FormatError, match="no answer of Have I Been Pwned"):
            read("hibp", text, name="example.nl.json")


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)


@given(st.sampled_from([*SEARCH, "Domain", "DomainEmails", "Breach", "x"]), JUNK, st.sampled_from(sorted(BREACH)))
def test_whatever_an_answer_holds_raises_nothing_and_is_counted(read, part, junk, inner):
    message = {"Domain": "example.nl", "DomainEmails": ["jan@example.nl"], "Breach": [BREACH | {inner: junk}]}
    for document in (SEARCH | {part: junk}, message | {part: junk}):
        try:
            found = read("hibp", json.dumps(document), fold=False)
        except FormatError:
            continue
        rows = sorted([row.row for row in found.refused] + [one["row"] for one in found.accepted])
        assert rows == list(range(1, found.rows + 1))
