"""Deliveries gone through again for one host: the rules are those of the deliveries as they came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from misthoorn.common.tlp import Tlp
from misthoorn.triage.findings.replay import Delivery, replay
from misthoorn.triage.findings.sightings import Sighting

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOST = Sighting(
    organisation=1,
    asset=2,
    source=3,
    tlp=Tlp.GREEN,
    subject="open-rdp",
    observed="192.0.2.1",
    port=3389,
    protocol="tcp",
    hostname="",
    rsit="",
    severity="high",
    certainty="exact",
    most_specific=True,
    first_seen=START,
    last_seen=START,
    times=1,
    evidence={},
)


def deliveries(count, *, source=3, kind="", covers=True, needed=2, first=1):
    return [
        Delivery(
            batch=number,
            source=source,
            slug="scan",
            kind=kind,
            looked_at=START + number * HOUR,
            needed=needed,
            covers=lambda subject, observed: covers and (subject, observed) == ("open-rdp", "192.0.2.1"),
        )
        for number in range(first, first + count)
    ]


def seen(*batches, **changes):
    return [replace(HOST, batch=n, first_seen=START + n * HOUR, last_seen=START + n * HOUR, **changes) for n in batches]


def test_what_was_never_seen_is_nothing():
    assert replay([], deliveries=deliveries(3)) is None
    assert replay(seen(1), deliveries=[]) is None


def test_what_was_seen_more_than_once_has_the_first_and_the_last_time():
    found = replay(seen(1, 3, times=2), deliveries=deliveries(3))

    assert (found.first_seen, found.last_seen, found.times) == (START + HOUR, START + 3 * HOUR, 4)
    assert found.open


@pytest.mark.parametrize(
    ("batches", "absences", "is_open"),
    [((1,), 2, False), ((1, 2), 1, True), ((3,), 0, True), ((1, 3), 0, True)],
)
def test_at_the_last_of_some_absences_it_is_gone_and_seen_again_it_is_there(batches, absences, is_open):
    found = replay(seen(*batches), deliveries=deliveries(3))

    assert (found.absences, found.open) == (absences, is_open)


def test_seen_after_it_was_gone_it_is_there_again():
    assert replay(seen(1, 4), deliveries=deliveries(4)).open


@pytest.mark.parametrize(
    "others",
    [
        deliveries(2, first=2, source=4),
        deliveries(2, first=2, kind="another report"),
        deliveries(2, first=2, covers=False),
        [replace(one, looked_at=None) for one in deliveries(2, first=2)],
        [replace(one, looked_at=START) for one in deliveries(2, first=2)],
    ],
    ids=["another source", "another kind", "covers something else", "holds nothing", "looked before"],
)
def test_a_delivery_that_says_nothing_about_it_is_no_absence(others):
    found = replay(seen(1), deliveries=[*deliveries(1), *others])

    assert (found.absences, found.open) == (0, True)


def test_only_the_source_that_saw_it_first_can_say_that_it_is_gone():
    later = [*deliveries(1), *deliveries(2, first=2, source=4)]

    assert replay(seen(1), deliveries=later).open
    assert not replay(seen(1), deliveries=[replace(one, source=4) for one in later], source=4).open
