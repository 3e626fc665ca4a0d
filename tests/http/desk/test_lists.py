"""Organisations, sources with what they refused, and the log of messages."""

import cast
import pytest

from misthoorn.constituency.models import Contact, Organisation
from misthoorn.intake.models import Source
from misthoorn.notification import message_log
from misthoorn.notification.models import Message

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


class TestOrganisations:
    @pytest.fixture(autouse=True)
    def _known(self):
        cast.organisation(cast.BAKERY)
        cast.organisation(cast.CLUB)

    @pytest.mark.parametrize("words", ["korenaar", "KORENAAR", "30000001", "korenaar.example", "192.0.2.0/28"])
    def test_are_found_by_what_an_analyst_knows(self, analyst, words):
        page = text(analyst.post("/desk/organisations/", {"text": words}))

        assert cast.BAKERY.name in page
        assert cast.CLUB.name not in page

    def test_nothing_found_says_what_to_try(self, analyst):
        page = text(analyst.post("/desk/organisations/", {"text": "%_niets"}))

        assert "Niets gevonden" in page
        assert 'value="%_niets"' in page

    def test_a_page_shows_assets_findings_and_the_ladder_of_contacts(self, analyst, campaign):  # noqa: ARG002  findings
        page = text(analyst.get(f"/desk/organisations/{Organisation.objects.get(name=cast.BAKERY.name).pk}/"))

        for words in ("192.0.2.7:3389", "192.0.2.0/28", "korenaar.example", cast.BAKERY.address, "algemeen team"):
            assert words in page

    def test_an_address_that_came_back_is_a_broken_rung(self, analyst):
        Contact.objects.update(bounced_at=cast.NOW)

        page = text(analyst.get(f"/desk/organisations/{Organisation.objects.get(name=cast.BAKERY.name).pk}/"))

        assert "mh-sport--stuk" in page
        assert "mh-sport--gekozen" not in page

    def test_a_person_says_what_the_rules_do_not_know(self, analyst):
        club = Organisation.objects.get(name=cast.CLUB.name)
        before = text(analyst.get(f"/desk/organisations/{club.pk}/"))

        after = text(analyst.post(f"/desk/organisations/{club.pk}/kind/", {"kind": "municipality"}, follow=True))

        assert "een mens beslist" in before
        assert "sector-CERT voor gemeenten" in after

    @pytest.mark.parametrize("kind", ["", "unknown", "king"])
    def test_a_kind_that_does_not_exist_changes_nothing(self, analyst, kind):
        club = Organisation.objects.get(name=cast.CLUB.name)

        analyst.post(f"/desk/organisations/{club.pk}/kind/", {"kind": kind})

        club.refresh_from_db()
        assert club.kind == "unknown"


def test_without_organisations_the_page_says_how_they_get_there(analyst):
    assert "Een beheerder neemt ze op uit een CSV-bestand" in text(analyst.get("/desk/organisations/"))


def test_an_organisation_that_does_not_exist_is_not_found(analyst):
    assert analyst.get("/desk/organisations/999/").status_code == 404
    assert analyst.post("/desk/organisations/999/kind/", {"kind": "vital"}).status_code == 404


class TestSources:
    def test_each_delivery_shows_its_sum(self, analyst, batch):
        page = text(analyst.get("/desk/sources/"))

        assert "binnen = aangenomen + geweigerd + dubbel" in page
        for figure in (batch.rows_in, batch.rows_accepted, batch.rows_refused, batch.rows_duplicate):
            assert f'class="mh-get">{figure}</td>' in page

    def test_refused_rows_are_grouped_by_reason_in_the_readers_language(self, analyst, batch):
        page = text(analyst.get(f"/desk/sources/batches/{batch.pk}/"))

        assert "Privéadres" in page
        assert "Bevat NUL-bytes" in page
        assert page.index("Privéadres") < page.index("Bevat NUL-bytes")

    def test_rows_are_shown_as_received_and_can_do_nothing(self, analyst, batch):
        private = text(analyst.get(f"/desk/sources/batches/{batch.pk}/refused/address-private/"))
        nul = text(analyst.get(f"/desk/sources/batches/{batch.pk}/refused/nul/"))

        assert "&lt;script&gt;" in private
        assert "<script" not in private
        assert r"203.0.113.9,\x00,\xff,\u202e" in nul

    def test_a_delivery_that_could_not_be_read_says_why(self, analyst, batch):
        batch.state, batch.problem = "refused", "This is a web page and not a feed. Ask the source."
        batch.save()

        assert "This is a web page and not a feed." in text(analyst.get(f"/desk/sources/batches/{batch.pk}/"))

    @pytest.mark.parametrize("path", ["999/", "999/refused/nul/"])
    def test_a_delivery_that_does_not_exist_is_not_found(self, analyst, path):
        assert analyst.get(f"/desk/sources/batches/{path}").status_code == 404

    def test_a_reason_for_which_nothing_was_refused_is_not_found(self, analyst, batch):
        assert analyst.get(f"/desk/sources/batches/{batch.pk}/refused/time-old/").status_code == 404

    def test_without_sources_the_page_says_how_they_get_there(self, analyst):
        assert "Nog geen bronnen" in text(analyst.get("/desk/sources/"))


class TestMessages:
    def test_the_log_is_narrowed_by_state(self, analyst, sent):
        handed = text(analyst.get("/desk/messages/?state=handed_over"))
        waiting = text(analyst.get("/desk/messages/?state=queued"))

        assert sent.address in handed
        assert sent.address not in waiting
        assert cast.BROKER.address in waiting

    @pytest.mark.parametrize("side", ["before", "after"])
    @pytest.mark.parametrize("page", ["0", "-1", "999999999", "abc", "9" * 5000, "²"])
    def test_of_a_page_that_does_not_exist_something_is_shown(self, analyst, sent, side, page):
        response = analyst.get("/desk/messages/", {side: page})

        assert response.status_code == 200
        assert sent.address in text(response)

    def test_older_and_newer_messages_are_a_link_away(self, analyst, sent, monkeypatch):  # noqa: ARG002  it is in the database
        monkeypatch.setattr(message_log, "PAGE", 1)
        newest, older = Message.objects.order_by("-pk")[:2]
        first = text(analyst.get("/desk/messages/"))
        second = text(analyst.get("/desk/messages/", {"before": newest.pk}))

        assert f"before={newest.pk}" in first
        assert "after=" not in first
        assert f"after={older.pk}" in second
        assert f"before={newest.pk}" not in second

    def test_one_message_shows_the_text_and_every_attempt(self, analyst, sent):
        page = text(analyst.get(f"/desk/messages/{sent.pk}/"))

        assert sent.subject_line in page
        assert "WAT IS ER GEZIEN" in page
        assert "250 taken" in page

    def test_one_message_shows_on_what_source_and_terms_it_rests(self, analyst, sent):
        Source.objects.update(terms="For CSIRTs only.")
        page = text(analyst.get(f"/desk/messages/{sent.pk}/"))

        for words in ("Waar dit op berust", 'one/shadowserver/">Shadowserver</a>', "TLP:AMBER", "For CSIRTs only."):
            assert words in page

    def test_what_is_no_longer_kept_is_said_to_be(self, analyst, sent):
        Message.objects.update(address="", body="", subject_line="")

        assert "De tekst is niet meer bewaard" in text(analyst.get(f"/desk/messages/{sent.pk}/"))
        assert "niet meer bewaard" in text(analyst.get("/desk/messages/"))

    def test_a_message_that_does_not_exist_is_not_found(self, analyst):
        assert analyst.get("/desk/messages/999/").status_code == 404


def test_the_privacy_page_says_what_is_kept_and_for_how_long(analyst, settings):
    settings.KEEP = settings.KEEP | {"refused": 42}

    assert "42 dagen" in text(analyst.get("/desk/privacy/"))


class TestMoreOrganisations:
    @pytest.fixture(autouse=True)
    def _more_than_a_page(self):
        Organisation.objects.bulk_create(
            Organisation(
                name=f"Bedrijf {n:03}", register_number=f"4{n:07}", sector="trade", size="1", created_at=cast.NOW
            )
            for n in range(120)
        )

    @pytest.mark.parametrize(
        ("asked", "shown", "buttons"),
        [
            ({}, (0, 49), {"Volgende"}),
            ({"page": "2"}, (50, 99), {"Vorige", "Volgende"}),
            ({"page": "3"}, (100, 119), {"Vorige"}),
        ],
    )
    @pytest.mark.parametrize("words", ["", "bedrijf"])
    def test_stand_on_further_pages_of_a_search_too(self, analyst, asked, shown, buttons, words):
        first, last = shown
        page = text(analyst.post("/desk/organisations/", {"text": words, **asked}))

        assert f"Bedrijf {first:03}" in page
        assert f"Bedrijf {last:03}" in page
        assert f"Bedrijf {first - 1:03}" not in page
        assert f"Bedrijf {last + 1:03}" not in page
        assert {word for word in ("Vorige", "Volgende") if f">{word}</button>" in page} == buttons

    @pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, ""])
    def test_a_page_that_is_none_is_the_first_or_empty(self, analyst, page):
        assert analyst.get(f"/desk/organisations/?page={page}").status_code == 200
