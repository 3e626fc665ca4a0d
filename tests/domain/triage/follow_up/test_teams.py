"""A team that was handed what proves wrong hears so, as it was handed; and what it never got is not taken back."""

from dataclasses import replace

import desk
import pytest
from aftermath import DAY, WRONG, arrive, correct
from cast import NOW, WATERWORKS

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.organisations.teams import add_team
from misthoorn.notification.models import Message, Notice
from misthoorn.notification.queries import check_number
from misthoorn.triage import handovers, services
from misthoorn.triage.models import Campaign, Finding, HandOver, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(analyst):
    """RDP open at the waterworks, which is the national team's to warn; its id."""
    made = desk.make_campaign(desk.make_source()).pk
    known = handovers.known_teams()
    address = {"name": "Nationaal CSIRT", "address": "melding@csirt.example", "language": "nl"}
    add_team(team="national", **address, known=known, person=analyst, at=NOW)
    return made


def hand_over(campaign, person):
    return services.hand_over(campaign=campaign, team="national", person=person, seen=1, confirmed=desk.MET, now=NOW)


def tell(campaign, person):
    """By telephone, since it may not be mailed."""
    Finding.objects.update(tlp="AMBER+STRICT")
    asked = {"campaign": campaign, "team": "national", "person": person, "seen": 1, "confirmed": desk.MET, "now": NOW}
    return services.note_told(**asked, note="Piet, 10.30")


def test_what_was_mailed_is_taken_back_by_mail_once_and_written_down(campaign, analyst, colleague):
    line = hand_over(campaign, analyst)
    arrive()
    handed = Notice.objects.get(kind="hand_over")

    correct(campaign, analyst, colleague)

    told = Message.objects.get(notice__kind="correction")
    assert (told.address, told.state, told.label) == ("melding@csirt.example", "queued", "AMBER")
    assert (told.notice.about_id, told.notice.organisation_id) == (handed.pk, handed.organisation_id)
    shown = f"{handed.number[:4]}-{handed.number[4:8]}-{handed.number[8:]}"
    for words in ("Nationaal CSIRT", "Bevindingen: 1", WRONG.reason_nl, WRONG.doing_nl, shown):
        assert words in told.body.replace("\n", " ")
    newest, first = handovers.hand_overs(campaign=campaign)
    assert (newest.corrects, newest.messages, newest.person) == (line, {"queued": 1}, "Bram de Wit")
    assert (first.id, first.taken_back) == (line, True)
    assert check_number(number=handed.number, domain="csirt.example", now=NOW + DAY).taken_back == NOW + DAY
    assert AuditEntry.objects.filter(action="hand-over taken back").count() == 1


def test_what_a_team_was_told_is_silenced_too_where_that_was_asked(campaign, analyst, colleague):
    tell(campaign, analyst)

    correct(campaign, analyst, colleague, wrong=replace(WRONG, suppress=True))

    waterworks = Finding.objects.get(organisation__register_number=WATERWORKS.register_number)
    assert list(Suppression.objects.values_list("asset", "subject")) == [(waterworks.asset_id, "open-rdp")]


def test_what_the_team_never_got_is_kept_here_and_not_taken_back(campaign, analyst, colleague):
    hand_over(campaign, analyst)

    correct(campaign, analyst, colleague)

    assert [(one.notice.kind, one.because) for one in Message.objects.all()] == [("hand_over", "stopped")]
    assert HandOver.objects.count() == 1


def test_what_was_told_by_telephone_waits_for_a_person_who_tells_it(campaign, analyst, colleague):
    line = tell(campaign, analyst)
    assert handovers.to_take_back() == []
    correct(campaign, analyst, colleague)
    assert [one.id for one in handovers.to_take_back(campaign=campaign)] == [line]

    back = {"hand_over": line, "person": colleague, "now": NOW + DAY}
    with pytest.raises(services.HandOverError, match="by name"):
        services.note_taken_back(**back, note=" 10.30 ")
    services.note_taken_back(**back, note="Piet, 11.00")

    assert handovers.to_take_back() == []
    assert not Message.objects.exists()
    newest = handovers.hand_overs()[0]
    assert (newest.corrects, newest.way, newest.note) == (line, "telephone", "Piet, 11.00")
    with pytest.raises(services.HandOverError, match="handovers wrong"):
        services.note_taken_back(**back, note="Piet, 11.05")


def test_what_is_wrong_is_handed_over_to_nobody_any_more(campaign, analyst, colleague):
    tell(campaign, analyst)
    correct(campaign, analyst, colleague)
    Finding.objects.update(tlp="AMBER")
    HandOver.objects.update(notice=None)
    HandOver.told.through.objects.all().delete()

    assert handovers.shares(campaign, now=NOW) == []
    with pytest.raises(services.HandOverError, match="rejected"):
        hand_over(campaign, analyst)
    assert Campaign.objects.get().state == "rejected", "it told only other teams"
