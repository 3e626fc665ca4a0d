"""Remediation curves, held against a table of a textbook, the library that everybody uses, and plain reckoning."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.insight.survival import Span, curve, open_days

SPANS = st.lists(
    st.builds(Span, st.integers(0, 40).map(float), st.sampled_from(["fixed", "other", ""])), min_size=1, max_size=60
)


def plain(*spans):
    return curve(Span(float(days), ending) for days, ending in spans)


def test_without_anything_watched_nothing_can_be_said():
    nothing = curve([])
    assert (nothing.count, nothing.at(0), nothing.median()) == (0, None, None)


def test_the_textbook_s_six_steps_come_out_as_printed():
    """Kalbfleisch and Prentice (2002), table 1.1: days of rats, group 1, with two that were only watched so long."""
    days = (143, 164, 188, 188, 190, 192, 206, 209, 213, 216, 220, 227, 230, 234, 246, 265, 304)
    found = plain(*((day, "fixed") for day in days), (216, ""), (244, ""))

    assert (found.count, found.ended) == (19, 17)
    assert found.median() == 216
    shares = {143: 18 / 19, 188: 15 / 19, 216: 9 / 19}
    for day, share in shares.items():
        assert found.at(day).open == pytest.approx(share)


def test_what_is_only_watched_lowers_nothing_but_the_number_at_risk():
    found = plain((1, "fixed"), (2, ""), (3, "fixed"), (4, ""))

    assert [(point.day, point.at_risk) for point in found.points] == [(0, 4), (1, 4), (3, 2), (4, 0)]
    assert found.at(3).open == pytest.approx(3 / 4 * 1 / 2)
    assert found.at(5) is None


def test_what_moved_away_is_not_fixed_and_takes_its_own_share():
    found = plain((1, "other"), (2, "fixed"), (3, ""), (3, ""))

    assert found.at(3).fixed == pytest.approx(0.25)
    assert found.at(3).other == pytest.approx(0.25)
    assert found.at(3).open == pytest.approx(2 / 3)


def test_open_days_are_the_area_under_the_curve():
    found = plain((10, "fixed"), (30, ""))

    assert open_days(found, upto=10) == pytest.approx(10)
    assert open_days(found, upto=30) == pytest.approx(10 + 20 * 0.5)
    assert open_days(found, upto=50) == pytest.approx(10 + 40 * 0.5)


@pytest.fixture(scope="module")
def stats():
    """The library is slow to load, and only one worker needs it."""
    return pytest.importorskip("scipy.stats")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # scipy's own bounds where nothing is left are not numbers
@given(spans=SPANS)
def test_share_and_band_are_those_of_scipy(stats, spans):
    ours = curve(spans)
    watched = [span.days for span in spans if span.ending != "fixed"]
    ended = [span.days for span in spans if span.ending == "fixed"]
    theirs = stats.ecdf(stats.CensoredData(uncensored=ended, right=watched)).sf
    band = theirs.confidence_interval(method="log-log") if ended else None

    for point in (ours.at(day) for day in {span.days for span in spans}):
        place = [at for at, day in enumerate(theirs.quantiles) if day <= point.day]
        share = theirs.probabilities[place[-1]] if place else 1.0
        assert point.open == pytest.approx(share)
        if band is not None and 0 < point.open < 1:
            low, high = band.low.probabilities[place[-1]], band.high.probabilities[place[-1]]
            assert (point.low, point.high) == (pytest.approx(low), pytest.approx(high))


@given(spans=SPANS)
def test_whatever_was_watched_shares_add_up_and_never_rise(spans):
    found = curve(spans)

    for before, after in zip(found.points, found.points[1:], strict=False):
        assert after.day >= before.day
        assert after.open <= before.open
        assert after.fixed >= before.fixed
        assert after.low <= after.open <= after.high
    for point in found.points:
        assert 0 <= point.fixed + point.other <= 1 + 1e-9
        assert not math.isnan(point.low + point.high)
