import functools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misthoorn.matching import versions
from misthoorn.matching.statements import osv_events
from misthoorn.matching.statements.phrases import Span

VERSIONS = ["0.9", "1.0", "1.1", "2.0", "2.0.1", "3.0", "10.0"]
AROUND = ["0-0", *(version + end for version in VERSIONS for end in ("-0", "", ".0.1")), "11"]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["introduced", "introduced", "fixed", "fixed", "last_affected", "limit"]),
        st.sampled_from(["0", *VERSIONS]),
    ),
    max_size=7,
)


def by_the_specification(events, version):
    """https://ossf.github.io/osv-schema/#evaluation, read aloud."""

    def order(text):
        return functools.cmp_to_key(lambda a, b: versions.compare("semver", a, b))(text)

    def place(event):
        word, at = event
        return (0, order("0")) if (word, at) == ("introduced", "0") else (1, order(at))

    limits = [at for word, at in events if word == "limit"]
    if limits and not any(versions.compare("semver", version, limit) < 0 for limit in limits):
        return False
    vulnerable = False
    for word, at in sorted((event for event in events if event[0] != "limit"), key=place):
        difference = -1 if (word, at) == ("introduced", "0") else versions.compare("semver", at, version)
        if word == "introduced" and difference <= 0:
            vulnerable = True
        if (word == "fixed" and difference <= 0) or (word == "last_affected" and difference < 0):
            vulnerable = False
    return vulnerable


def held(spans, version):
    def inside(span):
        below = span.low and versions.compare("semver", version, span.low) < 0
        order = versions.compare("semver", version, span.high) if span.high else -1
        return not below and (order < 0 or (order == 0 and span.high_inclusive))

    return any(map(inside, spans))


@given(EVENTS)
@example([("introduced", "1.0"), ("introduced", "2.0"), ("fixed", "2.0.1"), ("fixed", "3.0")])
@example([("fixed", "2.0"), ("introduced", "0"), ("introduced", "3.0"), ("last_affected", "10.0"), ("limit", "3.0")])
@example([("introduced", "1.0"), ("last_affected", "1.0"), ("introduced", "1.0")])
@example([("introduced", "1.0"), ("fixed", "2.0"), ("fixed", "3.0")])
def test_events_in_any_order_hold_the_versions_that_the_specification_says(events):
    spans = osv_events.spans("\n".join(map(" ".join, events)), scheme="semver")
    for version in AROUND:
        if {"fixed", "last_affected"} <= {word for word, at in events if at == version}:
            continue  # it can't be both
        assert held(spans, version) == by_the_specification(events, version), version


def test_a_version_that_is_introduced_and_fixed_at_once_is_read_as_it_is_written():
    again = "introduced 1.0\nfixed 2.0\nintroduced 2.0\nfixed 3.0"
    assert held(osv_events.spans(again, scheme="semver"), "2.0")
    assert not held(osv_events.spans("introduced 2.0\nfixed 2.0", scheme="semver"), "2.0")


def test_the_beginning_lies_below_every_version():
    assert osv_events.spans("fixed 1:0~\nintroduced 0", scheme="deb") == (
        Span("", low_inclusive=True, high="1:0~", high_inclusive=False),
    )


@pytest.mark.parametrize("text", ["introduced x y", "introduced 1\nlimit ?", "introduced 1\n" * 10_001])
def test_what_can_not_be_ordered_is_said_in_a_sentence(text):
    with pytest.raises(versions.VersionError, match=r"\.$"):
        osv_events.spans(text, scheme="semver")
