"""Letters at the desk."""

import cast
import people
import pytest

from misthoorn.notification.letters_and_calls import letter_files, letters
from misthoorn.notification.models import LetterBatch, Message, Notice
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    firms = [people.only(cast.BAKERY, letter=people.PAPER), people.only(cast.BROKER, letter=people.OTHER_PAPER)]
    people.release(*firms)
    Message.objects.update(not_before=cast.NOW)
    return firms


@pytest.fixture
def batch(told):  # noqa: ARG001  its letters
    return letters.make_batch(limit=10, person=cast.person(cast.COLLEAGUE), now=cast.NOW)


def text(response):
    return response.content.decode()


@pytest.mark.usefixtures("told")
def test_letters_that_wait_are_listed_and_gathered(analyst):
    page = text(analyst.get("/desk/letters/"))
    assert "2 brieven wachten" in page
    assert "Bakkerij De Korenaar" in page

    response = analyst.post("/desk/letters/make/", {"limit": "1"}, follow=True)

    assert LetterBatch.objects.count() == 1
    assert LetterBatch.objects.get().reference in text(response)
    assert "1 brief wacht" in text(analyst.get("/desk/letters/"))


def test_a_small_batch_is_ready_at_once_as_one_file_and_an_address_sheet(analyst, told):  # noqa: ARG001  its letters
    analyst.post("/desk/letters/make/", {"limit": "10"})
    one = LetterBatch.objects.get()
    page = text(analyst.get(f"/desk/letters/{one.pk}/"))
    file = analyst.get(f"/desk/letters/{one.pk}/letters.pdf")
    sheet = analyst.get(f"/desk/letters/{one.pk}/addresses.csv")

    assert "Download alle brieven" in page
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert file["Content-Type"] == "application/pdf"
    assert one.reference in file["Content-Disposition"]
    assert "Dorpsstraat 12" in text(sheet)
    assert sheet["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize("limit", ["", "0", "x", "1001", "9" * 400])
def test_a_number_of_letters_that_can_not_be_is_refused_with_a_sentence(analyst, told, limit):  # noqa: ARG001  as above
    response = analyst.post("/desk/letters/make/", {"limit": limit})

    assert response.status_code == 400
    assert "van 1 tot 1.000 brieven" in text(response)


def test_a_file_that_is_not_ready_is_not_given(analyst, batch):
    response = analyst.get(f"/desk/letters/{batch}/letters.pdf", follow=True)

    assert "nog niet klaar" in text(response)
    assert "0 van 2 brieven" in text(response)


def test_more_of_it_can_be_made_at_once(analyst, batch):
    analyst.post(f"/desk/letters/{batch}/print/")

    assert letter_files.progress(batch).ready


def test_posting_says_which_letters_to_take_out_of_the_pile(analyst, batch, told):
    Finding.objects.filter(organisation=told[0]).update(state="gone")

    page = text(analyst.post(f"/desk/letters/{batch}/posted/", follow=True))

    assert "1 brief is overgedragen" in page
    assert "Haal 1 brief van de stapel" in page
    assert "niet meer gezien" in page
    again = text(analyst.post(f"/desk/letters/{batch}/posted/", follow=True))
    assert "al gepost" in again


def test_a_letter_that_came_back_is_noted_by_its_number(analyst, batch, told):
    analyst.post(f"/desk/letters/{batch}/posted/")
    number = Notice.objects.get(organisation=told[0]).number

    response = analyst.post("/desk/letters/returned/", {"number": number, "reason": "moved"}, follow=True)

    assert "Bakkerij De Korenaar kwam terug" in text(response)
    assert Message.objects.get(notice__organisation=told[0]).state == "bounced"
    again = analyst.post("/desk/letters/returned/", {"number": number, "reason": "moved"})
    assert again.status_code == 400
    assert "al eerder terug" in text(again)


@pytest.mark.parametrize(
    ("number", "reason"), [("", "moved"), ("12", "moved"), ("482177305264", "lost"), ("x" * 900, "")]
)
def test_what_can_not_have_come_back_is_refused_and_stays_in_the_form(analyst, batch, number, reason):  # noqa: ARG001  as above
    response = analyst.post("/desk/letters/returned/", {"number": number, "reason": reason})

    assert response.status_code == 400
    assert "mh-veld--fout" in text(response)


@pytest.mark.parametrize("path", ["", "addresses.csv"])
def test_a_batch_that_is_not_there_is_not_found(analyst, path):
    assert analyst.get(f"/desk/letters/99/{path}").status_code == 404


def test_only_the_desk_sees_letters(client, batch):
    for path in ("", f"{batch}/", f"{batch}/letters.pdf", f"{batch}/addresses.csv"):
        assert client.get(f"/desk/letters/{path}").status_code in {302, 403}
    assert client.post(f"/desk/letters/{batch}/posted/").status_code in {302, 403}
    assert Message.objects.filter(state="waiting").count() == 2
