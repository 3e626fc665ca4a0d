"""What followed on a warning, at the desk: news that waits for a yes, and taking back what was wrong."""

import cast
import pytest
from aftermath import DAY, arrive, endless, look, release
from deliveries import deliver, exploited, records, source
from django.test import Client

from misthoorn.common import clock
from misthoorn.notification.models import Message, Notice
from misthoorn.triage.follow_up import corrections
from misthoorn.triage.models import Campaign, Correction, FurtherNews

pytestmark = pytest.mark.django_db

WRONG = {
    "reason_nl": "Dat adres hoort niet bij u.",
    "reason_en": "That address is not yours.",
    "doing_nl": "Wij kijken voortaan naar de datum.",
    "doing_en": "From now on we look at the date.",
}


def text(response):
    return response.content.decode()


@pytest.fixture
def after(sent):
    """The address of the page on what followed on a campaign that was sent."""
    return f"/desk/campaigns/{sent.notice.campaign_id}/after/"


@pytest.fixture
def colleague():
    client = Client()
    cast.sign_in(client, cast.COLLEAGUE)
    return client


def propose(client, after, **how):
    return client.post(f"{after}correction/", WRONG | how, follow=True)


def test_the_campaign_leads_to_what_followed(analyst, sent, after):
    page = text(analyst.get(f"/desk/campaigns/{sent.notice.campaign_id}/"))

    assert f'href="{after}"' in page
    assert "Herinneringen, nieuws en terugnemen" in page or "herinneringen" in page.lower()


def test_a_campaign_that_told_nobody_has_no_such_page(analyst, campaign):
    assert analyst.get(f"/desk/campaigns/{campaign.pk}/after/").status_code == 404


def test_a_warning_is_taken_back_by_two_people_who_saw_how_it_reads(analyst, colleague, sent, after):
    page = text(propose(analyst, after))
    assert "Wacht op een tweede" in page
    assert "klopte niet" in page
    assert "Stop de aanleiding" not in page
    assert not Notice.objects.filter(kind="correction").exists()

    theirs = text(colleague.get(f"{after}?mail=en"))
    assert "That address is not yours." in theirs
    assert "Our warning was wrong" in theirs
    pk = Correction.objects.get().pk
    done = text(colleague.post(f"{after}correction/{pk}/", {"act": "yes"}, follow=True))

    assert "Goedgekeurd." in done
    while corrections.release_corrections(now=cast.NOW):
        pass
    assert Message.objects.get(notice__kind="correction").address == sent.address
    assert Campaign.objects.get(pk=sent.notice.campaign_id).state == "stopped"


def test_who_wrote_it_can_not_approve_it(analyst, sent, after):  # noqa: ARG001  it was sent
    propose(analyst, after)
    pk = Correction.objects.get().pk

    page = text(analyst.post(f"{after}correction/{pk}/", {"act": "yes"}, follow=True))

    assert "Er is niets veranderd" in page
    assert Correction.objects.get().state == "proposed"


@pytest.mark.parametrize("missing", WRONG)
def test_a_correction_says_everything_in_both_languages(analyst, after, missing):
    response = analyst.post(f"{after}correction/", WRONG | {missing: " "})

    assert response.status_code == 400
    assert not Correction.objects.exists()
    assert "elke lezer" in text(response)


def test_what_was_typed_is_shown_as_text(analyst, after):
    page = text(propose(analyst, after, reason_nl="<script>alert(1)</script>"))

    assert "<script>alert(1)" not in page


def test_the_number_of_a_warning_that_was_wrong_says_so(client, analyst, colleague, sent, after):
    propose(analyst, after)
    colleague.post(f"{after}correction/{Correction.objects.get().pk}/", {"act": "yes"})
    while corrections.release_corrections(now=cast.NOW):
        pass

    page = text(client.post("/check/", {"number": sent.notice.number, "domain": "korenaar.example"}))

    assert "wij hadden het mis" in page
    assert "U hoeft niets te doen" in page
    assert "Doe de eerste stap" not in page


@pytest.fixture
def waiting(db, analyst, monkeypatch):  # noqa: ARG001  it writes to the database
    """News for two organisations, where one is the limit; the address of the page."""
    cast.organisation(cast.BAKERY)
    source("cve", form="cve5")
    source("kev", form="kev")
    deliver(records(endless()), source="cve", name="a.jsonl")
    campaign = Campaign.objects.get()
    release(campaign.pk, cast.person(cast.ANALYST))
    arrive()
    Campaign.objects.update(reach_limit=0)
    deliver(exploited("CVE-2021-44228"), source="kev", name="kev.json", at=cast.NOW + DAY)
    look(cast.NOW + DAY)
    monkeypatch.setattr(clock, "now", lambda: cast.NOW + DAY)
    return f"/desk/campaigns/{campaign.pk}/after/"


def test_news_that_waits_is_shown_as_the_reader_would_get_it(analyst, waiting):
    page = text(analyst.get(waiting))

    assert "Criminelen misbruiken het nu" in page
    assert "wacht op een mens" in page
    assert "criminelen misbruiken het lek in Apache Log4j" in page
    assert "criminals misuse the flaw" in text(analyst.get(f"{waiting}?mail=en"))


@pytest.mark.parametrize(("act", "state", "told"), [("yes", "approved", 1), ("no", "rejected", 0)])
def test_a_person_says_yes_or_no_to_news(analyst, waiting, act, state, told):
    news = FurtherNews.objects.get()

    analyst.post(f"{waiting}news/{news.pk}/", {"act": act})
    look(cast.NOW + DAY)

    assert FurtherNews.objects.get().state == state
    assert Notice.objects.filter(kind="update").count() == told


def test_today_shows_what_became_known_and_waits(analyst, waiting):
    assert f'href="{waiting}"' in text(analyst.get("/desk/"))


def test_the_notices_of_a_campaign_say_of_what_kind_they_are(analyst, waiting):
    analyst.post(f"{waiting}news/{FurtherNews.objects.get().pk}/", {"act": "yes"})
    look(cast.NOW + DAY)

    page = text(analyst.get(waiting.replace("after", "notices")))

    assert "Nieuws over een waarschuwing" in page
