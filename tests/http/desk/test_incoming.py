"""What came back, at the desk."""

from datetime import timedelta

import cast
import pytest

from misthoorn.notification.incoming import queries
from misthoorn.notification.incoming.outcome import take_incoming
from misthoorn.notification.models import IncomingMail, Message, Reply

pytestmark = pytest.mark.django_db


def arrive(message_id, body="Het is opgelost.", subject="Re: Waarschuwing"):
    lines = ["From: anna@korenaar.example", f"Subject: {subject}", f"In-Reply-To: {message_id}", "", body]
    return take_incoming(raw="\n".join(lines).encode(), at=cast.NOW).incoming


@pytest.fixture
def arrived(sent):
    return arrive(sent.message_id)


def text(response):
    return response.content.decode()


def test_what_people_wrote_waits_and_is_counted_on_the_first_page(analyst, arrived):
    assert "door mensen gemaild" in text(analyst.get("/desk/"))
    page = text(analyst.get("/desk/incoming/"))

    assert "Re: Waarschuwing" in page
    assert "anna@korenaar.example" in page
    assert f"/desk/incoming/{arrived}/" in page


def test_one_shows_the_words_and_the_warning_that_they_are_about(analyst, arrived):
    page = text(analyst.get(f"/desk/incoming/{arrived}/"))

    assert "Het is opgelost." in page
    assert "Bakkerij De Korenaar" in page


def test_an_answer_that_a_person_reads_in_it_is_noted_and_it_waits_no_longer(analyst, arrived, sent):
    response = analyst.post(f"/desk/incoming/{arrived}/read/", {"answer": "fixed"}, follow=True)

    assert "Genoteerd" in text(response)
    reply = Reply.objects.get()
    assert (reply.notice_id, reply.answer, reply.text) == (sent.notice_id, "fixed", "Het is opgelost.")
    assert IncomingMail.objects.get().state == "done"
    assert "Niets wacht" in text(analyst.get("/desk/incoming/"))
    assert "Re: Waarschuwing" in text(analyst.get("/desk/incoming/?state=done"))


def test_an_answer_that_is_none_of_the_five_changes_nothing(analyst, arrived):
    response = analyst.post(f"/desk/incoming/{arrived}/read/", {"answer": "hacked"}, follow=True)

    assert "niet genoteerd" in text(response)
    assert IncomingMail.objects.get().state == "to_read"


def test_a_mail_that_is_about_no_warning_of_ours_can_only_be_read(analyst, db):  # noqa: ARG001  it writes
    pk = arrive("<nobody@elsewhere.example>", subject="", body="Hallo <script>alert(1)</script>")
    page = text(analyst.get(f"/desk/incoming/{pk}/"))

    assert "geen waarschuwing van ons" in page
    assert "<script>alert(1)" not in page
    assert 'name="answer"' not in page
    assert analyst.post(f"/desk/incoming/{pk}/read/").status_code == 302


def test_one_that_does_not_exist_is_not_found(analyst):
    assert analyst.get("/desk/incoming/99/").status_code == 404
    assert analyst.post("/desk/incoming/99/read/").status_code == 404


def test_only_the_desk_sees_them(client, arrived):
    assert client.get("/desk/incoming/").status_code in {302, 403, 404}
    assert client.get(f"/desk/incoming/{arrived}/").status_code in {302, 403, 404}


def test_what_people_wrote_stands_before_reports_on_mails_that_are_none_of_ours(analyst, arrived):  # noqa: ARG001
    for number in range(3):
        lines = ["From: mailer-daemon@x.example", f"Subject: Undelivered {number}", "", "550 5.1.1 User unknown"]
        take_incoming(raw="\n".join(lines).encode(), at=cast.NOW + timedelta(hours=1))
    page = text(analyst.get("/desk/incoming/"))

    assert page.index("Re: Waarschuwing") < page.index("Undelivered 2") < page.index("Undelivered 0")


def test_a_contact_whose_latest_messages_all_came_back_stands_out_on_the_ladder(analyst, sent, monkeypatch):
    url = f"/desk/organisations/{sent.notice.organisation_id}/"
    Message.objects.update(state="bounced")
    assert "De laatste berichten kwamen allemaal terug" not in text(analyst.get(url))

    monkeypatch.setattr(queries, "IN_A_ROW", 1)
    assert "De laatste berichten kwamen allemaal terug" in text(analyst.get(url))
