"""Answering by code: without an account, without a code in an address, and only when a person sends it."""

import cast
import pytest

from misthoorn.common.numbers import show_code
from misthoorn.constituency.models import Refusal
from misthoorn.notification.models import Message, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client, sent):
    """Somebody who typed the code of the bakery's warning."""
    client.post("/answer/", {"code": sent.notice.code})
    return client


def test_a_right_code_leads_to_the_five_answers_and_stands_in_no_address(client, sent):
    response = client.post("/answer/", {"code": sent.notice.code})

    assert response["Location"] == "/answer/choose/"
    page = client.get("/answer/choose/").content.decode()
    for answer in ("Opgelost", "Doorgegeven", "Niet van ons", "Klopt niet", "Wij accepteren dit"):
        assert answer in page
    assert "een open ingang (RDP)" in page


def test_a_code_may_be_typed_as_people_do(client, sent):
    typed = f" {show_code(sent.notice.code).lower()} "

    assert client.post("/answer/", {"code": typed}).status_code == 302


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "Vul de code in"),
        ("KM7F", "Er staan 4 tekens. Een code heeft er 8."),
        ("KM7F-2Q90", "In een code staat nooit 0."),
        ("1234-5678-9092", "Dit is het nummer van de waarschuwing."),
        ("KM7F-2Q9X", "Wij kennen deze code niet."),
    ],
)
def test_a_code_that_is_none_gets_a_sentence_that_helps_and_stays_in_its_field(client, sent, code, words):  # noqa: ARG001
    response = client.post("/answer/", {"code": code})

    assert response.status_code == 400
    assert words in response.content.decode()
    assert f'value="{code}"' in response.content.decode() or not code


def test_looking_at_a_warning_changes_nothing(visitor):
    visitor.get("/answer/choose/")
    visitor.get("/answer/thanks/")

    assert Reply.objects.count() == 0


def test_without_a_code_there_is_nothing_to_choose(client):
    response = client.get("/answer/choose/", follow=True)

    assert response.redirect_chain == [("/answer/", 302)]
    assert "Typ eerst de code uit uw bericht" in response.content.decode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("fixed", "Opgelost"),
        ("passed_on", "Doorgegeven"),
        ("not_ours", "Niet van ons"),
        ("wrong", "Klopt niet"),
        ("accepted", "Wij accepteren dit"),
    ],
)
def test_each_of_the_five_answers_is_kept_and_thanked_for(visitor, sent, answer, words):
    response = visitor.post("/answer/choose/", {"answer": answer, "text": "Dank voor uw bericht."}, follow=True)

    assert response.redirect_chain == [("/answer/thanks/", 302)]
    assert f"<strong>{words}</strong>" in response.content.decode()
    reply = Reply.objects.get()
    assert (reply.notice, reply.answer, reply.text, reply.at) == (
        sent.notice,
        answer,
        "Dank voor uw bericht.",
        cast.NOW,
    )


def test_to_whom_it_was_passed_on_is_kept_with_that_answer_only(visitor, client, sent):
    visitor.post("/answer/choose/", {"answer": "fixed", "passed_on_to": "it@noord.example"})
    client.post("/answer/", {"code": sent.notice.code})
    client.post("/answer/choose/", {"answer": "passed_on", "passed_on_to": "it@noord.example"})

    assert [reply.passed_on_to for reply in Reply.objects.order_by("pk")] == ["", "it@noord.example"]


def test_a_warning_is_passed_on_to_the_address_that_was_filled_in_and_the_page_says_so(visitor, sent):
    page = visitor.post(
        "/answer/choose/", {"answer": "passed_on", "passed_on_to": "it@noord.example"}, follow=True
    ).content.decode()

    assert "Wij sturen de waarschuwing naar het adres dat u invulde." in page
    assert Message.objects.get(address="it@noord.example").notice == sent.notice


def test_no_word_that_a_visitor_types_is_in_what_is_passed_on(visitor):
    words = "Koop nu zonnepanelen"
    form = {"answer": "passed_on", "passed_on_to": "it@noord.example", "text": words, "whose": words}
    visitor.post("/answer/choose/", form)

    mail = Message.objects.get(address="it@noord.example")
    assert words not in mail.body + mail.subject_line


def test_one_visitor_passes_on_few_a_day(client, sent):
    pages = []
    for number in range(11):
        client.post("/answer/", {"code": sent.notice.code})
        form = {"answer": "passed_on", "passed_on_to": f"it@noord{number}.example"}
        client.post("/answer/choose/", form)
        pages.append(client.get("/answer/thanks/").content.decode())

    assert sum("Wij sturen de waarschuwing naar het adres" in page for page in pages) == 3
    assert sum("dat is te vaak gedaan" in page for page in pages) == 8


def test_whose_it_is_then_is_kept_with_that_answer_only(visitor, client, sent):
    visitor.post("/answer/choose/", {"answer": "wrong", "whose": "Bakkerij Zuid"})
    client.post("/answer/", {"code": sent.notice.code})
    client.post("/answer/choose/", {"answer": "not_ours", "whose": "Bakkerij Zuid, 12345678"})

    assert [reply.whose for reply in Reply.objects.order_by("pk")] == ["", "Bakkerij Zuid, 12345678"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_machine_that_follows_addresses_answers_nothing_and_passes_nothing_on(visitor, sent, method):
    """Mail gateways and browsers fetch what they find; only a form that a person sends counts."""
    before = Message.objects.count()
    for route in ("/answer/", "/answer/choose/", "/answer/thanks/", "/antwoord/"):
        query = f"?answer=passed_on&passed_on_to=it@noord.example&code={sent.notice.code}&stop=on"
        getattr(visitor, method)(route + query)
        getattr(visitor, method)(route + query, headers={"purpose": "prefetch", "sec-purpose": "prefetch"})

    assert (Reply.objects.count(), Refusal.objects.count(), Message.objects.count()) == (0, 0, before)


def test_who_wants_no_more_messages_on_this_subject_gets_none(visitor, sent):
    page = visitor.post("/answer/choose/", {"answer": "accepted", "stop": "on"}, follow=True).content.decode()

    assert "Over dit onderwerp sturen wij u geen berichten meer" in page
    assert Refusal.objects.filter(organisation=sent.notice.organisation, subject="open-rdp").exists()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Kies een van de vijf antwoorden."),
        ({"answer": "maybe"}, "Kies een van de vijf antwoorden."),
        ({"answer": "passed_on", "passed_on_to": "niemand"}, "Dit is geen mailadres."),
        ({"answer": "wrong", "text": "x" * 2001}, "Dit is langer dan 2.000 tekens."),
    ],
)
def test_an_answer_that_does_not_fit_is_asked_again_and_nothing_typed_is_lost(visitor, form, words):
    response = visitor.post("/answer/choose/", {"text": "Wij kijken ernaar."} | form)

    assert response.status_code == 400
    assert words in response.content.decode()
    assert form.get("text", "Wij kijken ernaar.") in response.content.decode()
    assert Reply.objects.count() == 0


def test_after_answering_the_code_is_needed_again(visitor):
    visitor.post("/answer/choose/", {"answer": "fixed"})

    assert visitor.get("/answer/choose/").status_code == 302


def test_who_answered_before_sees_what(visitor, client, sent):
    visitor.post("/answer/choose/", {"answer": "passed_on"})
    client.post("/answer/", {"code": sent.notice.code})

    assert "U antwoordde eerder: Doorgegeven." in client.get("/answer/choose/").content.decode()


def test_an_answer_is_shown_as_text_and_never_as_a_page(visitor, sent, analyst):
    visitor.post("/answer/", {"code": sent.notice.code})
    visitor.post("/answer/choose/", {"answer": "wrong", "text": "<script>alert(1)</script>"})

    page = analyst.get(f"/desk/campaigns/{sent.notice.campaign_id}/notices/").content.decode()

    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_guessing_codes_is_stopped(client, sent):
    answers = [client.post("/answer/", {"code": "KM7F-2Q9X"}).status_code for _each in range(11)]

    assert answers == [400] * 10 + [429]
    assert client.post("/answer/", {"code": sent.notice.code}).status_code == 429


def test_both_words_that_stand_in_mails_lead_to_the_same_page(client):
    assert client.get("/antwoord/")["Location"] == "/answer/"
    assert client.get("/antwoord")["Location"] == "/antwoord/"
