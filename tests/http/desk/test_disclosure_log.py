"""Hand-overs to other teams, and the search over everything that was told."""

import cast
import desk
import pytest

from misthoorn.accounts.queries import audit_trail
from misthoorn.constituency.organisations.teams import add_team
from misthoorn.notification.models import Message
from misthoorn.triage import services
from misthoorn.triage.follow_up import corrections
from misthoorn.triage.follow_up.corrections import Wrong
from misthoorn.triage.handovers import known_teams
from misthoorn.triage.models import Campaign, Finding, HandOver

pytestmark = pytest.mark.django_db

MAIL = {"team": "national", "way": "mail", "seen": 1, "confirmed": desk.MET}


@pytest.fixture
def team():
    return add_team(
        team="national",
        name="Nationaal CSIRT",
        address="melding@csirt.example",
        language="nl",
        known=known_teams(),
        person=cast.person(cast.COLLEAGUE),
        at=cast.NOW,
    )


@pytest.fixture
def handovers(campaign):
    return f"/desk/campaigns/{campaign.pk}/handovers/"


def read(client, path):
    return client.get(path).content.decode()


def test_the_campaign_leads_to_what_other_teams_have_to_tell(analyst, campaign, handovers):
    assert f'href="{handovers}"' in read(analyst, f"/desk/campaigns/{campaign.pk}/")


def test_a_button_says_to_whom_and_how_many_and_pressing_it_is_logged(analyst, handovers, team):  # noqa: ARG001
    shown = read(analyst, handovers)
    for words in ("Overdragen aan Nationaal CSIRT: 1 organisatie", "Cbw art. 16(1)", "melding@csirt.example"):
        assert words in shown

    after = analyst.post(f"{handovers}press/", MAIL, follow=True).content.decode()
    assert "Overgedragen: 1 bevinding." in after
    assert "Overdragen aan" not in after
    one = handovers.removesuffix("handovers/")
    for page in (after, read(analyst, "/desk/handovers/"), read(analyst, one)):
        assert "Aisha Demir" in page
        assert "Nationaal CSIRT" in page
    assert Message.objects.get().address == "melding@csirt.example"


def test_of_a_stopped_campaign_there_is_no_button_and_it_says_why(analyst, campaign, handovers, team):  # noqa: ARG001
    type(campaign).objects.filter(pk=campaign.pk).update(state="stopped", decided_at=cast.NOW)

    shown = read(analyst, handovers)
    assert "Deze aanleiding is gestopt" in shown
    assert 'value="mail"' not in shown
    assert "Er is niets overgedragen" in analyst.post(f"{handovers}press/", MAIL, follow=True).content.decode()


def test_without_an_address_it_says_how_to_add_one(analyst, handovers):
    shown = read(analyst, handovers)

    assert "misthoorn handovers team add national" in shown
    assert f"{handovers}press/" not in shown


def test_a_button_asks_each_condition_of_the_law_and_the_log_shows_what_was_confirmed(analyst, handovers, team):  # noqa: ARG001
    assert read(analyst, handovers).count('type="checkbox" name="confirmed"') == len(desk.MET)
    for missing in desk.MET:
        some = MAIL | {"confirmed": [one for one in desk.MET if one != missing]}
        shown = analyst.post(f"{handovers}press/", some, follow=True).content.decode()
        assert "vink elke voorwaarde van de wet aan" in shown
    assert not HandOver.objects.exists()

    after = analyst.post(f"{handovers}press/", MAIL, follow=True).content.decode()
    assert "Bevestigd: cbw-66: task, relevance, confidentiality, interests" in after


def test_what_may_not_be_mailed_is_for_the_telephone(analyst, handovers, team):  # noqa: ARG001
    Finding.objects.update(tlp="AMBER+STRICT")
    assert "mag niet per mail: bel het team" in read(analyst, handovers)

    by_telephone = MAIL | {"way": "telephone"}
    analyst.post(f"{handovers}press/", MAIL)
    analyst.post(f"{handovers}press/", by_telephone)
    assert not HandOver.objects.exists()
    assert (
        "Piet, 10.30"
        in analyst.post(f"{handovers}press/", by_telephone | {"note": "Piet, 10.30"}, follow=True).content.decode()
    )


@pytest.mark.parametrize("wrong", [{"seen": 2}, {"seen": "x"}, {"team": "martians"}, {"way": "pigeon"}, {"team": ""}])
def test_a_button_that_no_page_shows_hands_nothing_over(analyst, handovers, team, wrong):  # noqa: ARG001
    shown = analyst.post(f"{handovers}press/", MAIL | wrong, follow=True).content.decode()

    assert "mh-melding--fout" in shown
    assert not HandOver.objects.exists()


def test_a_campaign_that_is_not_there_is_not_found(analyst, db):  # noqa: ARG001
    assert analyst.get("/desk/campaigns/99/handovers/").status_code == 404
    assert analyst.post("/desk/campaigns/99/handovers/press/", MAIL).status_code == 404
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("text", [cast.BAKERY.address, "korenaar", "192.0.2.0/28", "open-rdp"])
def test_what_was_told_is_found_with_what_became_of_it(analyst, sent, text):  # noqa: ARG001
    shown = analyst.post("/desk/told/", {"text": text}).content.decode()

    for words in (cast.BAKERY.name, "afgeleverd", "bericht gemaakt", "250 taken"):
        assert words in shown


def test_the_page_asks_by_post_and_shows_nothing_before(analyst, sent):  # noqa: ARG001
    shown = read(analyst, "/desk/told/?text=korenaar")

    assert cast.BAKERY.name not in shown
    assert 'method="post"' in shown


def test_a_number_and_a_domain_are_answered(analyst, sent):
    number = sent.notice.number
    yes = analyst.post("/desk/told/", {"text": f"{number} korenaar.example"}).content.decode()
    no = analyst.post("/desk/told/", {"text": f"{number} elders.example"}).content.decode()

    assert "Een bericht met dit nummer ging naar dat maildomein." in yes
    assert "Geen bericht met dit nummer ging naar dat maildomein." in no


@pytest.mark.parametrize("wrong", [{}, {"text": ""}, {"text": "x" * 301}, {"text": "a", "before": "x"}])
def test_a_question_that_is_none_is_said(analyst, db, wrong):  # noqa: ARG001
    for page in ("/desk/told/", "/desk/told/csv/"):
        assert analyst.post(page, wrong).status_code in {200, 400}


def test_all_of_it_comes_as_csv(analyst, sent):
    answer = analyst.post("/desk/told/csv/", {"text": "korenaar"})

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("number,kind,organisation")
    assert len(lines) == 3
    assert sent.notice.number in lines[1]


def test_who_searched_for_what_stands_in_the_audit_trail(analyst, sent):  # noqa: ARG001
    analyst.get("/desk/told/")
    analyst.post("/desk/told/", {"text": ""})
    assert audit_trail(about="told") == []
    analyst.post("/desk/told/", {"text": cast.BAKERY.address})
    analyst.post("/desk/told/csv/", {"text": "korenaar"})

    looks = [(one.action, one.person, one.detail) for one in audit_trail(about="told")]
    assert looks == [
        ("looked at", cast.ANALYST.name, {"way": "csv", "text": "korenaar"}),
        ("looked at", cast.ANALYST.name, {"way": "page", "text": cast.BAKERY.address}),
    ]


def test_a_team_that_heard_by_telephone_what_was_wrong_is_called_and_that_is_written_down(analyst, campaign, team):  # noqa: ARG001
    Finding.objects.update(tlp="AMBER+STRICT")
    told = {"campaign": campaign.pk, "team": "national", "person": cast.person(cast.ANALYST), "now": cast.NOW}
    line = services.note_told(**told, note="Piet, 10.30", seen=1, confirmed=desk.MET)
    wrong = Wrong(reason_nl="Fout.", reason_en="Wrong.", doing_nl="Beter.", doing_en="Better.")
    about = {"campaign": campaign.pk, "wrong": wrong, "person": cast.person(cast.ANALYST), "now": cast.NOW}
    pk = corrections.propose_correction(**about)
    corrections.approve_correction(correction=pk, person=cast.person(cast.COLLEAGUE), now=cast.NOW)
    assert "Bel deze teams: het klopte niet" in read(analyst, "/desk/handovers/")
    assert 'href="/desk/handovers/"' in read(analyst, "/desk/")

    address = f"/desk/handovers/{line}/take-back/"
    assert "mh-melding--fout" in analyst.post(address, {"note": ""}, follow=True).content.decode()
    shown = analyst.post(address, {"note": "Piet, 11.00"}, follow=True).content.decode()

    assert "Bel deze teams" not in shown
    assert "Piet, 11.00" in shown


def test_what_only_a_team_was_told_can_be_taken_back_too(analyst, campaign, team, handovers):  # noqa: ARG001
    after = f"/desk/campaigns/{campaign.pk}/after/"
    assert analyst.get(after).status_code == 404, "nobody was told anything"
    analyst.post(f"{handovers}press/", MAIL)
    assert f'href="{after}#wrong"' in read(analyst, handovers)
    words = {"reason_nl": "Fout.", "reason_en": "Wrong.", "doing_nl": "Beter.", "doing_en": "Better."}
    analyst.post(f"{after}correction/", words)

    assert "Andere teams die dit kregen, horen het ook" in read(analyst, after)
    cast.sign_in(analyst, cast.COLLEAGUE)
    assert "Stop dit: het klopte niet" in read(analyst, after)
