from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.advisory import Advisory, Severity
from misthoorn.intake.advisories.priority import (
    LONGEST_VECTOR,
    MOST_JUDGEMENTS,
    RULE,
    WORDS,
    computed,
    from_plain,
    got_likelier,
    got_worse,
    judgements,
    prioritise,
    to_plain,
)

V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V30 = V31.replace("3.1", "3.0")
LOW31 = "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
NOTHING = Advisory(
    identifier="CVE-2026-0001",
    aliases=(),
    title="",
    description="",
    published=None,
    modified=datetime(2026, 1, 1, tzinfo=UTC),
    state="published",
    severities=(),
    exploited=None,
    affected=(),
    references=(),
    problem_types=(),
)


def cvss(score, vector="", scheme="CVSS:3.1"):
    return replace(NOTHING, severities=(Severity(scheme, vector, score, "cna"),))


def ssvc(exploitation="none", automatable="no", impact="partial"):
    vector = f"Exploitation:{exploitation}/Automatable:{automatable}/Technical Impact:{impact}"
    return replace(NOTHING, severities=(Severity("SSVC", vector, 0.0, "CISA"),))


def ncsc(chance, harm):
    return replace(NOTHING, severities=(Severity("NCSC-NL", f"Kans:{chance}/Schade:{harm}", 0.0, "NCSC-NL"),))


def of(*contents, exploited=None, epss=None):
    return prioritise(judgements(contents), exploited=exploited, epss=epss)


def codes(priority):
    return [reason.code for reason in priority.because]


@pytest.mark.parametrize(
    ("scheme", "vector", "score"),
    [
        ("CVSS:4.0", V4, 9.3),
        ("CVSS:3.1", V31, 9.8),
        ("CVSS:3.0", V31.replace("3.1", "3.0"), 9.8),
        ("CVSS:2.0", V2, 7.5),
    ],
)
def test_a_vector_gives_the_score_that_its_standard_gives(scheme, vector, score):
    assert computed(scheme, vector) == score


@pytest.mark.parametrize("vector", ["", "CVSS:3.1/AV:N", "nonsense", "CVSS:3.1/" + "AV:N/" * 100, "\x00", "CVSS:4.0"])
def test_a_vector_that_can_not_be_read_gives_no_score(vector):
    assert {computed(scheme, vector) for scheme in ("CVSS:4.0", "CVSS:3.1", "CVSS:2.0")} == {None}


def test_a_stated_score_stands_beside_the_one_that_its_vector_gives_and_the_vector_counts():
    (found,) = judgements([cvss(5.0, V31)])

    assert (found.score, found.computed, found.counts) == (5.0, 9.8, 9.8)
    assert of(cvss(5.0, V31)).score == 9.8


@pytest.mark.parametrize(
    ("content", "word", "code"),
    [
        (NOTHING, "normal", "no-score"),
        (cvss(0.0), "information", "score-information"),
        (cvss(3.9), "information", "score-information"),
        (cvss(4.0), "normal", "score-normal"),
        (cvss(6.9), "normal", "score-normal"),
        (cvss(7.0), "high", "score-high"),
        (cvss(2.0, V31), "high", "score-high"),
        (cvss(9.0, LOW31), "information", "score-information"),
        (ssvc("active"), "urgent", "ssvc-active"),
        (ssvc("poc", "yes", "total"), "high", "ssvc-ready"),
        (ssvc("poc", "yes", "partial"), "normal", "no-score"),
        (ncsc("high", "high"), "urgent", "ncsc-urgent"),
        (ncsc("medium", "high"), "high", "ncsc-high"),
        (ncsc("medium", "medium"), "normal", "no-score"),
    ],
)
def test_a_judgement_gives_its_word_and_says_why(content, word, code):
    found = of(content)

    assert (found.word, codes(found)[0]) == (word, code)
    assert {reason.rule for reason in found.because} == {RULE}


@pytest.mark.parametrize(
    ("score", "epss", "word"),
    [
        (9.0, 0.5, "urgent"),
        (9.0, 0.49, "high"),
        (5.0, 0.5, "high"),
        (5.0, 0.1, "high"),
        (5.0, 0.09, "normal"),
        (None, 0.9, "high"),
        (2.0, 0.9, "information"),
    ],
)
def test_how_likely_an_attack_is_counts_for_as_much_as_it_can_harm(score, epss, word):
    assert of(NOTHING if score is None else cvss(score), epss=epss).word == word


def test_known_to_be_exploited_is_urgent_and_every_other_reason_is_told_too():
    found = of(cvss(2.0), ssvc("active"), exploited=("2026-01-01", "CISA KEV"))

    assert found.word == "urgent"
    assert codes(found) == ["exploited", "ssvc-active", "score-information"]
    assert (found.because[0].value, found.because[0].source) == ("2026-01-01", "CISA KEV")


def test_the_newest_version_of_cvss_counts_and_of_several_the_highest():
    found = of(cvss(9.9, scheme="CVSS:2.0"), cvss(5.0), cvss(6.0))

    assert (found.score, found.word) == (6.0, "normal")


def test_a_score_of_epss_is_no_judgement_that_stands_beside_the_others():
    assert judgements([replace(NOTHING, severities=(Severity("EPSS", "percentile:0.9", 0.9, "FIRST"),))]) == ()


def test_judgements_are_few_and_short_whatever_a_source_says():
    many = [cvss(5.0, "x" * (LONGEST_VECTOR + number)) for number in range(1, 3)]
    many += [cvss(number / 100) for number in range(500)]

    found = judgements(many)

    assert len(found) == MOST_JUDGEMENTS
    assert all(len(one.vector) <= LONGEST_VECTOR for one in found)


@pytest.mark.parametrize(
    ("before", "after", "likelier"),
    [
        (0.05, 0.1, True),
        (0.1, 0.29, False),
        (0.1, 0.31, True),
        (0.49, 0.5, True),
        (0.9, 0.1, False),
        (None, 0.9, False),
    ],
)
def test_an_attack_got_likelier_where_a_line_is_crossed_or_the_rise_is_large(before, after, likelier):
    assert got_likelier(before, after) is likelier


def test_worse_is_a_more_urgent_word():
    assert got_worse("normal", "urgent")
    assert not got_worse("urgent", "urgent")
    assert not got_worse("high", "information")


SCHEMES = st.sampled_from(["CVSS:4.0", "CVSS:3.1", "CVSS:2.0", "SSVC", "EPSS", "other"])
SEVERITIES = st.builds(
    Severity, SCHEMES, st.text(max_size=20) | st.sampled_from([V4, V31, V2]), st.floats(0, 10), st.text(max_size=3)
)
CONTENTS = st.builds(lambda some: replace(NOTHING, severities=tuple(some)), st.lists(SEVERITIES, max_size=4))
CHANCES = st.none() | st.floats(0, 1)


@given(st.lists(CONTENTS, max_size=4), CHANCES, st.randoms())
def test_the_order_of_what_is_said_makes_no_difference_and_there_is_always_a_reason(contents, epss, random):
    found = of(*contents, epss=epss)
    mixed = random.sample(contents, len(contents))

    assert of(*mixed, epss=epss) == found
    assert found.word in WORDS
    assert found.because
    assert from_plain(to_plain(judgements(contents))) == judgements(contents)


@given(st.lists(CONTENTS, max_size=4), CHANCES)
def test_nothing_becomes_less_urgent_by_what_is_said_of_attacks(contents, epss):
    calm = WORDS.index(of(*contents).word)

    assert WORDS.index(of(*contents, epss=epss).word) <= calm
    assert of(*contents, epss=epss, exploited=("2026-01-01", "KEV")).word == "urgent"
