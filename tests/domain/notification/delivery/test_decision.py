from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.tlp import Tlp
from misthoorn.constituency.vocabulary import CHANNELS, CONTACT_ROLES, OTHERS
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.delivery.decision import Because, Circumstances, after_failure, back_off, objection
from misthoorn.notification.delivery.rate import MOST_REFUSALS, Pace
from misthoorn.notification.models import Notice

CHANCE = st.floats(0, 1)


@given(st.integers(1, 10_000), CHANCE)
def test_a_recipient_is_left_alone_for_some_minutes_at_least_and_some_hours_at_most(attempt, jitter):
    assert 239.9 < back_off(reason=Reason.LATER, attempt=attempt, jitter=jitter) < 4 * 3600 * 1.2 + 1


@given(st.integers(1, 10_000), CHANCE)
def test_a_relay_of_ours_is_tried_again_sooner(attempt, jitter):
    assert 3.9 < back_off(reason=Reason.UNREACHABLE, attempt=attempt, jitter=jitter) < 1800 * 1.2 + 1


@given(st.integers(1, 30))
def test_waiting_grows_with_each_attempt(attempt):
    def waits(number):
        return back_off(reason=Reason.LATER, attempt=number, jitter=0.5)

    assert waits(attempt) <= waits(attempt + 1)


def test_chance_spreads_what_failed_together():
    assert back_off(reason=Reason.LATER, attempt=1, jitter=0) < back_off(reason=Reason.LATER, attempt=1, jitter=1)


@given(st.sampled_from([Reason.LATER, Reason.UNREACHABLE]), st.integers(1, 1000), st.integers(0, 2))
def test_being_told_to_come_back_never_sets_a_message_aside(reason, attempt, failures):
    verdict = after_failure(HandOverError(reason, "451"), attempt=attempt, failures=failures, jitter=0.5)

    assert (verdict.state, verdict.failure) == ("queued", False)


def test_rest_grows_up_to_a_minute_and_ends_when_something_goes_well():
    pace = Pace()

    assert [pace.rest(0.0) for _ in range(10)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    pace.took(1.0)
    assert pace.rest(2.0) == 0.5


def test_refusals_are_believed_up_to_a_bound_and_a_success_starts_the_count_again():
    pace = Pace()

    assert not any(pace.refused() for _ in range(MOST_REFUSALS))
    assert pace.refused()
    pace.took(0.0)
    assert not pace.refused()


NOW = {
    "too_late": False,
    "still_true": True,
    "role": "owner",
    "address": "info@korenaar.example",
    "current_address": "info@korenaar.example",
    "tlp": "AMBER",
    "channel": "mail",
}


def refused(**changes):
    verdict = objection(Circumstances(**NOW | changes), channels=CHANNELS)
    return verdict and (verdict.state, verdict.because)


@given(st.sampled_from(Tlp), st.sampled_from(CONTACT_ROLES), st.sampled_from(CHANNELS), st.sampled_from(Notice.Kind))
def test_just_before_it_is_handed_over_the_label_is_asked_once_more(label, role, channel, kind):
    """The same in other words: what leaves the organisation is at most AMBER, and RED goes nowhere."""
    outside = role in OTHERS or kind in {"bundle", "hand_over"}
    strictest = Tlp.AMBER if outside or kind == "broadcast" else Tlp.AMBER_STRICT
    allowed = list(Tlp).index(label) <= list(Tlp).index(strictest)

    assert (refused(tlp=label, role=role, channel=channel, kind=kind) is None) is allowed
    assert allowed or refused(tlp=label, role=role, channel=channel, kind=kind) == ("withheld", Because.TLP)


@given(st.sampled_from(["", "carrier-pigeon"]))
def test_what_goes_by_no_channel_of_ours_is_withheld_for_that(channel):
    assert refused(channel=channel) == ("withheld", Because.NO_CHANNEL)


def test_a_contact_that_may_no_longer_be_used_is_told_nothing_whatever_the_label():
    assert refused(role="", tlp="CLEAR") == ("withheld", Because.CONTACT_UNUSABLE)
