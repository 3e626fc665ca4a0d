"""A campaign that is on its way is stopped, and goes on."""

from itertools import count

import pytest
from cast import NOW

from misthoorn.accounts.models import AuditEntry
from misthoorn.notification import services as notification
from misthoorn.notification.models import Message
from misthoorn.notification.queries import broken_laws
from misthoorn.triage import services
from misthoorn.triage.models import Campaign
from misthoorn.triage.services import campaigns

pytestmark = pytest.mark.django_db


def release(pk):
    numbers = count(1)
    return services.release_campaign(campaign=pk, now=NOW, randbelow=lambda below: next(numbers) * 7919 % below)


@pytest.fixture
def approved(proposed, analyst):
    services.approve_campaign(campaign=proposed, person=analyst, seen_reach=9, now=NOW)
    return proposed


def stop(pk, analyst):
    return services.stop_campaign(campaign=pk, person=analyst, note="the text is wrong", now=NOW)


def states():
    return sorted(Message.objects.values_list("state", "because"))


def test_what_was_not_handed_over_stays_and_goes_on_later(approved, analyst):
    release(approved)
    Message.objects.filter(address="it@harbour.example").update(state="handed_over")

    assert stop(approved, analyst) == 1
    assert states() == [("handed_over", ""), ("withheld", "stopped")]
    assert Campaign.objects.get().state == "stopped"

    assert services.resume_campaign(campaign=approved, person=analyst, note="", now=NOW) == 1
    assert states() == [("handed_over", ""), ("queued", "")]


def test_who_stops_it_while_it_is_let_go_on_has_the_last_word(approved, analyst, monkeypatch):
    release(approved)
    stop(approved, analyst)
    go_on = campaigns.notification.go_on

    def stopped_meanwhile(*, campaign):
        stop(campaign, analyst)
        return go_on(campaign=campaign)

    monkeypatch.setattr(campaigns.notification, "go_on", stopped_meanwhile)

    assert services.resume_campaign(campaign=approved, person=analyst, note="", now=NOW) == 0
    assert not Message.objects.filter(state="queued").exists()


def test_what_was_withheld_for_another_reason_does_not_go_on(approved, analyst):
    release(approved)
    Message.objects.filter(address="it@harbour.example").update(state="withheld", because="tlp")
    stop(approved, analyst)

    services.resume_campaign(campaign=approved, person=analyst, note="", now=NOW)

    assert states() == [("queued", ""), ("withheld", "tlp")]


def test_stopped_before_its_messages_were_made_it_makes_none_until_it_goes_on(approved, analyst):
    stop(approved, analyst)
    with pytest.raises(services.CampaignError):
        release(approved)
    assert not Message.objects.exists()

    services.resume_campaign(campaign=approved, person=analyst, note="", now=NOW)

    assert release(approved).messages == 2


def test_stopped_while_its_messages_are_made_what_is_made_stays_and_what_is_missing_comes_later(
    approved, analyst, monkeypatch
):
    monkeypatch.setattr(campaigns, "PIECE", 1)
    monkeypatch.setattr(notification, "PIECE", 1)
    plans = campaigns.notice_plans

    def stopped_after_one(*about, **more):
        for number, plan in enumerate(plans(*about, **more)):
            if number == 1:
                stop(approved, analyst)
            yield plan

    monkeypatch.setattr(campaigns, "notice_plans", stopped_after_one)
    release(approved)
    assert Campaign.objects.get().released_at is None
    assert states() == [("withheld", "stopped")]

    monkeypatch.setattr(campaigns, "notice_plans", plans)
    services.resume_campaign(campaign=approved, person=analyst, note="", now=NOW)
    release(approved)

    assert states() == [("queued", "")] * 2
    assert broken_laws() == []


def test_stopped_just_before_its_messages_are_written_it_writes_none(approved, analyst):
    numbers = count(1)

    def stopped_meanwhile(below):
        if Campaign.objects.get().state == "approved":
            stop(approved, analyst)
        return next(numbers) * 7919 % below

    services.release_campaign(campaign=approved, now=NOW, randbelow=stopped_meanwhile)

    assert (states(), Campaign.objects.get().released_at) == ([], None)
    services.resume_campaign(campaign=approved, person=analyst, note="", now=NOW)
    release(approved)
    assert states() == [("queued", ""), ("queued", "")]


def test_only_what_is_on_its_way_can_be_stopped_and_only_what_is_stopped_goes_on(proposed, analyst):
    with pytest.raises(services.CampaignError):
        stop(proposed, analyst)
    services.approve_campaign(campaign=proposed, person=analyst, seen_reach=9, now=NOW)
    with pytest.raises(services.CampaignError):
        services.resume_campaign(campaign=proposed, person=analyst, note="", now=NOW)
    stop(proposed, analyst)
    with pytest.raises(services.CampaignError):
        stop(proposed, analyst)


def test_who_did_it_and_why_is_in_the_audit_trail(approved, analyst):
    stop(approved, analyst)

    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.action, entry.person_id) == ("campaign stopped", analyst)
    assert Campaign.objects.get().note == "the text is wrong"
