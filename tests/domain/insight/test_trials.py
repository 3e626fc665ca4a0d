"""What a comparison of texts found: by lot, by intention to treat, and only when it is large enough."""

import random
from collections import Counter
from datetime import timedelta

import cast
import pytest
import reckoned
import seed
from compared import start

from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.insight.trials import curves_of, keep_results, result_of
from misthoorn.notification.models import Attempt, Message, Notice, TrialAssignment
from misthoorn.notification.services import create_notices
from misthoorn.notification.trials import services as trials

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
COUNT = 24


@pytest.fixture
def compare(db):  # noqa: ARG001  it writes to the database
    """A comparison with this outcome, in which every organisation was warned; its number."""

    def compare(**changes):
        seed.make_organisations(COUNT, now=cast.NOW)
        made = start(**changes)
        plans = seed.make_plans(now=cast.NOW, pressing=False)
        create_notices(campaign=seed.make_campaign(now=cast.NOW), plans=plans, now=cast.NOW)
        return made

    return compare


def result(made, *, at):
    return result_of(trials.trial(made), now=cast.NOW + at * DAY)


def in_arm(variant):
    drawn = TrialAssignment.objects.filter(arm__variant=variant).order_by("organisation")
    return [Notice.objects.get(organisation=one.organisation_id, kind="warning") for one in drawn]


def happens(kind, notice, *, day, finding=None):
    number = Entry.objects.count()
    more = {"finding": finding} if finding else {"notice": notice.pk}
    at = cast.NOW + day * DAY
    Entry.objects.create(kind=kind, key=str(number), at=at, recorded_at=at, detail="fixed", **more)


def test_each_arm_counts_those_with_the_outcome_in_time_of_all_that_were_drawn(compare):
    made = compare(outcome="answered", days=7)
    usual, short = in_arm(""), in_arm("short")
    for notice in short[:3]:
        happens("answered", notice, day=3)
        happens("answered", notice, day=4)
    happens("answered", short[3], day=8)  # too late
    happens("reached", short[4], day=1)  # not what counts
    happens("answered", usual[0], day=7)

    first, other = result(made, at=7).arms
    assert (first.variant, first.assigned, first.counted, first.reached_it) == ("", len(usual), len(usual), 1)
    assert (other.counted, other.reached_it, other.share) == (len(short), 3, pytest.approx(3 / len(short)))
    assert first.more is None
    assert other.more == pytest.approx(3 / len(short) - 1 / len(usual))
    assert other.more_low < other.more < other.more_high
    assert len(usual) + len(short) == COUNT


def test_before_the_days_are_over_nobody_is_counted_and_it_is_too_early_to_say(compare):
    made = compare(outcome="answered", days=7, per_arm=5)
    happens("answered", in_arm("short")[0], day=1)

    early = result(made, at=6)
    assert [(one.counted, one.share, one.more) for one in early.arms] == [(0, None, None)] * 2
    assert not early.enough
    assert result(made, at=7).enough


def test_one_arm_that_is_too_small_is_not_enough(compare):
    made = compare(outcome="answered", days=7, per_arm=100)
    assert not result(made, at=9).enough


def test_who_looked_or_answered_was_reached_also_by_the_digest_that_told_it(compare):
    made = compare(outcome="reached", days=7)
    looked, answered, by_digest = in_arm("short")[:3]
    happens("reached", looked, day=1)
    happens("answered", answered, day=1)
    digest = Notice.objects.create(
        kind="digest",
        occasion="d",
        organisation=by_digest.organisation,
        number="000000000001",
        code="22222222",
        subject="other/digest",
        severity="high",
        tlp="GREEN",
        state="queued",
        created_at=cast.NOW,
    )
    told = by_digest.messages.get()
    carrier = Message.objects.get(pk=told.pk)
    carrier.pk, carrier.notice, carrier.message_id = None, digest, "<digest>"
    carrier.save()
    Message.objects.filter(pk=told.pk).update(state="gathered", told_in=carrier)
    happens("reached", digest, day=2)

    assert [one.reached_it for one in result(made, at=8).arms] == [0, 3]


def test_fixed_is_all_that_the_first_warning_told_of_and_in_time(compare):
    made = compare(outcome="fixed", days=7)
    done, late, half = in_arm("short")[:3]
    for notice, day in ((done, 6), (late, 8), (half, 2)):
        happens("fixed", notice, day=day, finding=notice.findings.get().finding_id)
    other = in_arm("")[0].findings.get().finding_id
    half.findings.create(finding_id=other)  # a second one, that stays

    assert [one.reached_it for one in result(made, at=8).arms] == [0, 1]


@pytest.mark.parametrize("outcome", ["fixed", "reached", "answered"])
def test_the_numbers_of_each_arm_are_what_plain_reckoning_says(compare, outcome):
    made, lot, now = compare(outcome=outcome, days=7), random.Random(), cast.NOW + 9 * DAY
    counts = {"": Counter(), "short": Counter()}
    for variant, counted in counts.items():
        for notice in in_arm(variant):
            drawn = cast.NOW + lot.choice([0, 0, 0, 1, 2, 3]) * DAY
            TrialAssignment.objects.filter(organisation=notice.organisation_id).update(at=drawn)
            days = {kind: lot.sample(range(12), lot.randint(0, 2)) for kind in ("answered", "reached", "fixed")}
            for kind, day in [(kind, day) for kind, some in days.items() for day in some]:
                happens(kind, notice, day=day, finding=notice.findings.get().finding_id if kind == "fixed" else None)
            good = days["answered"] + days["reached"] if outcome == "reached" else days[outcome]
            ripe = drawn + 7 * DAY <= now
            counted["drawn"] += 1
            counted["ripe"] += ripe
            counted["good"] += ripe and any(cast.NOW + day * DAY <= drawn + 7 * DAY for day in good)

    shares = {variant: (some["good"], some["ripe"]) for variant, some in counts.items()}
    for arm in result(made, at=9).arms:
        assert (arm.assigned, (arm.reached_it, arm.counted)) == (counts[arm.variant]["drawn"], shares[arm.variant])
        assert (arm.low, arm.high) == pytest.approx(reckoned.wilson(*shares[arm.variant]), abs=1e-9)
        if arm.variant:
            more = reckoned.newcombe(shares[arm.variant], shares[""])
            assert (arm.more, arm.more_low, arm.more_high) == pytest.approx(more, abs=1e-9)


def test_each_arm_has_its_curve(compare):
    made = compare()
    for message in Message.objects.all():
        Attempt.objects.create(
            message=message, number=1, claimed_at=cast.NOW, finished_at=cast.NOW, outcome="handed_over", reply="250"
        )
    collect(now=cast.NOW)
    notice = in_arm("short")[0]
    happens("fixed", notice, day=6, finding=notice.findings.get().finding_id)

    found = curves_of(trials.trial(made), now=cast.NOW + 9 * DAY)
    assert {variant: (one.count, one.ended) for variant, one in found.items()} == {
        "": (len(in_arm("")), 0),
        "short": (len(in_arm("short")), 1),
    }


def test_the_numbers_are_kept_when_all_is_counted_and_stay_when_the_arms_are_forgotten(compare):
    made = compare(outcome="answered", days=7)
    happens("answered", in_arm("short")[0], day=1)
    trials.end_trial(trial=made, person=cast.person(cast.COLLEAGUE, second_factor=False), why="x", now=cast.NOW)
    before = result(made, at=8)

    assert keep_results(now=cast.NOW + 7 * DAY) == 0
    assert keep_results(now=cast.NOW + 8 * DAY) == 1
    assert keep_results(now=cast.NOW + 9 * DAY) == 0
    assert trials.forget_arms(now=cast.NOW + 99 * DAY) == COUNT
    assert result(made, at=99) == before
    assert curves_of(trials.trial(made), now=cast.NOW + 99 * DAY) == {}
