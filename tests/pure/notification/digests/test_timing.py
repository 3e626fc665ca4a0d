"""When a contact is told, over all wishes, and on the days on which the clock jumps."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from misthoorn.common.clock import AMSTERDAM
from misthoorn.constituency.facts import NO_WISH, PreferenceFacts
from misthoorn.constituency.vocabulary import DIGESTS, PRESETS, SEVERITIES
from misthoorn.notification.digests.aggregation import shipped_versions
from misthoorn.notification.digests.timing import AT_ONCE, How, Recipient, is_pressing, next_digest, timing

RULES = shipped_versions()
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SPRING, AUTUMN = datetime(2027, 3, 28, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)

# Any moment, and often one of a night on which the clock jumps.
moments = st.datetimes(datetime(2026, 1, 2), datetime(2028, 12, 30), timezones=st.just(UTC)) | st.builds(  # noqa: DTZ001
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(-1500, 1500),
)
wishes = st.builds(
    lambda quiet, **more: PreferenceFacts(quiet_from=quiet and quiet[0], quiet_to=quiet and quiet[1], **more),
    st.none() | st.tuples(st.times(), st.times()),
    preset=st.sampled_from(PRESETS),
    digest=st.sampled_from(DIGESTS),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    floor=st.sampled_from(SEVERITIES),
)
recipients = st.builds(Recipient, wish=wishes, network_owner=st.booleans(), last_mail=st.none() | moments)


def decide(severity="normal", *, now=TUESDAY, pressing=False, last_mail=None, network_owner=False, **wish):
    recipient = Recipient(wish=PreferenceFacts(**wish), network_owner=network_owner, last_mail=last_mail)
    return timing(severity=severity, pressing=pressing, recipient=recipient, now=now, versions=RULES)


def local(at):
    return f"{at.astimezone(AMSTERDAM):%a %d %b %H:%M %z}"


# --- what no rule holds back ---


@given(severity=st.sampled_from(SEVERITIES), pressing=st.booleans(), recipient=recipients, now=moments)
def test_nothing_ever_delays_or_drops_what_is_urgent_or_pressing(severity, pressing, recipient, now):
    assume(pressing or severity == "urgent")
    assert timing(severity=severity, pressing=pressing, recipient=recipient, now=now, versions=RULES) == AT_ONCE


@pytest.mark.parametrize(
    "facts",
    [
        {"severity": "urgent"},
        {"exploited": True},
        {"text": "exploited/known"},
        {"text": "compromised/system"},
        {"text": "infected/device"},
        {"rsit": ["malicious-code/infected-system"]},
        {"rsit": ["vulnerable/weak-crypto", "intrusions/burglary"]},
    ],
)
def test_urgent_exploited_and_compromised_are_pressing(facts):
    assert is_pressing(**{"severity": "normal", "exploited": False, "text": "generic/generic", "rsit": []} | facts)


def test_what_is_none_of_these_is_not_pressing():
    kinds = ["vulnerable/weak-crypto"]
    assert not is_pressing(severity="high", exploited=False, text="exposed/rdp", rsit=kinds)


@given(severity=st.sampled_from(SEVERITIES), recipient=recipients, now=moments)
def test_what_waits_is_told_within_nine_days_and_not_in_quiet_hours(severity, recipient, now):
    found = timing(severity=severity, pressing=False, recipient=recipient, now=now, versions=RULES)

    if found.how in {How.LATER, How.GATHERED}:
        assert now < found.at <= now + timedelta(days=9)
        assert found.how == How.LATER or found.because.split(":")[0] in {"digest", "bundle"}
        wish = recipient.wish
        if wish.quiet_from and not recipient.network_owner:
            assert not quiet(found.at, wish)


def quiet(at, wish):
    clock = at.astimezone(AMSTERDAM).time()
    if wish.quiet_from <= wish.quiet_to:
        return wish.quiet_from <= clock < wish.quiet_to
    return not wish.quiet_to <= clock < wish.quiet_from


# --- presets and the floor ---


def test_without_a_wish_it_goes_out_at_once():
    assert decide() == AT_ONCE
    assert PreferenceFacts(preset="at_once", floor="information") == NO_WISH


def test_a_digest_holds_what_may_wait_and_what_is_high_goes_by_itself():
    assert decide("high", preset="digest") == AT_ONCE
    for severity in ("normal", "information"):
        found = decide(severity, preset="digest", hour=8)
        assert (found.how, local(found.at)) == (How.GATHERED, "Wed 25 Nov 08:00 +0100")
        assert found.because == "digest: calm-2026, digest, preference"


def test_a_weekly_digest_waits_for_its_weekday_also_when_that_is_today():
    later_today = decide(preset="digest", digest="week", weekday=1, hour=11)
    passed = decide(preset="digest", digest="week", weekday=1, hour=10)
    assert local(later_today.at) == "Tue 24 Nov 11:00 +0100"
    assert local(passed.at) == "Tue 01 Dec 10:00 +0100"


def test_only_what_is_severe_is_told_to_whoever_wishes_so():
    assert [decide(one, preset="severe").how for one in SEVERITIES] == [How.AT_ONCE, How.AT_ONCE, How.NOT, How.NOT]
    assert decide(preset="severe").because == "preference"
    assert decide("information", preset="severe", pressing=True) == AT_ONCE


def test_nothing_below_the_floor_is_told_but_what_is_urgent():
    told = [decide(one, floor="high").how for one in SEVERITIES]
    assert told == [How.AT_ONCE, How.AT_ONCE, How.NOT, How.NOT]
    assert decide("urgent", floor="urgent") == AT_ONCE
    assert decide("high", floor="urgent").because == "preference"


# --- one mail a day, and bundles ---


def test_a_second_mail_within_a_day_waits_until_the_day_is_over():
    last = TUESDAY - timedelta(hours=5)
    found = decide(last_mail=last)
    assert (found.how, found.at) == (How.GATHERED, last + timedelta(days=1))
    assert found.because == "digest: calm-2026, anyone, day"
    assert decide("high", last_mail=last) == AT_ONCE
    assert decide(last_mail=TUESDAY - timedelta(days=1)) == AT_ONCE


def test_a_clock_that_went_back_delays_by_a_day_at_most():
    found = decide(last_mail=TUESDAY + timedelta(days=400))
    assert found.at == TUESDAY + timedelta(days=1)


def test_a_clock_that_goes_forward_tells_sooner_and_drops_nothing():
    wish = {"preset": "digest", "hour": 8}
    before, after = decide(**wish).at, decide(**wish, now=TUESDAY + timedelta(days=3)).at
    assert before < after
    assert decide(last_mail=TUESDAY, now=TUESDAY + timedelta(days=3)) == AT_ONCE


@pytest.mark.parametrize("preset", PRESETS)
def test_an_owner_of_networks_gets_one_bundle_a_day_whatever_it_wished(preset):
    wish = {"preset": preset, "floor": "urgent", "quiet_from": time(6), "quiet_to": time(20)}
    found = decide("high", network_owner=True, **wish)
    assert (found.how, local(found.at)) == (How.GATHERED, "Wed 25 Nov 07:00 +0100")
    assert found.because == "bundle: calm-2026, network_owner, day"
    assert decide("high", network_owner=True, pressing=True, **wish) == AT_ONCE


def test_on_a_day_without_rules_everything_goes_out_at_once():
    then = datetime(2020, 5, 5, 12, tzinfo=UTC)
    assert decide(now=then, preset="digest", last_mail=then) == AT_ONCE


# --- quiet hours ---

NIGHT = {"quiet_from": time(22), "quiet_to": time(7)}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-24 21:59", None),
        ("2026-11-24 22:00", "Wed 25 Nov 07:00 +0100"),
        ("2026-11-25 06:59", "Wed 25 Nov 07:00 +0100"),
        ("2026-11-25 07:00", None),
        ("2026-10-24 23:00", "Sun 25 Oct 07:00 +0100"),
        ("2027-03-27 23:00", "Sun 28 Mar 07:00 +0200"),
    ],
)
def test_quiet_hours_go_over_midnight_and_over_both_changes_of_the_clock(now, told):
    found = decide("high", now=datetime.fromisoformat(now).replace(tzinfo=AMSTERDAM).astimezone(UTC), **NIGHT)
    assert (found.how, found.at and local(found.at)) == ((How.LATER, told) if told else (How.AT_ONCE, None))


def test_quiet_hours_without_length_are_none():
    assert decide(quiet_from=time(9), quiet_to=time(9)) == AT_ONCE


def test_a_digest_in_quiet_hours_goes_out_when_they_end():
    assert local(decide(preset="digest", hour=6, **NIGHT).at) == "Wed 25 Nov 07:00 +0100"


@given(now=moments, begin=st.integers(0, 1439), end=st.integers(0, 1439))
@example(now=SPRING - timedelta(hours=4), begin=180, end=150)
@example(now=AUTUMN + timedelta(minutes=35), begin=150, end=165)
@example(now=AUTUMN + timedelta(minutes=95), begin=150, end=165)
def test_quiet_hours_end_when_a_walk_minute_by_minute_says_so(now, begin, end):
    """But for an end that the clock skips: then as much later as the clock jumped, at most."""
    now = now.replace(second=0, microsecond=0)
    wish = PreferenceFacts(quiet_from=time(begin // 60, begin % 60), quiet_to=time(end // 60, end % 60))
    found = timing(severity="high", pressing=False, recipient=Recipient(wish=wish), now=now, versions=RULES)

    walked = now
    while quiet(walked, wish) and begin != end:
        walked += timedelta(minutes=1)
    told = found.at or now
    skipped = 120 <= end < 180 and walked <= SPRING.replace(year=walked.year) + timedelta(days=4)
    assert told == walked or (skipped and walked < told <= walked + timedelta(days=1, hours=1))


# --- hours that the clock skips, or that come twice ---


def test_a_digest_at_an_hour_that_the_clock_skips_comes_an_hour_later():
    wish = PreferenceFacts(preset="digest", hour=2)
    assert local(next_digest(wish, now=SPRING)) == "Sun 28 Mar 03:00 +0200"


def test_of_an_hour_that_comes_twice_the_first_one_counts_and_only_that():
    wish = PreferenceFacts(preset="digest", hour=2)
    first = next_digest(wish, now=AUTUMN - timedelta(hours=1))
    assert local(first) == "Sun 25 Oct 02:00 +0200"
    assert local(next_digest(wish, now=first)) == "Mon 26 Oct 02:00 +0100"


@given(now=moments, digest=st.sampled_from(DIGESTS), weekday=st.integers(0, 6), hour=st.integers(0, 23))
def test_digests_follow_each_other_once_a_day_or_once_a_week(now, digest, weekday, hour):
    wish = PreferenceFacts(preset="digest", digest=digest, weekday=weekday, hour=hour)
    first = next_digest(wish, now=now)
    second = next_digest(wish, now=first)
    days = (second.astimezone(AMSTERDAM).date() - first.astimezone(AMSTERDAM).date()).days
    assert days == (7 if digest == "week" else 1)
