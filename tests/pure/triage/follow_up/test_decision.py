"""What follows on a warning: each question by itself, and then whatever happens in whatever order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cast import NOW
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.triage.follow_up.decision import FindingNow, News, Told, decide
from misthoorn.triage.follow_up.rules import ANSWERS, SEVERITIES, shipped_rules

DAY = timedelta(days=1)
FRESH = 14 * DAY
(RULES,) = shipped_rules()
HOST = FindingNow(id=1, open=True, last_seen=NOW + 7 * DAY)
TOLD = Told(severity="high", told_at=NOW, created_at=NOW, known_until=NOW, findings=(HOST,))
PRODUCT = replace(TOLD, severity="normal", severity_now="normal", findings=(FindingNow(id=1, open=True),))


def verdict(told, *, after=7 * DAY, rules=RULES):
    return decide(told, rules=rules, fresh=FRESH, now=NOW + after)


def test_seen_again_when_its_time_has_come_is_a_reminder():
    found = verdict(TOLD)

    assert (found.act, found.occasion, found.findings) == ("remind", "1", (1,))


@pytest.mark.parametrize(
    ("told", "because"),
    [
        (replace(TOLD, told_at=None, on_its_way=True), "not-arrived"),
        (replace(TOLD, waits=True), "stopped"),
        (replace(TOLD, corrected=True), "corrected"),
        (replace(TOLD, findings=(replace(HOST, last_seen=NOW + timedelta(hours=23)),)), "not-seen-since"),
        (replace(TOLD, findings=(replace(HOST, told_again=True),)), "told-again"),
        (replace(TOLD, answers=(("passed_on", NOW + DAY),)), "answered:passed_on"),
        (replace(TOLD, wants_reminders=False), "unwanted"),
        (replace(TOLD, severity="information"), "no-reminder-for-this"),
        (replace(TOLD, reminded=(NOW, NOW)), "no-step-left"),
        (replace(TOLD, findings=(replace(HOST, open=False),)), "ended-otherwise"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_why_nothing_follows_is_said(told, because):
    found = verdict(told)

    assert (found.act, found.because) == ("nothing", because)


def test_it_is_looked_at_again_when_a_reminder_can_be_due_and_never_when_all_is_over():
    assert verdict(TOLD, after=7 * DAY - timedelta(hours=2)).look_at == NOW + 7 * DAY
    assert verdict(replace(TOLD, corrected=True)).look_at is None


def test_the_last_answer_counts_and_only_for_its_time():
    answered = replace(TOLD, answers=(("accepted", NOW), ("fixed", NOW + DAY)))

    assert verdict(answered).because == "answered:fixed"
    seen = replace(answered, findings=(replace(HOST, last_seen=NOW + 16 * DAY),))
    assert verdict(seen, after=16 * DAY).act == "remind"


def test_the_second_step_counts_from_the_first():
    reminded = replace(TOLD, reminded=(NOW + 7 * DAY,))
    seen = replace(reminded, findings=(replace(HOST, last_seen=NOW + 14 * DAY),))

    assert verdict(seen, after=13 * DAY).because == "not-yet"
    assert verdict(reminded, after=14 * DAY).because == "not-seen-since"
    assert verdict(seen, after=14 * DAY).act == "otherwise"


def test_of_a_stale_finding_nobody_is_reminded():
    assert verdict(TOLD, after=7 * DAY + FRESH + timedelta(hours=1)).because == "not-seen-since"


def test_without_rules_nobody_is_reminded_and_what_got_worse_is_still_told():
    worse = replace(PRODUCT, news=(News(what="exploited", at=NOW + DAY),))

    assert verdict(TOLD, rules=None).act == "nothing"
    assert verdict(worse, rules=None).act == "update"


@pytest.mark.parametrize(
    ("told", "occasion"),
    [
        (replace(PRODUCT, news=(News(what="exploited", at=NOW + DAY),)), "exploited"),
        (replace(PRODUCT, severity_now="high", news=(News(what="worse", at=NOW + DAY),)), "worse:high"),
        (replace(PRODUCT, severity_now="normal", news=(News(what="worse", at=NOW + DAY),)), ""),
        (replace(PRODUCT, severity_now="high"), ""),
        (replace(PRODUCT, news=(News(what="likelier", at=NOW + DAY),)), ""),
        (replace(PRODUCT, findings=(FindingNow(id=1, open=True, fixed=NOW + DAY),)), "fixed_version"),
        (replace(PRODUCT, findings=(FindingNow(id=1, open=True, fixed=NOW - DAY),)), ""),
        (replace(PRODUCT, news=(News(what="withdrawn", at=NOW + DAY),)), "withdrawn"),
        (replace(PRODUCT, news=(News(what="withdrawn", at=NOW + DAY, replaced=True),)), ""),
        (
            replace(
                PRODUCT,
                findings=(FindingNow(id=1, open=False, told_again=True),),
                news=(News(what="withdrawn", at=NOW + DAY),),
            ),
            "",
        ),
        (replace(PRODUCT, news=(News(what="withdrawn", at=NOW), News(what="back", at=NOW + DAY))), ""),
        (replace(PRODUCT, news=(News(what="exploited", at=NOW - DAY),)), ""),
        (replace(PRODUCT, news=(News(what="exploited", at=NOW + DAY),), said=frozenset({"exploited"})), ""),
        (replace(PRODUCT, news=(News(what="exploited", at=NOW + DAY),), news_waits=True), ""),
        (replace(PRODUCT, news=(News(what="exploited", at=NOW + DAY),), known_until=NOW + 2 * DAY), ""),
    ],
    ids=[
        "exploited",
        "worse",
        "worse and back",
        "worse before the warning",
        "likelier, and the word is the same",
        "a fix",
        "a fix that was known",
        "withdrawn",
        "withdrawn for another number",
        "withdrawn, and a newer warning told of it",
        "withdrawn and back",
        "exploited before the warning",
        "said before",
        "waits for a person",
        "stood in an update",
    ],
)
def test_what_became_known_since_is_told_when_it_is_worse(told, occasion):
    assert verdict(told, after=3 * DAY).occasion == occasion


def test_news_of_a_month_ago_is_no_news():
    told = replace(PRODUCT, news=(News(what="exploited", at=NOW + DAY),))

    assert verdict(told, after=32 * DAY).act != "update"


def test_gone_is_told_of_what_was_looked_for_and_not_of_what_ended_otherwise():
    over = (replace(HOST, open=False, absent=True), replace(HOST, id=2, open=False))
    told = replace(TOLD, findings=over)

    assert (verdict(told).act, verdict(told).findings) == ("gone", (1,))
    assert verdict(replace(told, wants_good_news=False)).act == "nothing"
    assert verdict(replace(told, gone_told=True)).act == "nothing"
    assert verdict(replace(told, findings=(*over, replace(HOST, id=3)))).act == "remind"


moments = st.integers(min_value=-10, max_value=60).map(lambda days: NOW + days * DAY)
findings = st.builds(
    FindingNow,
    id=st.integers(1, 9),
    open=st.booleans(),
    last_seen=st.none() | moments,
    absent=st.booleans(),
    told_again=st.booleans(),
    fixed=st.none() | moments,
)
stories = st.builds(
    Told,
    severity=st.sampled_from(SEVERITIES),
    severity_now=st.sampled_from(("", *SEVERITIES)),
    told_at=st.none() | moments,
    created_at=moments,
    known_until=moments,
    on_its_way=st.booleans(),
    findings=st.lists(findings, max_size=4, unique_by=lambda one: one.id).map(tuple),
    answers=st.lists(st.tuples(st.sampled_from(ANSWERS), moments), max_size=2).map(tuple),
    reminded=st.lists(moments, max_size=4).map(lambda some: tuple(sorted(some))),
    news=st.lists(
        st.builds(News, what=st.sampled_from(("exploited", "worse", "withdrawn", "back")), at=moments), max_size=4
    ).map(tuple),
    said=st.frozensets(st.sampled_from(("exploited", "worse:urgent", "withdrawn", "fixed_version")), max_size=3),
    gone_told=st.booleans(),
    corrected=st.booleans(),
    waits=st.booleans(),
    news_waits=st.booleans(),
    wants_reminders=st.booleans(),
    wants_good_news=st.booleans(),
)


@given(told=stories, now=moments)
def test_whatever_happened_nothing_wrong_is_ever_told(told, now):
    found = decide(told, rules=RULES, fresh=FRESH, now=now)
    by_id = {one.id: one for one in told.findings}

    if found.act == "nothing":
        assert found.because
        assert found.look_at is None or found.look_at > now
        return
    assert not told.corrected
    assert not told.waits
    assert told.told_at is not None
    assert found.occasion not in told.said or found.act != "update"
    assert set(found.findings) <= set(by_id)
    if found.act in {"remind", "otherwise"}:
        assert all(by_id[one].open and not by_id[one].told_again for one in found.findings)
        assert len(told.reminded) <= 2
        assert found.act == ("otherwise" if told.reminded else "remind")
    if found.act == "gone":
        assert not any(one.open and not one.told_again for one in told.findings)
        assert told.wants_good_news
        assert not told.gone_told


@given(told=stories, now=moments)
def test_told_once_it_is_not_told_again(told, now):
    found = decide(told, rules=RULES, fresh=FRESH, now=now)
    after = {
        "update": replace(told, said=told.said | {found.occasion}),
        "gone": replace(told, gone_told=True),
        "remind": replace(told, reminded=(*told.reminded, now)),
        "otherwise": replace(told, reminded=(*told.reminded, now)),
        "nothing": told,
    }[found.act]

    again = decide(after, rules=RULES, fresh=FRESH, now=now)

    if found.act != "nothing":
        assert (again.act, again.occasion) != (found.act, found.occasion)
