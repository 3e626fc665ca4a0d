"""The corpus is classified; how much of it is right is stated here, and what is not is named with the reason."""

import pytest
from corpus import cases

from misthoorn.notification.incoming.classification import FOR_A_PERSON, classify
from misthoorn.notification.incoming.message import read

CASES = cases()
RIGHT = 238  # of all, when this was written
MISSES: dict[str, str] = {}  # name -> why it is not right yet; one that heals must go


def wrong(case):
    """What is not as it should be, in words; "" where all is."""
    found = classify(read(case.raw))
    said = [f"kind is {found.kind}"] * (found.kind not in case.kinds)
    said += [f"bad address is {found.bad_address}"] * (case.bad is not None and found.bad_address is not case.bad)
    said += [f"status is {found.status!r}"] * (case.status not in {"", found.status})
    said += [f"recipients are {found.recipients}"] * bool(case.recipient and case.recipient not in found.recipients)
    return "; ".join(said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_each_mail_is_what_it_is_or_a_miss_that_is_declared(case):
    found = wrong(case)

    assert bool(found) is (case.name in MISSES), found or f"heals: {MISSES[case.name]}"


def test_the_figure_is_what_is_stated():
    right = sum(not wrong(case) for case in CASES)

    assert (right, len(CASES) - len(MISSES)) == (RIGHT, RIGHT)
    assert right >= 0.98 * len(CASES)
    assert sum("failed" in case.kinds for case in CASES) >= 100


def test_no_words_of_a_person_go_where_nobody_reads_them():
    written = [case for case in CASES if case.file == "people"]

    assert len(written) > 40
    assert {case.name for case in written if classify(read(case.raw)).kind not in FOR_A_PERSON} == set()


def test_no_full_mailbox_and_no_rule_makes_an_address_a_bad_one():
    kept = [case for case in CASES if case.bad is False]

    assert len(kept) > 100
    assert {case.name for case in kept if classify(read(case.raw)).bad_address} == set()


def test_ends_of_lines_as_they_travel_change_nothing():
    for case in CASES:
        there, here = read(case.raw.replace(b"\n", b"\r\n")), read(case.raw)
        assert (classify(there), there.answers) == (classify(here), here.answers), case.name


def test_names_are_the_corpus_own_and_no_mail_stands_in_it_twice():
    assert len({case.name for case in CASES}) == len({case.raw for case in CASES}) == len(CASES)
    assert set(MISSES) <= {case.name for case in CASES}
