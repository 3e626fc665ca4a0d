"""Calls at the desk, and the telephone desk."""

from datetime import timedelta

import cast
import people
import pytest

from misthoorn.constituency.models import Contact
from misthoorn.notification.letters_and_calls import calls
from misthoorn.notification.models import Call, Check, Message, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    bakery = people.only(cast.BAKERY, telephone=people.NUMBER)
    people.release(bakery)
    Message.objects.update(not_before=cast.NOW)
    return bakery


@pytest.fixture
def taken(analyst, firm):
    analyst.post(f"/desk/calls/{firm}/take/")
    return firm


def text(response):
    return response.content.decode()


def end(client, firm, **form):
    return client.post(f"/desk/calls/{firm}/end/", form, follow=True)


def test_a_firm_to_call_is_listed_and_taken(analyst, firm):
    assert "1 bedrijf om nu te bellen" in text(analyst.get("/desk/calls/"))

    page = text(analyst.post(f"/desk/calls/{firm}/take/", follow=True))

    assert "020 123 4567" in page
    assert "u spreekt met Aisha van" in page
    assert "Vraag nooit om een wachtwoord" in page
    assert "Ga door met uw gesprek" in text(analyst.get("/desk/calls/"))


def test_a_call_that_waits_stands_on_the_page_of_today_and_none_does_not(analyst, firm):
    assert "Te bellen" in text(analyst.get("/desk/"))

    Message.objects.update(state=Message.State.HANDED_OVER)

    assert "Te bellen" not in text(analyst.get("/desk/"))
    assert firm


def test_a_firm_that_a_colleague_calls_can_not_be_taken(analyst, firm):
    calls.take(organisation=firm, person=cast.person(cast.COLLEAGUE), now=cast.NOW)

    assert "Bram de Wit belt" in text(analyst.get("/desk/calls/"))
    page = text(analyst.post(f"/desk/calls/{firm}/take/", follow=True))
    assert "Bram de Wit belt dit bedrijf al" in page


def test_what_was_told_is_noted_with_the_answer_that_was_given(analyst, taken):
    message = Message.objects.get()
    page = end(analyst, taken, outcome="told", messages=str(message.pk), answer="fixed", note="")

    assert "Genoteerd, voor 1 waarschuwing" in text(page)
    assert Message.objects.get().state == "handed_over"
    assert Reply.objects.get().answer == "fixed"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "Kies hoe het gesprek eindigde"),
        ({"outcome": "sang"}, "Kies hoe het gesprek eindigde"),
        ({"outcome": "told"}, "kruis minstens"),
        ({"outcome": "call_back"}, "Zeg wanneer"),
        ({"outcome": "call_back", "again_at": "2026-11-01T10:00"}, "Zeg wanneer"),
        ({"outcome": "call_back", "again_at": "morgen"}, "Zeg wanneer"),
    ],
)
def test_an_outcome_that_lacks_something_keeps_what_was_typed(analyst, taken, form, says):
    response = end(analyst, taken, note="via de receptie", **form)

    assert response.status_code == 400
    assert says in text(response)
    assert "via de receptie" in text(response)
    assert Message.objects.get().state == "waiting"


def test_a_time_to_call_back_is_dutch_time(analyst, taken):
    end(analyst, taken, outcome="call_back", again_at="2026-11-25T10:00")

    assert Call.objects.get().not_before.isoformat() == "2026-11-25T09:00:00+00:00"
    assert "1 bedrijf om later te bellen" in text(analyst.get("/desk/calls/"))


def test_a_call_that_a_colleague_took_over_gives_the_note_back(analyst, taken):
    later = cast.NOW + timedelta(minutes=16)
    calls.take(organisation=taken, person=cast.person(cast.COLLEAGUE), now=later)

    page = text(end(analyst, taken, outcome="voicemail", note="tot morgen <b>"))

    assert "Bram de Wit belt dit bedrijf al" in page
    assert "U typte: tot morgen &lt;b&gt;" in page


def test_earlier_tries_stand_beside_the_script(analyst, taken):
    end(analyst, taken, outcome="voicemail", note="naam van de baas gevraagd")
    page = text(analyst.post(f"/desk/calls/{taken}/take/", follow=True))

    assert "Voicemail ingesproken" in page
    assert "naam van de baas gevraagd" in page


def test_a_call_can_be_given_back(analyst, taken):
    analyst.post(f"/desk/calls/{taken}/give-back/")

    assert Call.objects.get().held_by_id is None


def test_a_call_that_nobody_took_is_not_shown(analyst, firm):
    page = text(analyst.get(f"/desk/calls/{firm}/", follow=True))

    assert "u nam dit gesprek niet" in page


def test_only_the_desk_sees_calls(client, firm):
    for path in ("/desk/calls/", f"/desk/calls/{firm}/", "/desk/checks/"):
        assert client.get(path).status_code in {302, 403}
    assert client.post(f"/desk/calls/{firm}/take/").status_code in {302, 403}
    assert not Call.objects.exists()


# --- is it genuine? ---


def ask(client, path="/desk/checks/", **form):
    return client.post(path, form)


def test_a_mail_is_genuine_with_its_domain_and_what_to_say_is_there_in_both_languages(analyst, sent):
    page = text(ask(analyst, number=sent.notice.number, way="mail", proof="korenaar.example"))

    assert "Ja, deze waarschuwing is echt" in page
    assert "Ja, deze waarschuwing is van ons. Wij vertelden die op dinsdag 24 november 2026, per mail." in page
    assert "Yes, this warning is ours. We told it on Tuesday 24 November 2026, by mail." in page
    assert "Korenaar" not in page.replace("korenaar.example", "")
    assert "192.0.2" not in page
    assert Check.objects.get().outcome == "genuine"


@pytest.mark.parametrize(
    ("way", "proof", "outcome"),
    [
        ("mail", "harbour.example", "other_domain"),
        ("letter", "1234 AB", "other_domain"),
        ("telephone", "020 123 4567", "other_domain"),
    ],
)
def test_a_real_number_with_another_proof_is_not_called_genuine(analyst, sent, way, proof, outcome):
    page = text(ask(analyst, number=sent.notice.number, way=way, proof=proof))

    assert "past niet bij wat de beller zegt" in page
    assert Check.objects.get().outcome == outcome


def test_a_number_that_nobody_has_is_unknown(analyst):
    page = text(ask(analyst, number=people.NOBODYS, way="letter", proof="1234AB"))

    assert "Wij kennen dit nummer niet" in page
    assert Check.objects.get().outcome == "unknown"


def test_a_call_is_genuine_while_it_is_made_and_only_for_the_number_that_is_called(analyst, client, firm):
    number = Message.objects.get().notice.number
    told = {"path": "/check/letter-or-call/", "number": number, "way": "telephone"}
    assert "kennen dit nummer niet" in text(ask(client, proof="020 123 4567", **told))
    calls.take(organisation=firm, person=cast.person(cast.COLLEAGUE), now=cast.NOW)

    assert "Ja, deze waarschuwing is echt" in text(ask(client, proof="(020) 1234567", **told))
    assert "past niet bij" in text(ask(client, proof="030 123 4567", **told))
    assert "Ja, deze waarschuwing is echt" in text(ask(analyst, number=number, way="telephone", proof="0201234567"))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"number": "12", "way": "letter", "proof": "1234AB"},
        {"number": "482177305264", "way": "pigeon", "proof": "1234AB"},
        {"number": people.NOBODYS, "way": "letter", "proof": "Amsterdam"},
        {"number": people.NOBODYS, "way": "telephone", "proof": "12"},
    ],
)
@pytest.mark.parametrize("path", ["/desk/checks/", "/check/letter-or-call/"])
def test_what_can_not_be_checked_is_refused_with_a_sentence(analyst, path, form):
    response = ask(analyst, path=path, **form)

    assert response.status_code == 400
    assert not Check.objects.exists()


def test_the_public_page_can_not_be_used_to_guess(client):
    wrong = {"path": "/check/letter-or-call/", "number": people.NOBODYS, "way": "letter", "proof": "1234AB"}
    codes = [ask(client, **wrong).status_code for _ in range(21)]

    assert codes[19:] == [200, 429]


def test_a_person_at_the_desk_adds_a_telephone_number(analyst, firm):
    form = {
        "channel": "letter",
        "address": "Dam 1\n1012JS Amsterdam",
        "role": "general",
        "language": "nl",
        "evidence": "het handelsregister",
    }
    response = analyst.post(f"/desk/organisations/{firm}/contacts/new/", form, follow=True)

    assert "1012 JS Amsterdam" in text(response)
    assert Contact.objects.filter(organisation=firm, channel="letter").count() == 1
    bad = analyst.post(f"/desk/organisations/{firm}/contacts/new/", form | {"channel": "telephone"})
    assert bad.status_code == 400
    assert "geen telefoonnummer" in text(bad)
    assert analyst.get("/desk/organisations/9999/contacts/new/").status_code == 404
