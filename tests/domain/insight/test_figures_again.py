"""All figures of the effect of a small history, as they were reckoned by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from misthoorn.insight.history import Which, read
from misthoorn.insight.models import Entry
from misthoorn.insight.tables import TABLES, curves

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def add(kind, key, at, **more):
    Entry.objects.create(kind=kind, key=str(key), at=at, recorded_at=NOW, **more)


def table(name, which=None):
    found = TABLES[name](read(which or Which(), now=NOW))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_a_small_history_by_hand():
    """Four findings of two organisations in one campaign, told on 1 September at midnight: one fixed after 10 days, one
    after 20, one not theirs any more after 10, one of which nothing more is known. Each delivery was read a day before,
    each observation is two days older."""
    told = datetime(2026, 9, 1, tzinfo=UTC)
    add("accepted", 1, told - DAY, batch=1)
    for finding, notice in ((1, 11), (2, 11), (3, 12), (4, 12)):
        of = {"organisation": notice, "severity": "high", "finding": finding, "source": 7}
        add("matched", finding, told - 2 * DAY, batch=1, **of)
        add("told", f"{notice}.{finding}", told, notice=notice, campaign=1, channel="mail", detail="r1", **of)
    for notice in (11, 12):
        of = {"organisation": notice, "notice": notice, "campaign": 1, "channel": "mail", "provenance": "rdap"}
        add("sent", notice, told, detail="exposed/rdp@1", **of)
        add("handed_over", notice, told, **of)
    add("answered", 1, told + DAY, notice=12, detail="fixed")
    add("fixed", "1.0", told + 10 * DAY, finding=1)
    add("gone", "3.0", told + 10 * DAY, finding=3)
    add("fixed", "2.0", told + 20 * DAY, finding=2)
    add("judged", 1, told + 2 * DAY, finding=3, source=7, detail="not_theirs r1")

    assert {row["step"]: row["count"] for row in table("funnel")} == {
        "made": 2, "handed_over": 2, "arrived": 2, "reached": 1, "answered": 1, "told": 4, "fixed": 2, "other": 1,
        "reopened": 0, "said_fixed": 1, "harm": 0, "corrected": 0,
    }  # fmt: skip
    # Finding 4 counts on day 0 only, so three are watched: at day 10 one of three is fixed and one leaves, at day 20
    # the last one is fixed. Of all that can happen: 1/3 fixed and 1/3 otherwise at day 10, 2/3 fixed at day 20.
    [seven] = table("ended")
    assert seven == {"day": 7, "fixed": 0, "ended_otherwise": 0, "still_open": 1}
    points = [row[2:4] + row[7:] for row in curves(read(Which(), now=NOW), by="severity").rows if not row[0]]
    assert points == [(0, 1, 0, 0), *map(pytest.approx, [(10, 2 / 3, 1 / 3, 1 / 3), (20, 0, 2 / 3, 1 / 3)])]
    # Ten days all are open, and ten days two thirds: 16 2/3 of 20 days on average, 66 2/3 of 80 in all.
    [open_days] = table("exposure")
    assert (open_days["days"], open_days["findings"]) == (20, 4)
    assert open_days["mean_open_days"] == pytest.approx(50 / 3)
    assert open_days["open_days"] == pytest.approx(200 / 3)
    assert open_days["fewer_than_all_open"] == pytest.approx(40 / 3)
    assert table("statements") == [{"said_and_gone": 0, "said_and_open": 2, "unsaid_and_gone": 2, "unsaid_and_open": 0}]
    [precise] = table("precision")
    assert [*precise.values()][:7] == [7, "r1", 4, 1, 0, 1, 0.25]
    assert (precise["low_95"], precise["high_95"]) == pytest.approx((0.0456, 0.6994), abs=1e-4)
    [known] = table("contacts")
    assert [*known.values()] == ["rdap", 2, 0, 2, 1, 1, 0, 0]
    assert [row["half"] for row in table("hours")] == [48, 48]
    [delivery] = table("delivery")
    assert (delivery["first"], delivery["last"]) == (24, 24)
    assert table("burden") == []
