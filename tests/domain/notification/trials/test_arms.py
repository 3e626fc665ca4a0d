"""Who is in which arm: drawn by a key, whatever the order, and never of what shows compromise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.trials.arms import draw, texts_for


@given(st.integers(1, 2**31), st.lists(st.integers(1, 2**40), unique=True, max_size=60), st.randoms())
def test_a_draw_depends_on_the_trial_the_organisation_and_the_secret_alone(trial, organisations, order):
    before = {one: draw(trial, one, arms=3, secret="s") for one in organisations}
    order.shuffle(organisations)
    assert {one: draw(trial, one, arms=3, secret="s") for one in organisations} == before
    assert set(before.values()) <= {0, 1, 2}


@pytest.mark.parametrize("arms", [2, 3, 4])
def test_arms_are_balanced_and_one_trial_says_nothing_of_another(arms):
    drawn = [[draw(trial, one, arms=arms, secret="s") for one in range(12_000)] for trial in (1, 2)]
    for some in drawn:
        for arm in range(arms):
            assert abs(some.count(arm) - 12_000 / arms) < 5 * (12_000 / arms) ** 0.5
    same = sum(one == other for one, other in zip(*drawn, strict=True))
    assert abs(same - 12_000 / arms) < 5 * (12_000 / arms) ** 0.5
    other_key = [draw(1, one, arms=arms, secret="t") for one in range(12_000)]
    assert (
        abs(sum(a == b for a, b in zip(drawn[0], other_key, strict=True)) - 12_000 / arms) < 5 * (12_000 / arms) ** 0.5
    )


@pytest.mark.parametrize("subject", ["infected-system", "compromised-website", "CVE-2021-44228"])
def test_what_shows_compromise_is_never_among_the_texts_of_a_trial(subject):
    kinds = {name.partition("/")[0] for name in texts_for(subject)}
    assert not kinds & {"compromised", "infected", "exploited"}
