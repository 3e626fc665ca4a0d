"""How much and when: set by whoever has the code, or noted at the desk; nothing changes before a form is sent."""

from datetime import time

import pytest
from cast import ANALYST, NOW, sign_in

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.models import Contact, Preference
from misthoorn.notification.models import Attempt, Message

pytestmark = pytest.mark.django_db
PAGE = "/answer/preferences/"
FORM = {
    "preset": "digest",
    "digest": "week",
    "weekday": "4",
    "hour": "9",
    "floor": "information",
    "reminders": "on",
    "alive_every": "91",
    "language": "en",
}


@pytest.fixture
def visitor(client, sent):
    """Somebody who typed the code of the bakery's warning."""
    client.post("/answer/", {"code": sent.notice.code})
    return client


@pytest.fixture
def second(sent):
    """Another contact that the same warning went to."""
    contact = Contact.objects.create(
        organisation=sent.contact.organisation,
        role="it_provider",
        address="help@it.example",
        provenance="mandate",
        created_at=NOW,
    )
    message = Message.objects.get(pk=sent.pk)
    message.pk, message.contact, message.message_id = None, contact, "<another@misthoorn.example>"
    message.save()
    Attempt.objects.create(message=message, number=1, claimed_at=NOW, finished_at=NOW, outcome="handed_over")
    return contact


def test_without_a_code_the_way_leads_to_the_page_that_asks_for_it(client):
    response = client.get(PAGE, follow=True)
    assert response.redirect_chain == [("/answer/", 302)]
    assert "Typ eerst de code uit uw bericht" in response.content.decode()


def test_looking_at_the_choices_changes_nothing(visitor):
    page = visitor.get(PAGE).content.decode()
    assert "Elke waarschuwing meteen" in page
    assert not Preference.objects.exists()


def test_the_answers_lead_to_it(visitor):
    assert PAGE in visitor.get("/answer/choose/").content.decode()


def test_what_was_chosen_is_kept_for_whoever_got_the_message(visitor, sent):
    response = visitor.post(PAGE, FORM, follow=True)

    kept = Preference.objects.get()
    assert kept.contact_id == sent.contact_id
    assert (kept.preset, kept.digest, kept.weekday, kept.hour) == ("digest", "week", 4, 9)
    assert (kept.reminders, kept.good_news, kept.alive_every, kept.contact.language) == (True, False, 91, "en")
    assert not kept.compared
    assert "Vanaf nu sturen wij wat u koos" in response.content.decode()
    assert AuditEntry.objects.get(action="preference set").person is None


def test_what_was_chosen_before_is_shown_again(visitor):
    visitor.post(PAGE, FORM | {"quiet_from": "22:00", "quiet_to": "7:30", "compared": "on"})
    page = visitor.get(PAGE).content.decode()
    assert 'value="digest" checked' in page
    assert 'value="22:00"' in page
    assert Preference.objects.get().quiet_to == time(7, 30)
    assert Preference.objects.get().compared


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"preset": ""}, "Kies een van de drie."),
        ({"preset": "none"}, "Kies een van de drie."),
        ({"quiet_from": "22:00"}, "Vul beide tijden in, of laat beide leeg."),
        ({"quiet_from": "ten", "quiet_to": "7:00"}, "Dit is geen tijd."),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence_and_changes_nothing(visitor, wrong, words):
    response = visitor.post(PAGE, FORM | wrong)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Preference.objects.exists()


@pytest.mark.parametrize("wrong", [{"hour": "24"}, {"weekday": "9"}, {"floor": "x"}, {"alive_every": "7"}])
def test_what_no_form_offers_is_refused(visitor, wrong):
    assert visitor.post(PAGE, FORM | wrong).status_code == 400
    assert not Preference.objects.exists()


def test_who_stops_may_begin_again_with_the_same_code(visitor, sent):
    response = visitor.post(PAGE, FORM | {"stopped": "on"}, follow=True)
    assert "Wij sturen niets meer naar dit adres" in response.content.decode()
    assert Contact.objects.get(pk=sent.contact_id).stopped_at is not None
    assert "U vroeg ons te stoppen" in response.content.decode()

    visitor.post(PAGE, FORM)
    assert Contact.objects.get(pk=sent.contact_id).stopped_at is None


def test_where_it_went_to_more_than_one_address_a_choice_is_for_the_address_that_is_typed(visitor, second, sent):
    assert "Op welk mailadres kreeg u het bericht?" in visitor.get(PAGE).content.decode()
    assert sent.address not in visitor.get(PAGE).content.decode()

    visitor.post(PAGE, FORM | {"address": " HELP@it.example"})
    assert [one.contact_id for one in Preference.objects.all()] == [second.pk]


@pytest.mark.usefixtures("second")
def test_an_address_that_it_did_not_go_to_changes_nothing_and_is_not_guessed_for_ever(visitor):
    for _ in range(10):
        response = visitor.post(PAGE, FORM | {"address": "guess@korenaar.example"})
        assert response.status_code == 400
    assert "Het bericht ging niet naar dit adres" in response.content.decode()
    assert visitor.post(PAGE, FORM | {"address": "help@it.example"}).status_code == 429
    assert not Preference.objects.exists()


def test_a_form_from_elsewhere_is_refused(sent):
    from django.test import Client  # noqa: PLC0415  one that checks forms

    client = Client(enforce_csrf_checks=True)
    session = client.session
    session["answer-code"] = sent.notice.code
    session.save()
    assert client.post(PAGE, FORM).status_code == 403


# --- at the desk ---


def test_the_desk_notes_what_a_contact_says(client, sent):
    person = sign_in(client, ANALYST)
    page = f"/desk/organisations/{sent.notice.organisation_id}/wishes/{sent.contact_id}/"
    assert page in client.get(f"/desk/organisations/{sent.notice.organisation_id}/").content.decode()
    assert sent.address in client.get(page).content.decode()

    response = client.post(page, FORM)
    assert response["Location"] == f"/desk/organisations/{sent.notice.organisation_id}/"
    assert Preference.objects.get().preset == "digest"
    assert AuditEntry.objects.get(action="preference set").person_id == person
    assert "Wat kan wachten, samen" in client.get(response["Location"]).content.decode()


def test_at_the_desk_what_can_not_be_is_refused_and_what_is_not_there_is_not_found(client, sent):
    sign_in(client, ANALYST)
    assert (
        client.post(f"/desk/organisations/{sent.notice.organisation_id}/wishes/{sent.contact_id}/", {}).status_code
        == 400
    )
    assert client.get(f"/desk/organisations/{sent.notice.organisation_id}/wishes/99999/").status_code == 404
    assert client.get(f"/desk/organisations/99999/wishes/{sent.contact_id}/").status_code == 404


def test_a_campaign_page_tells_how_soon_they_hear_it(client, sent):
    sign_in(client, ANALYST)
    page = f"/desk/campaigns/{sent.notice.campaign_id}/"
    assert "in een overzicht of bundel" not in client.get(page).content.decode()
    Message.objects.filter(pk=sent.pk).update(state="gathering")
    assert "1 in een overzicht of bundel" in " ".join(client.get(page).content.decode().split())


def test_a_message_says_what_it_waits_for_and_in_which_one_it_was_told(client, sent, second):
    sign_in(client, ANALYST)
    carrier = Message.objects.get(contact=second)
    Message.objects.filter(pk=sent.pk).update(state="gathering", because="digest: calm-2026, anyone, day")
    page = client.get(f"/desk/messages/{sent.pk}/").content.decode()
    assert "Wacht op het overzicht" in page
    assert "calm-2026" in page

    Message.objects.filter(pk=sent.pk).update(state="gathered", because="", told_in=carrier)
    page = client.get(f"/desk/messages/{sent.pk}/").content.decode()
    assert "Verteld in een ander bericht" in page
    assert f'href="/desk/messages/{carrier.pk}/"' in page
    assert client.get("/desk/messages/?state=gathered").status_code == 200
