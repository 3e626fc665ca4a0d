"""Campaigns at the desk: nobody is warned before a person, or two, saw whom and what."""

import cast
import pytest
from django.test import Client

from misthoorn.notification.models import Notice
from misthoorn.triage import services as triage
from misthoorn.triage.models import Approval, Campaign

pytestmark = pytest.mark.django_db

YES = {"seen_reach": 2, "saw_whom": "on", "read_text": "on"}


def text(response):
    return response.content.decode()


@pytest.fixture
def page(analyst, campaign):
    return text(analyst.get(f"/desk/campaigns/{campaign.pk}/"))


def test_today_shows_what_waits_for_a_person(analyst, campaign):
    page = text(analyst.get("/desk/"))

    assert "1 aanleiding wacht op een mens" in page
    assert f'href="/desk/campaigns/{campaign.pk}/"' in page


def test_today_says_so_when_nothing_waits(analyst):
    assert "Niets wacht op u" in text(analyst.get("/desk/"))


def test_the_funnel_counts_everybody_once_and_names_who_fell_out_and_why(page, campaign):
    assert "organisaties gevonden, 4 bevindingen" in page
    assert "2 van 4 organisaties" in page
    for outcome in ("other-team", "person-decides", "warn"):
        assert f"/desk/campaigns/{campaign.pk}/organisations/{outcome}/" in page


def test_the_button_says_how_far_it_reaches(page):
    assert "Stuur naar 2 organisaties" in page


def test_the_mail_is_shown_as_the_reader_gets_it_in_both_languages(analyst, campaign, page):
    english = text(analyst.get(f"/desk/campaigns/{campaign.pk}/?mail=en"))

    assert "WAT IS ER GEZIEN" in page
    assert 'lang="nl">Beste lezer' in page
    assert "WHAT WAS SEEN" in english
    assert "Stuur naar 2 organisaties" in english


def test_those_left_out_can_be_looked_up_by_reason(analyst, campaign):
    there = text(analyst.get(f"/desk/campaigns/{campaign.pk}/organisations/other-team/"))

    assert cast.WATERWORKS.name in there
    assert cast.BAKERY.name not in there
    assert "Een ander team waarschuwt deze organisaties" in there


def test_a_yes_sends_a_campaign_on_its_way(analyst, campaign):
    response = analyst.post(f"/desk/campaigns/{campaign.pk}/approve/", YES, follow=True)

    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.APPROVED
    assert "Goedgekeurd. De berichten gaan naar 2 organisaties." in text(response)


@pytest.mark.parametrize("missing", ["saw_whom", "read_text", "seen_reach"])
def test_a_yes_without_having_looked_changes_nothing(analyst, campaign, missing):
    form = {name: value for name, value in YES.items() if name != missing}

    response = analyst.post(f"/desk/campaigns/{campaign.pk}/approve/", form)

    campaign.refresh_from_db()
    assert response.status_code == 400
    assert campaign.state == Campaign.State.PROPOSED


def test_a_yes_to_fewer_than_it_reaches_now_is_no_yes(analyst, campaign):
    response = analyst.post(f"/desk/campaigns/{campaign.pk}/approve/", YES | {"seen_reach": 1}, follow=True)

    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PROPOSED
    assert "bereikt meer organisaties dan u zag" in text(response)


class TestOverTheLimit:
    @pytest.fixture
    def wide(self, campaign):
        Campaign.objects.update(reach_limit=1)
        return campaign

    def test_the_button_says_that_a_second_person_follows(self, analyst, wide):
        page = text(analyst.get(f"/desk/campaigns/{wide.pk}/"))

        assert "Keur goed voor 2 organisaties" in page
        assert "na u moet een tweede persoon goedkeuren" in page

    def test_one_person_is_not_enough(self, analyst, wide):
        analyst.post(f"/desk/campaigns/{wide.pk}/approve/", YES)
        again = analyst.post(f"/desk/campaigns/{wide.pk}/approve/", YES, follow=True)

        wide.refresh_from_db()
        assert wide.state == Campaign.State.WAITING
        assert Approval.objects.count() == 1
        assert "Er is een tweede persoon nodig: vraag een collega." in text(again)

    def test_a_second_person_sends_it(self, analyst, wide):
        analyst.post(f"/desk/campaigns/{wide.pk}/approve/", YES)
        colleague = Client()
        cast.sign_in(colleague, cast.COLLEAGUE)

        page = text(colleague.get(f"/desk/campaigns/{wide.pk}/"))
        colleague.post(f"/desk/campaigns/{wide.pk}/approve/", YES)

        wide.refresh_from_db()
        assert cast.ANALYST.name in page
        assert "Stuur naar 2 organisaties" in page
        assert wide.state == Campaign.State.APPROVED


@pytest.mark.parametrize(("act", "state"), [("hold", Campaign.State.HELD), ("reject", Campaign.State.REJECTED)])
def test_a_campaign_is_set_aside_with_the_reason(analyst, campaign, act, state):
    form = {"act": act, "note": "Eerst de leverancier bellen."}

    page = text(analyst.post(f"/desk/campaigns/{campaign.pk}/set-aside/", form, follow=True))

    campaign.refresh_from_db()
    assert campaign.state == state
    assert "Eerst de leverancier bellen." in page


@pytest.mark.parametrize("form", [{"act": "hold", "note": ""}, {"act": "burn", "note": "x"}, {"note": "x"}])
def test_setting_aside_without_a_reason_changes_nothing(analyst, campaign, form):
    response = analyst.post(f"/desk/campaigns/{campaign.pk}/set-aside/", form)

    campaign.refresh_from_db()
    assert response.status_code == 400
    assert campaign.state == Campaign.State.PROPOSED


def test_what_was_decided_can_not_be_decided_again(analyst, campaign):
    triage.reject_campaign(campaign=campaign.pk, person=cast.person(cast.COLLEAGUE), note="Nee.", now=cast.NOW)

    yes = analyst.post(f"/desk/campaigns/{campaign.pk}/approve/", YES, follow=True)
    aside = analyst.post(f"/desk/campaigns/{campaign.pk}/set-aside/", {"act": "hold", "note": "x"}, follow=True)

    assert "een ander besliste al" in text(yes)
    assert "over deze aanleiding is al beslist" in text(aside)
    assert "Stuur naar" not in text(aside)


def test_after_release_every_organisation_has_a_notice_with_what_became_of_it(analyst, sent):
    page = text(analyst.get(f"/desk/campaigns/{sent.notice.campaign_id}/notices/"))

    assert Notice.objects.count() == 4
    assert page.count('<tr role="row"><th role="rowheader"') == 4
    assert "Overgedragen" in page
    assert "een ander team waarschuwt ze" in page


def test_campaigns_are_listed_by_state(analyst, campaign):
    assert campaign.subject == "open-rdp"
    assert "Een open ingang (RDP)" in text(analyst.get("/desk/campaigns/?state=proposed"))
    assert "Hier staan geen aanleidingen" in text(analyst.get("/desk/campaigns/?state=held"))
    assert "Een open ingang (RDP)" in text(analyst.get("/desk/campaigns/?state=%27%3B--"))


@pytest.mark.parametrize("path", ["", "notices/", "organisations/warn/"])
def test_a_campaign_that_does_not_exist_is_not_found(analyst, path):
    assert analyst.get(f"/desk/campaigns/999/{path}").status_code == 404


@pytest.mark.parametrize("path", ["approve/", "set-aside/"])
def test_nobody_decides_on_a_campaign_that_does_not_exist(analyst, path):
    assert analyst.post(f"/desk/campaigns/999/{path}", YES).status_code == 404


def test_a_campaign_that_was_decided_no_longer_says_how_many_people_must_approve(analyst, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(reach_limit=1)
    words = "twee mensen moeten goedkeuren"
    assert words in analyst.get(f"/desk/campaigns/{campaign.pk}/").content.decode()

    Campaign.objects.filter(pk=campaign.pk).update(state="approved")

    assert words not in analyst.get(f"/desk/campaigns/{campaign.pk}/").content.decode()


def test_one_that_is_on_its_way_can_be_stopped_with_a_reason_and_go_on(analyst, sent):
    address = f"/desk/campaigns/{sent.notice.campaign_id}/"
    assert "Stop: verstuur hier niets meer van" in text(analyst.get(address))
    assert "Schrijf op waarom" in text(analyst.post(address + "turn/", {"act": "stop", "note": ""}))

    stopped = text(analyst.post(address + "turn/", {"act": "stop", "note": "de tekst klopt niet"}, follow=True))
    assert "Gestopt. 1 bericht" in stopped
    assert "de tekst klopt niet" in stopped
    again = text(analyst.post(address + "turn/", {"act": "stop", "note": "nog eens"}, follow=True))
    assert "Er is niets veranderd" in again

    assert "Het gaat verder" in text(
        analyst.post(address + "turn/", {"act": "resume", "note": "hersteld"}, follow=True)
    )
    assert Campaign.objects.get().state == "approved"
