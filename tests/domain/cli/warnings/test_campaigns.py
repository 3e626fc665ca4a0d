import json

import pytest
from cast import ANALYST, BROKER, COLLEAGUE, STRANGER, organisation, person
from deliveries import deliver, events, seen, source

from misthoorn.common import clock
from misthoorn.constituency.models import Organisation
from misthoorn.notification.models import Message
from misthoorn.triage.models import Campaign


@pytest.fixture
def campaign(make_bakery):
    """A campaign about the bakery and the brokers; its number. Two people can approve it, and a stranger is there."""
    make_bakery()
    organisation(BROKER)
    source()
    now = clock.now()
    deliver(events(seen(at=now), seen("198.51.100.1", at=now)), at=now)
    for part in (ANALYST, COLLEAGUE, STRANGER):
        person(part, second_factor=False)
    return Campaign.objects.get().pk


def state():
    return Campaign.objects.get().state


def test_campaigns_are_listed_with_whom_they_reach(misthoorn, campaign):
    (row,) = json.loads(misthoorn("campaigns", "list", "--json").out)

    assert (row["campaign"], row["subject"], row["state"]) == (campaign, "open-rdp", "proposed")
    assert (row["findings"], row["organisations"], row["reached"], row["left_out"]) == (2, 2, 2, {})
    assert "reaches 2" in misthoorn("campaigns", "list").out
    assert json.loads(misthoorn("campaigns", "list", "--state", "held", "--json").out) == []


@pytest.mark.usefixtures("campaign")
def test_the_list_says_whom_a_campaign_leaves_out_and_why(misthoorn):
    Organisation.objects.filter(name=BROKER.name).update(kind="unknown")

    assert "\n       not 1 organisation: person-decides" in misthoorn("campaigns", "list").out


def test_without_campaigns_the_list_says_what_to_do(misthoorn):
    assert "`misthoorn take-in SOURCE FILE`" in misthoorn("campaigns", "list").out
    assert misthoorn("campaigns", "list", "--json").out == "[]\n"


def test_an_approval_puts_the_messages_in_the_queue(misthoorn, campaign):
    said = misthoorn("campaigns", "approve", campaign, "--by", "aisha")

    assert said.code == 0
    assert said.out.startswith("Approved: 2 messages for a worker to send, and 0 organisations without one")
    assert Message.objects.filter(state="queued").count() == 2


def test_above_the_limit_the_first_person_is_told_that_a_second_is_needed(misthoorn, campaign):
    Campaign.objects.update(reach_limit=1)

    first = misthoorn("campaigns", "approve", campaign, "--by", "aisha")
    again = misthoorn("campaigns", "approve", campaign, "--by", "aisha")
    assert (first.code, again.code) == (0, 1)
    assert "a second person has to approve it too" in first.out
    assert again.error.startswith("misthoorn: You already approved this campaign.")
    assert not Message.objects.exists()

    assert "Approved: 2 messages" in misthoorn("campaigns", "approve", campaign, "--by", "bram").out


def test_more_reach_than_expected_is_refused(misthoorn, campaign):
    said = misthoorn("campaigns", "approve", campaign, "--by", "aisha", "--reach", 1)

    assert (said.code, state()) == (1, "proposed")
    assert "now reaches 2 organisations and not 1" in said.error


def test_who_does_not_work_at_the_desk_can_not_decide(misthoorn, campaign):
    for name in ("dirk", "nobody"):
        for verb in ("approve", "hold"):
            said = misthoorn("campaigns", verb, campaign, "--by", name)
            assert (said.code, said.out, said.error.count("\n")) == (1, "", 1)
    assert state() == "proposed"


def test_a_campaign_is_held_with_a_note(misthoorn, campaign):
    assert misthoorn("campaigns", "hold", campaign, "--by", "aisha", "--note", "later").out == "Held.\n"
    assert (state(), Campaign.objects.get().note) == ("held", "later")


def test_what_does_not_exist_or_is_wrong_use_is_one_line(misthoorn, campaign):
    assert misthoorn("campaigns", "approve", campaign + 1, "--by", "aisha").error.startswith(
        "misthoorn: There is no campaign"
    )
    assert misthoorn("campaigns", "hold", campaign + 1, "--by", "aisha").error.startswith(
        "misthoorn: There is no campaign"
    )
    for arguments in (("approve",), ("approve", "first", "--by", "aisha"), ("approve", campaign), ("send", campaign)):
        said = misthoorn("campaigns", *arguments)
        assert (said.code, said.error.count("\n")) == (2, 1), arguments
