from datetime import timedelta

import pytest
from cast import NOW
from deliveries import YESTERDAY, deliver, events, seen, source

from misthoorn.accounts.queries import audit_trail
from misthoorn.notification.models import Notice
from misthoorn.triage import queries
from misthoorn.triage.models import Approval, Campaign, Decision, Finding
from misthoorn.triage.services import (
    CampaignError,
    approve_campaign,
    hold_campaign,
    propose_campaigns,
    reject_campaign,
    release_campaign,
)
from misthoorn.triage.services import campaigns as service

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def campaign():
    return Campaign.objects.get()


def approve(pk, by, *, reach=99, at=NOW):
    return approve_campaign(campaign=pk, person=by, seen_reach=reach, now=at)


def state():
    return campaign().state


# --- proposing ---


def test_findings_of_one_subject_are_one_campaign_with_the_worst_severity(make_bakery):
    make_bakery()
    source()
    deliver(events(seen("192.0.2.1", severity="normal"), seen("192.0.2.2", severity="high"), seen(what="open-vnc")))

    shown = {one.subject: (one.findings, one.severity, one.state) for one in queries.campaigns()}
    assert shown == {"open-rdp": (2, "high", "proposed"), "open-vnc": (1, "high", "proposed")}
    assert not Finding.objects.filter(wants_campaign=True).exists()


def test_proposing_again_changes_nothing(proposed):
    assert propose_campaigns(now=NOW) == 0
    assert Decision.objects.filter(campaign=proposed).count() == 3


def test_what_comes_in_later_joins_the_campaign_that_is_open(proposed):
    deliver(events(seen("192.0.2.3", severity="urgent", at=YESTERDAY + DAY)), at=NOW + DAY)

    assert (campaign().pk, campaign().severity, campaign().decisions.count()) == (proposed, "urgent", 4)


def test_what_comes_in_after_the_decision_is_a_campaign_of_its_own(proposed, analyst):
    approve(proposed, analyst)
    deliver(events(seen("192.0.2.3", at=YESTERDAY + DAY)), at=NOW + DAY)

    assert [(one.state, one.findings) for one in queries.campaigns()] == [("proposed", 1), ("approved", 3)]


def test_a_finding_that_is_seen_again_is_in_no_second_campaign(proposed, analyst):
    approve(proposed, analyst)
    deliver(events(seen("192.0.2.1", at=YESTERDAY + DAY)), at=NOW + DAY)

    assert Campaign.objects.count() == 1


# --- approving ---


def test_one_person_is_enough_up_to_the_limit(proposed, analyst):
    step = approve(proposed, analyst)

    assert (step.state, step.reach) == ("approved", 2)
    assert (campaign().decided_at, campaign().released_at) == (NOW, None)
    assert not Notice.objects.exists()


def test_above_the_limit_a_campaign_needs_two_different_persons(proposed, analyst, colleague):
    Campaign.objects.update(reach_limit=1)

    assert approve(proposed, analyst).state == "waiting"
    assert campaign().decided_at is None
    with pytest.raises(CampaignError, match=r"You already approved this campaign\. It needs a second person"):
        approve(proposed, analyst)
    assert state() == "waiting"
    assert Approval.objects.count() == 1

    assert approve(proposed, colleague, at=NOW + DAY).state == "approved"
    shown = queries.campaign(proposed)
    assert [(name, reach) for _, name, _, reach in shown.approvals] == [("Aisha Demir", 2), ("Bram de Wit", 2)]
    assert shown.decided_at == NOW + DAY


def test_a_campaign_that_is_approved_needs_nobody_any_more(proposed, analyst):
    approve(proposed, analyst)

    with pytest.raises(CampaignError, match="This campaign is approved"):
        approve(proposed, analyst)


def test_the_database_itself_keeps_one_yes_of_a_person(proposed, analyst):
    from django.db import IntegrityError, transaction  # noqa: PLC0415  only here

    approve(proposed, analyst)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(campaign_id=proposed, person_id=analyst, at=NOW, reach=1)


def test_nobody_is_told_before_the_second_yes(proposed, analyst):
    Campaign.objects.update(reach_limit=1)
    approve(proposed, analyst)

    with pytest.raises(CampaignError, match="Only an approved campaign can be released"):
        release_campaign(campaign=proposed, now=NOW)
    assert not Notice.objects.exists()


def test_a_campaign_that_reaches_more_than_was_seen_is_looked_at_again(proposed, analyst):
    with pytest.raises(CampaignError, match=r"now reaches 2 organisations and not 1\. Look at it again"):
        approve(proposed, analyst, reach=1)

    assert state() == "proposed"
    assert not Approval.objects.exists()
    assert approve(proposed, analyst, reach=2).state == "approved"


def test_new_findings_send_a_campaign_that_waits_back_to_the_first_person(proposed, analyst, colleague):
    Campaign.objects.update(reach_limit=1)
    approve(proposed, analyst)
    deliver(events(seen("192.0.2.3", at=YESTERDAY + DAY)), at=NOW + DAY)

    assert state() == "proposed"
    assert not Approval.objects.exists()
    assert approve(proposed, colleague).state == "waiting"


def test_findings_that_come_in_while_somebody_approves_stop_the_approval(proposed, analyst, monkeypatch):
    real = service.outcomes

    def outcomes(row, *, now):
        found = real(row, now=now)
        deliver(events(seen("192.0.2.3", at=YESTERDAY + DAY)), at=NOW + DAY)
        return found

    monkeypatch.setattr(service, "outcomes", outcomes)
    with pytest.raises(CampaignError, match="Findings were added to this campaign at this moment"):
        approve(proposed, analyst)
    assert state() == "proposed"


def test_a_campaign_that_does_not_exist_is_said_not_to():
    for step in (approve_campaign, hold_campaign, reject_campaign, release_campaign):
        more = {"seen_reach": 1} if step is approve_campaign else {"note": ""}
        more = {} if step is release_campaign else more | {"person": 1}
        with pytest.raises(CampaignError, match="There is no campaign 77"):
            step(campaign=77, now=NOW, **more)


# --- holding and rejecting ---


def test_a_held_campaign_waits_with_its_note_and_can_be_approved_after_all(proposed, analyst):
    hold_campaign(campaign=proposed, person=analyst, note="waits for the vendor", now=NOW)
    assert (state(), campaign().note, campaign().decided_at) == ("held", "waits for the vendor", None)

    deliver(events(seen("192.0.2.3", at=YESTERDAY + DAY)), at=NOW + DAY)
    assert (state(), campaign().decisions.count()) == ("held", 4)

    assert approve(proposed, analyst).state == "approved"


def test_holding_takes_back_the_first_yes(proposed, analyst, colleague):
    Campaign.objects.update(reach_limit=1)
    approve(proposed, analyst)
    hold_campaign(campaign=proposed, person=colleague, note="", now=NOW)

    assert approve(proposed, colleague).state == "waiting"


def test_a_rejected_campaign_warns_nobody_and_its_findings_are_followed(proposed, analyst):
    reject_campaign(campaign=proposed, person=analyst, note="a honeypot", now=NOW)
    assert (state(), campaign().decided_at) == ("rejected", NOW)

    with pytest.raises(CampaignError, match="is rejected and can't become approved"):
        approve(proposed, analyst)
    deliver(events(seen("192.0.2.1", at=YESTERDAY + DAY)), at=NOW + DAY)
    assert Finding.objects.get(observed="192.0.2.1").times_seen == 2
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("step", [hold_campaign, reject_campaign])
def test_an_approved_campaign_can_not_be_held_or_rejected_any_more(proposed, analyst, step):
    approve(proposed, analyst)

    with pytest.raises(CampaignError, match="is approved and can't become"):
        step(campaign=proposed, person=analyst, note="", now=NOW)
    with pytest.raises(CampaignError):
        approve(proposed, analyst)
    assert state() == "approved"


def test_every_decision_is_in_the_audit_trail_with_who_and_why(proposed, analyst, colleague):
    hold_campaign(campaign=proposed, person=analyst, note="later", now=NOW)
    approve(proposed, colleague, at=NOW + DAY)

    trail = audit_trail(about=f"A-{proposed:05d}")
    assert [(one.person, one.action) for one in trail] == [
        ("Bram de Wit", "campaign approved"),
        ("Aisha Demir", "campaign held"),
    ]
    assert (trail[0].detail["reach"], trail[1].detail["note"]) == (2, "later")
