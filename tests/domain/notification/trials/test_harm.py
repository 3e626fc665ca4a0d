"""A comparison stops by itself when one arm does harm."""

import cast
import pytest
from compared import in_arm, plans, release, start

from misthoorn.notification.models import IncomingMail, Notice
from misthoorn.notification.services import record_reply
from misthoorn.notification.trials import services as trials

pytestmark = pytest.mark.django_db


def test_one_harm_too_many_stops_it_and_everybody_gets_the_usual_text(country):  # noqa: ARG001  they are there
    made = start(most_harm=2)
    release(plans()[:30])
    short = in_arm("short")
    record_reply(notice=short[0].pk, answer="wrong", now=cast.NOW)
    record_reply(notice=short[0].pk, answer="not_ours", now=cast.NOW)  # the same organisation
    reminder = Notice.objects.create(
        kind="reminder",
        about=short[1],
        organisation=short[1].organisation,
        number="000000000001",
        code="22222222",
        subject="open-rdp",
        severity="high",
        tlp="GREEN",
        state="queued",
        created_at=cast.NOW,
        occasion="r",
    )
    record_reply(notice=reminder.pk, answer="not_ours", now=cast.NOW)
    assert trials.look_at_trials(now=cast.NOW) == 0

    IncomingMail.objects.create(
        digest="1", received_at=cast.NOW, kind="complaint", message=short[2].messages.get(), raw=b"", state="done"
    )
    assert trials.look_at_trials(now=cast.NOW) == 1
    facts = trials.trial(made)
    assert (facts.state, facts.ended_because) == ("stopped", "harm: short")
    assert [arm.harmed for arm in facts.arms] == [0, 3]

    release(plans()[30:])
    assert set(Notice.objects.filter(trial=None, kind="warning").values_list("variant", flat=True)) == {""}


def test_much_more_harm_than_in_the_other_arm_stops_it_below_the_limit(country):  # noqa: ARG001  they are there
    made = start(most_harm=1_000)
    release(plans())
    for number, notice in enumerate(in_arm("short")):
        assert trials.look_at_trials(now=cast.NOW) == 0 or number >= 5
        record_reply(notice=notice.pk, answer="wrong", now=cast.NOW)
    trials.look_at_trials(now=cast.NOW)
    assert trials.trial(made).ended_because == "more-harm: short"


def test_harm_alike_in_all_arms_stops_nothing(country):  # noqa: ARG001  they are there
    start(most_harm=1_000)
    release(plans())
    for variant in ("", "short"):
        for notice in in_arm(variant)[:8]:
            record_reply(notice=notice.pk, answer="not_ours", now=cast.NOW)
    assert trials.look_at_trials(now=cast.NOW) == 0
