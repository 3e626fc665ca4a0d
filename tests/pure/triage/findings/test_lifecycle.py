from datetime import UTC, datetime, timedelta

import pytest

from misthoorn.triage.findings.lifecycle import REOPEN_WITHIN, Absence, Known, Seen, when_absent, when_seen

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BEFORE = NOW - timedelta(days=500)
OPEN = Known(open=True, closed_at=None, last_batch=1, last_seen=BEFORE)


def gone(ago):
    return Known(open=False, closed_at=NOW - ago, last_batch=1, last_seen=BEFORE)


def test_what_nobody_knows_is_new():
    assert when_seen(None, batch=2, seen=NOW, now=NOW) is Seen.NEW


def test_what_is_open_is_seen_again():
    assert when_seen(OPEN, batch=2, seen=NOW, now=NOW) is Seen.AGAIN


@pytest.mark.parametrize("known", [OPEN, gone(timedelta(days=1)), gone(timedelta(days=400))])
def test_the_same_batch_counts_once_whatever_became_of_it(known):
    assert when_seen(known, batch=1, seen=NOW, now=NOW) is Seen.COUNTED


def test_an_import_is_no_batch_and_never_the_same_one():
    assert (
        when_seen(Known(open=True, closed_at=None, last_batch=0, last_seen=BEFORE), batch=0, seen=NOW, now=NOW)
        is Seen.AGAIN
    )


@pytest.mark.parametrize(
    ("ago", "verdict"),
    [
        (timedelta(0), Seen.REOPENED),
        (REOPEN_WITHIN, Seen.REOPENED),
        (REOPEN_WITHIN + timedelta(seconds=1), Seen.NEW),
    ],
)
def test_what_went_opens_again_within_ninety_days_and_is_a_new_one_later(ago, verdict):
    assert timedelta(days=90) == REOPEN_WITHIN
    assert when_seen(gone(ago), batch=2, seen=NOW, now=NOW) is verdict


@pytest.mark.parametrize("ago", [timedelta(days=1), timedelta(days=400)])
def test_a_delivery_that_tells_once_more_of_what_is_gone_changes_nothing(ago):
    assert when_seen(gone(ago), batch=2, seen=BEFORE, now=NOW) is Seen.COUNTED
    assert when_seen(gone(ago), batch=0, seen=BEFORE, now=NOW) is not Seen.COUNTED
    assert when_seen(gone(ago), batch=2, seen=None, now=NOW) is not Seen.COUNTED


FINDING = Absence(absences=0, last_seen=NOW, last_absent_batch=1)
LATER = {"batch": 2, "looked_at": NOW + timedelta(seconds=1), "covered": True, "needed": 2}


def test_each_covering_delivery_without_it_is_one_absence():
    assert when_absent(FINDING, **LATER) == 1
    assert when_absent(Absence(1, NOW, 1), **LATER) == 2


@pytest.mark.parametrize(
    "silent",
    [{"covered": False}, {"looked_at": NOW}, {"looked_at": NOW - timedelta(days=1)}, {"batch": 1}],
    ids=["not covered", "made at the time it was seen", "made before", "the same batch"],
)
def test_a_delivery_that_proves_nothing_says_nothing(silent):
    assert when_absent(FINDING, **(LATER | silent)) is None


def test_absences_never_pass_what_is_needed():
    assert when_absent(Absence(5, NOW, 1), **LATER) == 2
