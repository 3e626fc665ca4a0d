"""Observations that a record holds become rows, each checked as the cells of a CSV are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.observations.event_records import CHUNK, Observed, read_observed
from misthoorn.formats.readers.documents import WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import EVENT_SCHEMA, FormatError

SEEN = {"time": "2026-11-23 01:02:03", "identifier": "open-thing", "ip": "192.0.2.7"}


def record(value, *, line=1, raw=b"as received"):
    return Record(line, line, raw, value)


def said(value):
    """A record that is a list of observations, or of what is wrong with them."""
    for part in value["parts"]:
        if "code" in part:
            yield Problem(part["code"], "It can't be used.", part)
        else:
            yield Observed(**part)


@pytest.fixture
def observe(gather, now):
    def observe(*parts, understand=said, fold=True):
        records = (record({"parts": [part]}, line=line) for line, part in enumerate(parts, start=1))
        return gather(read_observed(records, understand=understand, now=now, fold=fold))

    return observe


def test_what_an_observation_does_not_say_has_the_least_that_can_be_said(observe):
    (event,) = observe(SEEN).accepted
    assert event["time"].isoformat() == "2026-11-23T01:02:03+00:00"
    assert (event["row"], event["line"], event["ip"], event["identifier"]) == (1, 1, "192.0.2.7", "open-thing")
    assert [event[name] for name in ("port", "protocol", "hostname", "asn")] == [None] * 4
    assert (event["class"], event["type"], event["severity"], event["evidence"]) == (
        "other",
        "undetermined",
        "normal",
        "{}",
    )


def test_everything_an_observation_says_has_its_place(observe):
    said_ = {
        "port": "443",
        "protocol": "TCP",
        "hostname": "WWW.Example.org.",
        "asn": "AS64500",
        "class_": "fraud",
        "type_": "phishing",
        "severity": "critical",
        "evidence": (("url", "https://www.example.org/"),),
    }
    (event,) = observe(SEEN | said_).accepted
    assert [event[name] for name in EVENT_SCHEMA.names[4:]] == [
        443,
        "tcp",
        "www.example.org",
        64500,
        "fraud",
        "phishing",
        "open-thing",
        "urgent",
        '{"url":"https://www.example.org/"}',
    ]


@pytest.mark.parametrize(
    ("role", "text", "instead"),
    [
        ("port", "70000", None),
        ("protocol", "?", None),
        ("hostname", "not a name", None),
        ("asn", "AS-X", None),
        ("severity", "dreadful", "normal"),
    ],
)
def test_a_text_that_only_adds_something_becomes_evidence_where_it_cannot_be_used(observe, role, text, instead):
    (event,) = observe(SEEN | {role: text}).accepted
    assert (event[role], json.loads(event["evidence"])) == (instead, {role: text})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"time": ""}, "time-missing"),
        ({"time": "yesterday"}, "time-invalid"),
        ({"ip": "10.0.0.1"}, "address-private"),
        ({"ip": ""}, "address-missing"),
        ({"ip": "", "hostname": "not a name"}, "address-missing"),
        ({"identifier": ""}, "identifier-missing"),
        ({"class_": "fraud", "type_": "spam"}, "class-invalid"),
    ],
)
def test_a_text_without_which_there_is_no_event_refuses_the_row_as_received(observe, change, code):
    found = observe(SEEN, SEEN | change)
    assert (len(found.accepted), found.codes) == (1, [code])
    assert (found.refused[0].row, found.refused[0].line, found.refused[0].raw) == (2, 2, b"as received")


def test_a_host_name_alone_is_enough(observe):
    (event,) = observe(SEEN | {"ip": "", "hostname": "www.example.org"}).accepted
    assert (event["ip"], event["hostname"]) == (None, "www.example.org")


def test_evidence_holds_each_name_once_and_nothing_empty(observe):
    (event,) = observe(SEEN | {"port": "x", "evidence": (("port", "one"), ("port", "two"), ("note", ""))}).accepted
    assert event["evidence"] == '{"port":"one"}'


def test_a_record_may_hold_several_observations_and_parts_that_are_none(gather, now):
    parts = [SEEN, {"code": "nobody"}, SEEN | {"ip": "192.0.2.8"}]
    records = [record({"parts": parts}), record({"parts": [SEEN | {"ip": "192.0.2.9"}]}, line=5)]
    found = gather(read_observed(records, understand=said, now=now, fold=True))
    assert [(event["row"], event["line"], event["ip"]) for event in found.accepted] == [
        (1, 1, "192.0.2.7"),
        (3, 1, "192.0.2.8"),
        (4, 5, "192.0.2.9"),
    ]
    (refused,) = found.refused
    assert (refused.row, refused.line, refused.code, json.loads(refused.raw)) == (2, 1, "nobody", {"code": "nobody"})


def test_equal_observations_count_as_duplicates_only_where_that_is_asked(observe):
    folded, whole = observe(SEEN, SEEN), observe(SEEN, SEEN, fold=False)
    assert (len(folded.accepted), folded.duplicates) == (1, 1)
    assert (len(whole.accepted), whole.duplicates) == (2, 0)


def test_a_record_that_could_not_be_read_and_one_that_is_refused_as_a_whole_are_rows_too(gather, now):
    def understand(value):
        if "no" in value:
            raise RefusedError("no", "It says no.")
        yield Observed(**SEEN)

    records = [record({}), Record(2, 2, b"{", None, "json-invalid", "Broken."), record({"no": 1}, line=3)]
    found = gather(read_observed(records, understand=understand, now=now, fold=True))
    assert len(found.accepted) == 1
    assert [(row.row, row.line, row.code, row.reason) for row in found.refused] == [
        (2, 2, "json-invalid", "Broken."),
        (3, 3, "no", "It says no."),
    ]


def test_what_was_said_before_a_refusal_stays(gather, now):
    def understand(_):
        yield Observed(**SEEN)
        raise RefusedError("no", "It says no.")

    found = gather(read_observed([record({})], understand=understand, now=now, fold=True))
    assert (len(found.accepted), found.codes) == (1, ["no"])


def refuse_kind(_):
    raise RefusedError(WRONG_KIND, "This is something else.")


def test_a_file_of_another_kind_is_refused_as_a_whole(observe):
    with pytest.raises(FormatError, match="something else"):
        observe(SEEN, SEEN, understand=refuse_kind)


def test_a_record_of_another_kind_among_good_ones_is_a_refused_row(observe):
    found = observe(
        SEEN, SEEN | {"ip": ""}, understand=lambda value: said(value) if value["parts"][0]["ip"] else refuse_kind(value)
    )
    assert (len(found.accepted), found.codes) == (1, [WRONG_KIND])


def test_no_records_give_no_chunks(now):
    assert list(read_observed([], understand=said, now=now, fold=True)) == []


def test_many_observations_of_one_record_come_in_pieces_while_it_is_read(now):
    drawn = 0

    def understand(_):
        nonlocal drawn
        for number in range(10 * CHUNK):
            drawn = number + 1
            yield Observed(**SEEN | {"port": str(number % 60_000)})

    first = next(read_observed([record({})], understand=understand, now=now, fold=False))
    assert first.events.num_rows == CHUNK
    assert drawn == CHUNK


TEXT = st.one_of(st.text(max_size=12), st.sampled_from(["192.0.2.1", "2026-11-23 01:02:03", "80", "spam", "x"]))
OBSERVED = st.fixed_dictionaries(
    {"time": TEXT, "identifier": TEXT},
    optional=dict.fromkeys(["ip", "port", "protocol", "hostname", "asn", "class_", "type_", "severity"], TEXT)
    | {"evidence": st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)},
)


@given(parts=st.lists(st.one_of(OBSERVED, st.just({"code": "no"})), max_size=6), fold=st.booleans())
def test_rows_add_up_whatever_is_observed(gather, now, parts, fold):
    found = gather(read_observed([record({"parts": parts})], understand=said, now=now, fold=fold))
    assert found.rows == len(parts)
    for event in found.accepted:
        assert event["ip"] or event["hostname"]
        assert CLASS_OF[event["type"]] == event["class"]
        assert all(value for value in json.loads(event["evidence"]).values())
