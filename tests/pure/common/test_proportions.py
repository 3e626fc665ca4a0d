"""Shares and their intervals, held against printed tables and the library that everybody uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.proportions import chance_of_more, difference, per_group, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.fixture(scope="module")
def stats():
    """The library is slow to load, and only one worker needs it."""
    return pytest.importorskip("scipy.stats")


@given(COUNTS)
def test_the_interval_of_a_share_is_wilson_s(stats, counts):
    found = stats.binomtest(*counts).proportion_ci(method="wilson")
    assert wilson(*counts) == pytest.approx((found.low, found.high), abs=1e-9)


def test_of_nothing_everything_is_possible():
    assert wilson(0, 0) == (0, 1)
    assert difference((0, 0), (1, 2)) == (0, -1, 1)


def test_the_differences_that_newcombe_printed_come_out():
    """Newcombe (1998), table II, method 10."""
    for one, other, low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((0, 10), (0, 10), -0.2775, 0.2775),
    ):
        assert difference(one, other)[1:] == pytest.approx((low, high), abs=5e-5)


@given(COUNTS, COUNTS)
def test_a_difference_lies_in_its_interval_and_turns_round(one, other):
    at, low, high = difference(one, other)
    assert -1 - 1e-9 <= low <= at <= high <= 1 + 1e-9
    assert difference(other, one) == pytest.approx((-at, -high, -low))


def test_the_sizes_that_are_asked_for_most_are_known():
    sizes = {(0.10, 0.15): 686, (0.40, 0.45): 1_534, (0.40, 0.50): 388, (0.50, 0.70): 93}
    assert {shares: per_group(*shares) for shares in sizes} == sizes


@given(st.sampled_from(range(2, 99)), st.sampled_from(range(2, 99)))
def test_so_many_do_find_the_change_four_times_in_five(stats, now, hoped):
    if now == hoped:
        return
    p, q, n = now / 100, hoped / 100, per_group(now / 100, hoped / 100)
    mean, sure = (p + q) / 2, stats.norm.ppf(0.975)
    gap, spread = abs(p - q) * n**0.5, (p * (1 - p) + q * (1 - q)) ** 0.5
    found = stats.norm.cdf((gap - sure * (2 * mean * (1 - mean)) ** 0.5) / spread)
    assert found >= 0.8 - 1e-9
    assert n == 1 or stats.norm.cdf((gap * ((n - 1) / n) ** 0.5 - sure * (2 * mean * (1 - mean)) ** 0.5) / spread) < 0.8


@pytest.mark.parametrize("shares", [(0.2, 0.2), (0, 0.5), (0.5, 1), (-0.1, 0.2)])
def test_shares_that_can_not_be_told_apart_are_refused(shares):
    with pytest.raises(ValueError, match="different shares"):
        per_group(*shares)


@given(COUNTS, COUNTS)
def test_the_chance_of_so_much_more_is_fisher_s(stats, one, other):
    (a, n), (b, m) = one, other
    found = stats.fisher_exact([[a, n - a], [b, m - b]], alternative="greater").pvalue
    assert chance_of_more(one, other) == pytest.approx(found, rel=1e-6, abs=1e-12)
