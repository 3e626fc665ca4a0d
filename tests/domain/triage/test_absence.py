"""What the silence of a damaged delivery proves: nothing."""

import gzip
from datetime import timedelta

import pytest
from cast import NOW
from deliveries import YESTERDAY, deliver, events, seen, source

from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def bakery(make_bakery):
    source()
    return make_bakery()


def take(file, *, day, name="feed.csv"):
    return deliver(file, at=NOW + day * DAY, name=name)


def test_a_delivery_that_breaks_off_closes_nothing():
    take(events(seen()), day=0)
    for day in (1, 2, 3):
        whole = gzip.compress(events(*(seen(f"203.0.113.{n}", at=YESTERDAY + day * DAY) for n in range(1, 200))))
        take(whole[: len(whole) * 2 // 3], day=day, name="feed.csv.gz")

    assert Finding.objects.get().state == "open"


def test_an_address_in_a_row_that_was_refused_is_not_absent():
    take(events(seen()), day=0)
    for day in (1, 2, 3):
        made = YESTERDAY + day * DAY
        take(events(seen("203.0.113.9", at=made), seen(at=made, port=99999)), day=day)

    assert Finding.objects.get().state == "open"


def test_another_report_of_the_same_subject_closes_nothing():
    source("reports", form="shadowserver")
    head = "timestamp,ip,port,protocol,hostname,tag,asn,geo,severity\n"
    first = f"{head}2026-11-23 12:00:00,192.0.2.1,80,tcp,,andromeda,,NL,high\n"
    deliver(first.encode(), source="reports", name="2026-11-23-event4_sinkhole-nl.csv")
    for day in (1, 2, 3):
        when = YESTERDAY + day * DAY
        later = f"{head}{when:%Y-%m-%d %H:%M:%S},203.0.113.9,80,tcp,,andromeda,,NL,high\n"
        name = f"{when:%Y-%m-%d}-event4_sinkhole_http-nl.csv"
        deliver(later.encode(), source="reports", name=name, at=NOW + day * DAY)

    assert Finding.objects.get().state == "open"
