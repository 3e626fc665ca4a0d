import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.identifiers.version_ranges import MAX_BOUNDS, Bounds, everything, exactly, read_range, spaced
from misthoorn.matching.versions import vers

ALL = everything()


def below(high, *, low="", inclusive=False, low_inclusive=True):
    return Bounds(low, low_inclusive, high, inclusive)


def since(low, *, inclusive=True):
    return Bounds(low, inclusive, "", high_inclusive=True)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("4.2", (exactly("4.2"),)),
        ("12.2(55)SE3", (exactly("12.2(55)SE3"),)),
        ("vers:all/*", (ALL,)),
        ("vers:generic/*", (ALL,)),
        ("All versions", (ALL,)),
        ("7.2 all versions", (Bounds("7.2", low_inclusive=True, high="7.2.*", high_inclusive=True),)),
        ("*", (ALL,)),
        ("vers:none/*", ()),
        ("< 2.3", (below("2.3"),)),
        ("<=V2.3", (below("V2.3", inclusive=True),)),
        ("≤ 2.3", (below("2.3", inclusive=True),)),
        ("vers:all/<V17 Update 6", (below("V17 Update 6"),)),
        ("vers:all/<V17%20Update%206", (below("V17 Update 6"),)),
        ("< V6.0 SP9 Upd4", (below("V6.0 SP9 Upd4"),)),
        ("All versions < V5.2 SP3 HF15", (below("V5.2 SP3 HF15"),)),
        ("All BIOS versions < V1.0.212N", (below("V1.0.212N"),)),
        ("vers:all/>=V7.80<V9.40", (below("V9.40", low="V7.80"),)),
        (">= V7.80 < V9.30", (below("V9.30", low="V7.80"),)),
        ("> 6.8.6 | < 6.9.2 CU01", (below("6.9.2 CU01", low="6.8.6", low_inclusive=False),)),
        (">= 6.2.0 | <= 6.2.0.3", (below("6.2.0.3", low="6.2.0", inclusive=True),)),
        ("vers:npm/1.0|>=2.0|<3.0", (exactly("1.0", scheme="npm"), below("3.0", low="2.0")._replace(scheme="npm"))),
        ("vers:generic/<4.2|>=5", (below("4.2"), since("5"))),
        ("vers:generic/!=4.2", (exactly("4.2")._replace(excluded=True), ALL)),
        ("vers:generic/>=1|>=2|<3", (below("3", low="1"),)),
        ("2.00 | 2.03", (exactly("2.00"), exactly("2.03"))),
        (">=4.9", (since("4.9"),)),
        ("<=LF", (below("LF", inclusive=True),)),
    ],
)
def test_versions_vers_and_rows_of_bounds_are_read(text, bounds):
    assert read_range(text) == bounds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "vers:",
        "vers:npm/",
        "vers:npm/|",
        "vers:npm/1..x|<",
        "before 2.3",
        "7.x",
        "2.3.*",
        "and 5.028",
        "28 - 32",
        "<= Serial Numbers 2310****",
        "< V10.6 only if it listens",
        "All versions with other things",
        "vers:generic/<2.0|>=1.0",
        "< V2 Update 3 | >= V2",
    ],
)
def test_sentences_lines_and_what_can_be_read_two_ways_are_left(text):
    assert read_range(text) is None


def test_underscores_stand_for_blanks_in_sentences_only():
    assert spaced("<V10.6_only_if_it_listens") == "<V10.6 only if it listens"
    assert spaced("all_versions_with_it") == "all versions with it"
    assert spaced("V18_Update_2") == "V18_Update_2"


VERSIONS = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
ROWS = st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), VERSIONS), min_size=1, max_size=4)


@given(row=ROWS, version=VERSIONS)
def test_bounds_in_order_hold_the_versions_that_a_range_of_the_specification_holds(row, version):
    ordered = sorted(
        {number: comparator for comparator, number in row}.items(), key=lambda one: vers.key("intdot", one[0])
    )
    text = "vers:intdot/" + "|".join(f"{comparator}{number}" for number, comparator in ordered)
    found = read_range(text)
    if found is None:
        return
    if _is_redundant(ordered):
        return
    inside = any(vers.contains(_as_vers(bounds), version) for bounds in found)
    assert inside == vers.contains(text, version)


def _is_redundant(ordered):
    """Two bounds in a row that open or that close; the specification allows them after simplifying only."""
    signs = [comparator[0] for _, comparator in ordered]
    return any(one == other != "=" for one, other in itertools.pairwise(signs)) or "=" in signs


def _as_vers(bounds):
    parts = []
    if bounds.low == bounds.high:
        return f"vers:intdot/{bounds.low}"
    if bounds.low:
        parts.append((">=" if bounds.low_inclusive else ">") + bounds.low)
    if bounds.high:
        parts.append(("<=" if bounds.high_inclusive else "<") + bounds.high)
    return "vers:intdot/" + ("|".join(parts) or "*")


@given(st.text(max_size=60) | st.text("<>=|!,;vV. 0123SPxX*%/_-()", max_size=60))
def test_any_text_is_bounds_or_none(text):
    assert read_range(text) is None or isinstance(read_range(f"vers:x/{text}"), tuple | None)


@pytest.mark.parametrize(
    "text",
    [
        "9 " * 50_000,
        "<" * 100_000,
        "vers:npm/" + "1|" * (MAX_BOUNDS + 1) + "2",
        "(" * 100_000 + "1",
        "< " + "1 SP1" * 20_000,
        "_" * 100_000,
        "A" * 99_000 + "1",
    ],
)
def test_a_long_text_takes_no_time(text):
    started = time.process_time()
    assert read_range(spaced(text)) is None
    assert time.process_time() - started < 1
