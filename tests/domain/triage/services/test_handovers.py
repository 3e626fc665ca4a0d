"""What other teams have to tell: handed over by a person, with a list, and written down."""

import csv
import io

import cast
import desk
import pytest

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.organisations.teams import add_team
from misthoorn.notification.models import Message, MessageFile, Notice
from misthoorn.triage import handovers, services
from misthoorn.triage.models import Campaign, Finding, HandOver

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    """RDP open at the waterworks (the national team's), the bakery, the brokers and the club; its id."""
    return desk.make_campaign(desk.make_source()).pk


@pytest.fixture
def team():
    return add("national")


def add(team, **other):
    values = {"name": "Nationaal CSIRT", "address": "melding@csirt.example", "language": "nl"} | other
    known = handovers.known_teams()
    return add_team(team=team, **values, known=known, person=cast.person(cast.ANALYST), at=cast.NOW)


def press(campaign, team="national", seen=1, part=cast.ANALYST):
    asked = {"campaign": campaign, "team": team, "person": cast.person(part), "seen": seen, "now": cast.NOW}
    return services.hand_over(**asked, confirmed=desk.MET)


def share(campaign):
    (one,) = handovers.shares(campaign, now=cast.NOW)
    return one


def test_a_share_says_for_whom_how_much_and_why(campaign, team):
    one = share(campaign)

    assert (one.team, one.name, one.to.id) == ("national", "Nationaal CSIRT", team)
    assert (one.organisations, len(one.by_mail), one.by_telephone) == (1, 1, ())
    assert one.ground == "Cbw art. 16(1), essential entity (art. 8-13)"
    assert one.rule.startswith("routing ")
    assert not Notice.objects.exists(), "nothing leaves by itself"


def test_while_a_campaign_is_stopped_no_team_is_mailed_so_that_none_is_told_twice(campaign, team):  # noqa: ARG001
    person = cast.person(cast.ANALYST)
    services.approve_campaign(campaign=campaign, person=person, seen_reach=9, now=cast.NOW)
    press(campaign)
    services.stop_campaign(campaign=campaign, person=person, note="the text is wrong", now=cast.NOW)

    with pytest.raises(services.HandOverError, match="stopped"):
        press(campaign)

    services.resume_campaign(campaign=campaign, person=person, note="", now=cast.NOW)
    mails = Message.objects.filter(notice__kind="hand_over")
    assert list(mails.values_list("state", flat=True)) == ["queued"]


def test_pressing_it_mails_one_notice_with_a_list_and_writes_it_down(campaign, team):
    line = press(campaign)

    message = Message.objects.select_related("notice").get()
    assert (message.notice.kind, message.notice.organisation_id, message.notice.campaign_id) == (
        "hand_over",
        team,
        campaign,
    )
    assert (message.address, message.state) == ("melding@csirt.example", "queued")
    file = MessageFile.objects.get()
    assert (file.name, file.media_type) == (f"A-{campaign:05d}-national.csv", "text/csv")
    (row,) = csv.DictReader(io.StringIO(bytes(file.content).decode()))
    assert (row["organisation"], row["register_number"]) == ("Waterbedrijf Delta", cast.WATERWORKS.register_number)
    assert (row["address"], row["port"], row["subject"]) == ("203.0.113.7", "3389", "open-rdp")
    assert (row["first_seen"], row["ground"], row["team"]) == (
        "2026-11-23T09:30:00Z",
        "Cbw art. 16(1), essential entity (art. 8-13)",
        "national",
    )
    (told,) = handovers.hand_overs(campaign=campaign)
    assert (told.id, told.way, told.person, told.findings, told.messages) == (
        line,
        "mail",
        "Aisha Demir",
        1,
        {"queued": 1},
    )
    assert AuditEntry.objects.filter(action="handed over by mail").exists()


def test_the_text_names_the_rule_and_the_file(campaign, team):  # noqa: ARG001  it is there
    press(campaign)

    body = Message.objects.get().body
    for words in ("Nationaal CSIRT", "Cbw art. 16(1), essential entity (art. 8-13)", "routing ", "-national.csv"):
        assert words in body


def test_the_same_is_not_handed_over_twice(campaign, team):  # noqa: ARG001  the same
    press(campaign)

    assert handovers.shares(campaign, now=cast.NOW) == []
    with pytest.raises(services.HandOverError, match="Nothing in A-"):
        press(campaign)
    assert Notice.objects.count() == 1


def test_after_a_mail_that_came_back_it_can_be_handed_over_again(campaign, team):
    press(campaign)
    Message.objects.update(state="bounced")
    Contact.objects.filter(organisation=team).update(bounced_at=cast.NOW)
    with pytest.raises(services.HandOverError, match="no address of the team"):
        press(campaign)
    add("national", address="nieuw@csirt.example")

    press(campaign)
    assert sorted(Notice.objects.values_list("occasion", flat=True)) == ["", "2"]


@pytest.mark.parametrize("missing", desk.MET)
def test_each_condition_of_the_law_is_confirmed_and_the_answers_are_kept(campaign, team, missing):  # noqa: ARG001
    asked = {"campaign": campaign, "team": "national", "person": cast.person(cast.ANALYST), "seen": 1, "now": cast.NOW}
    with pytest.raises(services.HandOverError, match=rf"Not confirmed \(Cbw art\. 66\): {missing}"):
        services.hand_over(**asked, confirmed=[one for one in desk.MET if one != missing])
    assert not HandOver.objects.exists()

    services.hand_over(**asked, confirmed=desk.MET)
    assert HandOver.objects.get().conditions == "cbw-66: task, relevance, confidentiality, interests"
    assert AuditEntry.objects.get(action="handed over by mail").detail["conditions"].startswith("cbw-66")


@pytest.mark.parametrize("label", ["RED", "AMBER+STRICT"])
def test_a_strict_label_is_for_the_telephone(campaign, team, label):  # noqa: ARG001  the same
    Finding.objects.filter(observed="203.0.113.7").update(tlp=label)
    one = share(campaign)
    assert (one.by_mail, len(one.by_telephone), one.organisations_by_telephone) == ((), 1, 1)
    with pytest.raises(services.HandOverError, match=r"may not be mailed\. Phone the team"):
        press(campaign)

    person = cast.person(cast.COLLEAGUE)
    told = {"campaign": campaign, "team": "national", "person": person, "confirmed": desk.MET, "now": cast.NOW}
    with pytest.raises(services.HandOverError, match="Write whom you told it"):
        services.note_told(**told, note=" \n", seen=1)
    with pytest.raises(services.HandOverError, match="Look again"):
        services.note_told(**told, note="Piet, 10.30 uur", seen=2)
    services.note_told(**told, note="Piet, 10.30 uur", seen=1)
    (line,) = handovers.hand_overs()
    assert (line.way, line.tlp, line.note, line.number) == ("telephone", label, "Piet, 10.30 uur", "")
    assert handovers.shares(campaign, now=cast.NOW) == []
    assert not Message.objects.exists()


@pytest.mark.parametrize("label", ["AMBER", "GREEN", "CLEAR"])
def test_other_labels_may_be_mailed_and_the_notice_has_them(campaign, team, label):  # noqa: ARG001  the same
    Finding.objects.update(tlp=label)
    press(campaign)

    assert Notice.objects.get().tlp == label


def test_who_saw_another_number_looks_again(campaign, team):  # noqa: ARG001  the same
    with pytest.raises(services.HandOverError, match="1 findings for this team now, and not 2"):
        press(campaign, seen=2)


def test_what_is_repaired_or_silenced_is_in_no_share(campaign):
    Finding.objects.filter(observed="203.0.113.7").update(state="gone")

    assert handovers.shares(campaign, now=cast.NOW) == []


def test_a_rejected_campaign_is_told_to_no_team(campaign, team):  # noqa: ARG001  the same
    Campaign.objects.update(state="rejected")

    with pytest.raises(services.HandOverError, match="rejected"):
        press(campaign)


def test_a_team_that_we_do_not_know_is_named_and_how_to_add_it(campaign):
    assert (share(campaign).to, share(campaign).name) == (None, "national CSIRT")
    with pytest.raises(services.HandOverError, match="handovers team add"):
        press(campaign)


def test_after_the_release_the_same_share_is_there(campaign, team):  # noqa: ARG001  the same
    person = cast.person(cast.COLLEAGUE)
    services.approve_campaign(campaign=campaign, person=person, seen_reach=2, now=cast.NOW)
    services.release_campaign(campaign=campaign, now=cast.NOW)

    assert share(campaign).organisations == 1
    press(campaign)
    assert Notice.objects.exclude(state="withheld").count() == len(("bakery", "brokers", "national team"))


def test_a_list_is_harmless_in_a_spreadsheet(campaign, team):  # noqa: ARG001  the same
    Organisation.objects.filter(kind="vital").update(name='=HYPERLINK("x")\nDelta')
    press(campaign)

    assert "\"'=HYPERLINK" in bytes(MessageFile.objects.get().content).decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"team": "martians"}, "name no team"),
        ({"team": "general"}, "name no team"),
        ({"name": " \x00 "}, "Give the team's name"),
        ({"address": "no address"}, "mail address"),
        ({"language": "fr"}, "a language"),
    ],
)
def test_a_team_that_can_not_be_added_is_refused_with_what_to_do(wrong, said):
    with pytest.raises(ContactError, match=said):
        add(**{"team": "national"} | wrong)
    assert not Organisation.objects.exists()


def test_adding_a_team_again_gives_it_another_address_and_name(team):
    assert add("national", address="soc@csirt.example", name="NCSC") == team
    assert Contact.objects.count() == 2
    assert Organisation.objects.get().name == "NCSC"


def test_the_number_of_a_company_is_not_made_a_team():
    cast.organisation(cast.BAKERY)
    Organisation.objects.update(register_number="national")

    with pytest.raises(ContactError, match="that is no team"):
        add("national")


def test_two_hand_overs_of_a_campaign_are_two_notices(campaign, team):  # noqa: ARG001  the same
    press(campaign)
    source = Finding.objects.first().source
    waterworks = Organisation.objects.get(kind="vital").pk
    more = desk.make_finding(source, organisation=waterworks, observed="203.0.113.9")
    Campaign.objects.get().decisions.create(finding=more)

    press(campaign)
    assert HandOver.objects.count() == 2
    assert sorted(Notice.objects.values_list("occasion", flat=True)) == ["", "2"]
