from itertools import product

import pytest

from misthoorn.triage.models import Broadcast, Campaign
from misthoorn.triage.transitions import BROADCASTS, TRANSITIONS, TransitionError, check

POSSIBLE = {
    ("proposed", "waiting"),
    ("proposed", "approved"),
    ("proposed", "held"),
    ("proposed", "rejected"),
    ("waiting", "proposed"),
    ("waiting", "approved"),
    ("waiting", "held"),
    ("waiting", "rejected"),
    ("held", "waiting"),
    ("held", "approved"),
    ("held", "rejected"),
    ("approved", "stopped"),
    ("stopped", "approved"),
}


def test_every_state_has_its_line_in_the_table():
    assert set(TRANSITIONS) == set(Campaign.State)
    assert set(BROADCASTS) == set(Broadcast.State)


def test_a_message_to_many_takes_the_steps_of_a_campaign_that_is_never_held():
    words = {"proposed": "draft"}
    steps = {(words.get(now, now), words.get(to, to)) for now, to in POSSIBLE if "held" not in (now, to)}

    assert {(now, to) for now, all_to in BROADCASTS.items() for to in all_to} == steps
    with pytest.raises(TransitionError, match="B-00001 is rejected and can't become approved"):
        check(now="rejected", to="approved", table=BROADCASTS, what="B-00001")


@pytest.mark.parametrize(("now", "to"), list(product(Campaign.State, repeat=2)))
def test_a_step_is_possible_or_is_refused_with_what_is(now, to):
    if (now, to) in POSSIBLE:
        check(now=now, to=to)
        return
    with pytest.raises(TransitionError, match=f"is {now} and can't become {to}. It can become: "):
        check(now=now, to=to)


def test_what_was_decided_stays_decided():
    with pytest.raises(TransitionError, match="nothing any more"):
        check(now="rejected", to="held")
    with pytest.raises(TransitionError, match="It can become: stopped"):
        check(now="approved", to="held")
