"""All figures of the effect once more, by plain reckoning over the rows of a ledger that was drawn by lot, and by hand.

Nothing here comes from the code that is tested, but for the rows themselves.
"""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from misthoorn.insight.history import Which, read
from misthoorn.insight.models import Entry
from misthoorn.insight.tables import TABLES, curves

pytestmark = pytest.mark.django_db

START = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WARNED = ("", "gathered")


def add(kind, key, at, **more):
    Entry.objects.create(kind=kind, key=str(key), at=at, recorded_at=NOW, **more)


def drawn(seed):
    """A history of some months: everything may happen to everything, in any order, more than once."""
    lot = random.Random(seed)
    for batch in range(1, 5):
        add("accepted", batch, START + lot.randint(0, 9) * DAY, batch=batch, source=1)
    for finding in range(1, 41):
        seen = START + lot.randint(0, 2_000) * HOUR
        batch = lot.choice([None, 1, 2, 3, 4])
        add("matched", finding, seen, finding=finding, organisation=finding % 9, source=1 + finding % 2, batch=batch)
    for message in range(1, 46):
        draw_message(lot, message, notice=1 + message % 30)
    for finding in range(1, 41):
        draw_ends(lot, finding)


def draw_message(lot, message, *, notice):
    of = {"organisation": notice % 9, "notice": notice, "campaign": 1 + notice % 3}
    of["severity"] = lot.choice(["high", "normal"])
    way = {"channel": lot.choice(["mail", "letter"]), "provenance": lot.choice(["registered", "rdap"])}
    at = START + lot.randint(500, 3_600) * HOUR
    how = lot.choice(["", "", "gathered", "reminder", "digest"])
    add("sent", message, at - HOUR, detail="exposed/rdp@1" if how in WARNED else "other/reminder@1", **of, **way)
    if lot.random() < 0.8:
        add("handed_over", message, at, detail=how, **of, **way)
        for finding in lot.sample(range(1, 41), lot.randint(1, 4)) if how in WARNED else ():
            key = f"{notice}.{finding}"
            if not Entry.objects.filter(kind="told", key=key).exists():
                told = {"channel": way["channel"], "source": 1 + finding % 2, "detail": "rule"}
                add("told", key, at, finding=finding, **told, **of)
    if lot.random() < 0.2:
        add("bounced", message, at + HOUR, **of, **way)
    if lot.random() < 0.3:
        add("reached", message, START + 99 * DAY, **of)
    if lot.random() < 0.6:
        answer = lot.choice(["fixed", "wrong", "not_ours"])
        add("answered", message, START + lot.randint(500, 3_600) * HOUR, detail=answer, **of)


def draw_ends(lot, finding):
    for number in range(lot.randint(0, 2)):
        kind = lot.choice(["fixed", "fixed", "gone"])
        add(kind, f"{finding}.{number}", START + lot.randint(500, 3_600) * HOUR, finding=finding)
    if lot.random() < 0.2:
        add("reopened", finding, NOW, finding=finding)
    if lot.random() < 0.3:
        judged = lot.choice(["false_positive", "not_theirs", "stands"])
        add("judged", finding, NOW, finding=finding, source=1 + finding % 2, detail=f"{judged} rule")


def rows(kind):
    return [one for one in Entry.objects.all() if one.kind == kind]


def first_told():
    found = {}
    for one in sorted(rows("told"), key=lambda one: (one.at, one.pk)):
        found.setdefault(one.finding, one)
    return found


def how_it_ended(finding, told):
    """The first end after it was told, or nothing: these findings are not kept any more, and not seen again."""
    ends = [one for one in (*rows("fixed"), *rows("gone")) if one.finding == finding and one.at >= told]
    return min(ends, key=lambda one: one.at, default=None)


def table(name, which=None):
    found = TABLES[name](read(which or Which(), now=NOW))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.fixture(params=range(4))
def ledger(request, db):  # noqa: ARG001  it writes to the database
    drawn(request.param)


def test_each_step_of_the_funnel_is_what_plain_sums_say(ledger):  # noqa: ARG001  what happened
    handed = [one for one in rows("handed_over") if one.detail in WARNED]
    notices = {one.notice for one in handed}
    back = {one.key for one in rows("bounced")}
    answers = [one for one in rows("answered") if one.notice in notices]
    checked = {one.notice for one in rows("reached")} & notices
    told = first_told()
    ends = {finding: how_it_ended(finding, one.at) for finding, one in told.items()}
    kinds = [one.kind for one in ends.values() if one]

    assert {row["step"]: row["count"] for row in table("funnel")} == {
        "made": len({one.notice for one in rows("sent") if not one.detail.startswith("other/")}),
        "handed_over": len(notices),
        "arrived": len({one.notice for one in handed if one.key not in back}),
        "reached": len(checked | {one.notice for one in answers}),
        "answered": len({one.notice for one in answers}),
        "told": len(told),
        "fixed": kinds.count("fixed"),
        "other": kinds.count("gone"),
        "reopened": len({one.finding for one in rows("reopened")} & told.keys()),
        "said_fixed": sum(one.detail == "fixed" for one in answers),
        "harm": sum(one.detail in {"wrong", "not_ours"} for one in answers),
        "corrected": 0,
    }
    others = [one.detail for one in rows("handed_over") if one.detail not in WARNED]
    assert {row["kind"]: row["messages"] for row in table("beside")} == {
        kind: others.count(kind) for kind in set(others)
    }


def test_the_curves_and_the_open_days(ledger):  # noqa: ARG001  what happened
    spans = defaultdict(list)
    for finding, told in first_told().items():
        end = how_it_ended(finding, told.at)
        span = ((end.at - told.at) / DAY, end.kind) if end else (0.0, "")
        spans[""].append(span)
        spans[told.campaign].append(span)
    found = curves(read(Which(), now=NOW), by="campaign")
    points = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    for group, some in spans.items():
        for point in (one for one in points if one["group"] == str(group) and one["day"] > 0):
            assert point["open"] == pytest.approx(share_open(some, point["day"]))
            fixed, other = shares_ended(some, point["day"])
            assert (point["fixed"], point["ended_otherwise"]) == pytest.approx((fixed, other))
    for row in table("exposure"):
        some = spans[row["campaign"]]
        until = min(30.0, max(days for days, _ in some))
        hours = [hour / 24 for hour in range(round(until * 24))]  # all happens on whole hours
        mean = sum(share_open(some, day) for day in hours) / 24
        assert (row["findings"], row["days"]) == (len(some), pytest.approx(until))
        assert row["mean_open_days"] == pytest.approx(mean)
        assert row["open_days"] == pytest.approx(len(some) * mean)
        assert row["fewer_than_all_open"] == pytest.approx(len(some) * (until - mean))


def share_open(spans, day):
    share = 1.0
    for at in sorted({days for days, how in spans if how == "fixed" and days <= day}):
        share *= 1 - sum(one == (at, "fixed") for one in spans) / sum(days >= at for days, _ in spans)
    return share


def shares_ended(spans, day):
    free, fixed, other = 1.0, 0.0, 0.0
    for at in sorted({days for days, how in spans if how and days <= day}):
        there = sum(days >= at for days, _ in spans)
        done, gone = (sum(one == (at, how) for one in spans) for how in ("fixed", "gone"))
        fixed, other = fixed + free * done / there, other + free * gone / there
        free *= 1 - (done + gone) / there
    return fixed, other


def test_what_owners_say_beside_what_is_seen(ledger):  # noqa: ARG001  what happened
    last = {}
    for one in sorted(rows("answered"), key=lambda one: (one.at, one.pk)):
        last[one.notice] = one.detail
    counts = defaultdict(int)
    for finding, told in first_told().items():
        end = how_it_ended(finding, told.at)
        said = "said" if last.get(told.notice) == "fixed" else "unsaid"
        counts[f"{said}_and_{'gone' if end and end.kind == 'fixed' else 'open'}"] += 1
    [found] = table("statements")
    assert found == {name: counts[name] for name in found}


def test_precision_by_source_and_rule(ledger):  # noqa: ARG001  what happened
    for row in table("precision"):
        told = {one.finding for one in rows("told") if one.source == row["source"]}
        judged = [one.detail.split()[0] for one in rows("judged") if one.source == row["source"]]
        assert (row["told"], row["judged"]) == (max(len(told), len(judged)), len(judged))
        assert (row["false"], row["not_theirs"]) == (judged.count("false_positive"), judged.count("not_theirs"))
        wrong = row["false"] + row["not_theirs"]
        assert row["wrong_of_told"] == wrong / row["told"]
        for bound in (row["low_95"], row["high_95"]):  # Wilson: where the distance is 1.96 standard errors
            if bound not in {0, 1}:
                away = (wrong / row["told"] - bound) ** 2 / (bound * (1 - bound) / row["told"])
                assert away**0.5 == pytest.approx(1.959964, abs=1e-5)


def test_contacts_by_where_they_are_known_from(ledger):  # noqa: ARG001  what happened
    looked = {one.notice for one in (*rows("reached"), *rows("answered"))}
    for row in table("contacts"):
        mine = [one for one in Entry.objects.all() if one.provenance == row["provenance"]]
        handed = [one for one in mine if one.kind == "handed_over" and one.detail in WARNED]
        warnings = {one.key for one in mine if one.kind == "sent" and not one.detail.startswith("other/")}
        back = {one.key for one in mine if one.kind == "bounced"} & warnings
        notices = {one.notice for one in handed}
        assert row["messages"] == len({one.key for one in handed} | back)
        assert (row["bounced"], row["notices"], row["reached"]) == (len(back), len(notices), len(notices & looked))
        assert row["answered"] == len(notices & {one.notice for one in rows("answered")})


def test_burden_and_speed_are_what_plain_sums_say(ledger):  # noqa: ARG001  what happened
    counts = defaultdict(int)
    for one in rows("handed_over"):
        if one.detail != "gathered" and NOW - 30 * DAY < one.at <= NOW:
            counts[one.organisation] += 1
    assert {row["organisation"]: row["messages"] for row in table("most")} == counts
    [found] = table("burden") or [{"organisations": 0, "most": 0}]
    assert (found["organisations"], found["most"]) == (len(counts), max(counts.values(), default=0))

    seen = {one.finding: one for one in rows("matched")}
    hours = [(told.at - seen[finding].at) / HOUR for finding, told in first_told().items()]
    whole = table("hours")[0]
    assert whole["findings"] == len(hours)
    assert sum(one <= whole["half"] + 1e-9 for one in hours) >= len(hours) / 2
    assert sum(one >= whole["half"] - 1e-9 for one in hours) >= len(hours) / 2
    read_at = {one.batch: one.at for one in rows("accepted")}
    for row in table("delivery"):
        mine = [one for one in first_told().values() if one.campaign == row["campaign"] and seen[one.finding].batch]
        begun = min(read_at[seen[one.finding].batch] for one in mine)
        assert row["accepted"] == begun
        assert row["first"] == pytest.approx((min(one.at for one in mine) - begun) / HOUR)
        assert row["last"] == pytest.approx((max(one.at for one in mine) - begun) / HOUR)


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
