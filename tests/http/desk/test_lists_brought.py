"""Lists that people bring: upload, see how it is read, change it, take it in; a doubtful one is held."""

import io
import re
from datetime import timedelta

import cast
import deliveries
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from misthoorn.intake import drafts
from misthoorn.intake.models import Batch, RefusedRow, Source
from misthoorn.triage.models import Finding, MatchRun

pytestmark = pytest.mark.django_db

# As a Dutch office makes it: titles above the header, semicolons, commas, days first, Windows-1252.
OFFICE = (
    "Kwetsbare systemen – “open RDP”;;;;;\r\nGemaakt op 23-11-2026, € 0,00;;;;;\r\n;;;;;\r\n"
    "IP-adres;Poort;Gezien op;CVSS;Soort melding;Toelichting\r\n"
    "192.0.2.1;3.389;23-11-2026 4:05;9,8;Open RDP;Café – één\r\n"
    '192.0.2.2;3389;13-11-2026;7,5;Open RDP;"een; twee"\r\n'
    ";3389;13-11-2026;7,5;Open RDP;leeg\r\n"
    ";;;;;\r\n"
).encode("cp1252")
SAID = {"lawful": "yes", "origin": "Own scan of 23 November", "tlp": "AMBER+STRICT", "save_as": "weekly"}


@pytest.fixture
def partner(db):  # noqa: ARG001  it writes to the database
    return Source.objects.get(slug=deliveries.source("partner", form="table", tlp="GREEN"))


def text(response):
    return response.content.decode()


def upload(client, content=OFFICE, *, name="lijst.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post("/desk/lists/", {"source": "partner", "file": file}, follow=True)


def form_of(page):
    """What a browser would send for the form on a page as it is."""
    values = {}
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', body)
        values[name] = chosen[0].replace("&quot;", '"').replace("&#x27;", "'") if chosen else ""
    for field in re.findall(r"<input[^>]*>", page):
        if 'type="text"' in field and (name := re.search(r'name="([^"]+)"', field)):
            value = re.search(r'value="([^"]*)"', field)
            values[name[1]] = value[1] if value else ""
    return values


def press(client, response, act, **more):
    path = response.request["PATH_INFO"]
    return client.post(path, {**form_of(text(response)), "act": act, **more}, follow=act != "failed")


def filtered():
    """A spreadsheet of which a row and a column are hidden."""
    book = openpyxl.Workbook()
    for row in (
        ["IP", "Datum", "Melding", "Intern"],
        ["192.0.2.1", "23-11-2026", "a", "x"],
        ["192.0.2.2", "23-11-2026", "a", "x"],
    ):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = book.active.column_dimensions["D"].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class TestBringingAList:
    @pytest.fixture(autouse=True)
    def _partner(self, partner):
        """There is a source that takes lists."""

    def test_what_is_hidden_in_a_sheet_is_told(self, analyst):
        page = text(upload(analyst, filtered(), name="lijst.xlsx"))

        assert "1 verborgen regel" in page
        assert "Verborgen kolommen: Intern." in page
        assert "verborgen op dit blad" not in text(upload(analyst))

    def test_a_list_of_an_office_is_read_as_it_was_meant(self, analyst):
        page = text(upload(analyst))

        assert re.findall(r"<dd>([0-9=+]+)</dd>", page)[:7] == ["3", "=", "2", "+", "1", "+", "0"]
        assert "23-11-2026 04.05" in page
        assert "13-11-2026 00.00" in page
        assert page.count("open-rdp</td>") == 2
        assert "Urgent" in page
        assert "Geen adres en geen naam" in page
        assert not Batch.objects.exists()

    def test_what_is_taken_in_keeps_its_label_its_origin_and_its_mapping(self, analyst):
        end = press(analyst, upload(analyst), "take", **SAID)

        batch = Batch.objects.get()
        assert (batch.state, batch.tlp, batch.origin, batch.lawful) == (
            "received",
            "AMBER+STRICT",
            SAID["origin"],
            True,
        )
        assert batch.mapping["columns"]["ip"] == "IP-adres"
        assert "TLP:AMBER+STRICT" in text(end)
        assert list(Source.objects.get(slug="partner").options["mappings"]) == ["weekly"]
        assert "<dd>IP-adres</dd>" in text(analyst.get("/desk/lists/"))
        assert not list(drafts._folder().iterdir())

    def test_the_strictest_label_goes_into_the_finding(self, analyst):
        cast.organisation(cast.BAKERY)
        press(analyst, upload(analyst), "take", **SAID)
        deliveries.read(Batch.objects.get().pk)
        deliveries.match(Batch.objects.get().pk)

        assert set(Finding.objects.values_list("tlp", flat=True)) == {"AMBER+STRICT"}

    @pytest.mark.parametrize("answer", ["no", "unknown"])
    def test_a_list_of_which_nobody_knows_that_it_is_lawful_is_held(self, analyst, answer):
        end = press(analyst, upload(analyst), "take", **SAID | {"lawful": answer})

        batch = Batch.objects.get()
        assert (batch.state, batch.lawful) == ("held", False)
        assert "wordt vastgehouden" in text(end)
        assert not MatchRun.objects.exists()

    def test_the_question_must_be_answered(self, analyst):
        page = text(press(analyst, upload(analyst), "take", **SAID | {"lawful": ""}))

        assert "Beantwoord dit" in page
        assert SAID["origin"] in page
        assert not Batch.objects.exists()

    def test_another_order_of_dates_is_tried_at_once(self, analyst):
        page = text(press(analyst, upload(analyst), "look", dates="mdy"))

        assert "Datum in een andere volgorde" in page

    def test_another_line_for_the_header_gives_other_columns_and_no_error(self, analyst):
        page = text(press(analyst, upload(analyst), "look", skip="0"))

        assert "Kwetsbare systemen" in page

    def test_failed_rows_come_as_the_same_kind_of_list_and_are_read_again(self, analyst):
        first = upload(analyst)
        file = press(analyst, first, "failed").getvalue()

        lines = file.decode("cp1252").splitlines()
        assert lines[3].startswith("IP-adres;Poort;")
        assert lines[3].endswith(";misthoorn_reason")
        assert lines[4].startswith(';3389;13-11-2026;7,5;Open RDP;leeg;"The row has neither')
        mended = file.replace(b"\r\n;3389", b"\r\n192.0.2.3;3389")
        assert re.findall(r"<dd>([0-9=+]+)</dd>", text(upload(analyst, mended)))[:3] == ["1", "=", "1"]

    def test_a_changed_header_says_what_changed(self, analyst):
        press(analyst, upload(analyst), "take", **SAID)
        other = OFFICE.replace(b"IP-adres;", b"IP adres;").replace(b";Toelichting", b";Land")

        page = text(upload(analyst, other))

        assert "“IP-adres” heet nu “IP adres”" in page
        assert "“Toelichting” heet nu “Land”" in page
        assert re.findall(r"<dd>([0-9=+]+)</dd>", page)[:3] == ["3", "=", "2"]

    def test_the_next_list_may_be_written_otherwise(self, analyst):
        press(analyst, upload(analyst), "take", **SAID)
        other = OFFICE.decode("cp1252").partition("\r\n")[2].replace(";", "\t").encode()

        page = text(upload(analyst, other))

        assert "Gelezen met de kolomindeling “weekly”" in page
        assert "zijn veranderd" not in page
        assert re.findall(r"<dd>([0-9=+]+)</dd>", page)[:3] == ["3", "=", "2"]

    def test_a_list_that_can_not_be_read_says_why(self, analyst):
        page = text(upload(analyst, b"\xd0\xcf\x11\xe0rest", name="oud.xls"))

        assert "oud Excel-bestand" in page
        assert press(analyst, upload(analyst, b"<html>"), "drop").status_code == 200
        assert not Batch.objects.exists()

    def test_an_uploaded_list_is_gone_after_a_day(self, analyst, monkeypatch):
        path = upload(analyst).request["PATH_INFO"]
        monkeypatch.setattr("misthoorn.common.clock.now", lambda: cast.NOW + timedelta(days=2))
        upload(analyst, b"IP,x\n192.0.2.1,y\n")

        assert analyst.get(path).status_code == 404
        assert len(list(drafts._folder().glob("*.list"))) == 1

    def test_what_is_too_large_goes_by_command(self, analyst, monkeypatch):
        monkeypatch.setattr(drafts, "LARGEST", 10)

        assert "te groot" in text(upload(analyst))
        assert not list(drafts._folder().iterdir())

    def test_the_same_list_again_changes_nothing(self, analyst):
        press(analyst, upload(analyst), "take", **SAID)

        end = press(analyst, upload(analyst), "take", **SAID)

        assert "kwam al eerder" in text(end)
        assert Batch.objects.get().delivered_again == 1


class TestAListThatIsHeld:
    @pytest.fixture
    def held(self, partner):  # noqa: ARG002  the list is of that source
        return deliveries.keep(OFFICE, source="partner", name="lijst.csv")

    def test_stands_on_the_page_of_lists(self, analyst, held):
        assert f'href="/desk/lists/held/{held}/"' in text(analyst.get("/desk/lists/"))

    def test_is_read_and_matched_once_a_person_says_yes(self, analyst, held):
        cast.organisation(cast.BAKERY)
        analyst.post(f"/desk/lists/held/{held}/", {"lawful": "yes", "note": "Own scan."})

        deliveries.read(held)
        deliveries.match(held)

        assert Finding.objects.filter(state="open").count() == 2

    def test_is_never_read_once_a_person_says_no(self, analyst, held):
        page = text(analyst.post(f"/desk/lists/held/{held}/", {"lawful": "no", "note": "Stolen."}, follow=True))
        again = text(analyst.post(f"/desk/quarantine/{held}/", {"act": "release"}))

        assert Batch.objects.get().state == "refused"
        assert "nooit gebruikt" in page
        assert "rechtmatig is verkregen" in again
        assert Batch.objects.get().state == "refused"

    def test_is_not_decided_on_without_a_reason(self, analyst, held):
        analyst.post(f"/desk/lists/held/{held}/", {"lawful": "yes", "note": " "})

        assert Batch.objects.get().state == "held"


class TestTheQuarantine:
    @pytest.fixture
    def delivery(self, partner):
        partner.options = {"lawful": True}
        partner.save()
        mapping = {"columns": {"ip": "IP", "time": "Datum", "identifier": "Wat"}, "dates": "mdy"}
        rows = "IP;Datum;Wat\r\n192.0.2.1;23-11-2026;open-rdp\r\n192.0.2.2;11-12-2026;open-rdp\r\n;1-1-2026;x\r\n"
        batch = deliveries.keep(rows.encode(), source="partner", name="lijst.csv")
        Batch.objects.filter(pk=batch).update(mapping=mapping)
        cast.organisation(cast.BAKERY)
        deliveries.read(batch)
        deliveries.match(batch) if MatchRun.objects.exists() else None
        return batch

    def test_shows_all_sources_in_groups_and_filters(self, analyst, delivery, batch):
        page = text(analyst.get("/desk/quarantine/"))
        part = text(analyst.post("/desk/quarantine/", {"source": "partner", "reason": "address-missing", "days": "7"}))

        assert "Privaat adres" in page or "Privé" in page
        assert f'href="/desk/sources/batches/{delivery}/refused/address-missing/"' in part
        assert f'href="/desk/sources/batches/{batch.pk}/' not in part

    def test_says_first_what_another_mapping_would_change_and_then_does_it(self, analyst, delivery):
        before = analyst.get(f"/desk/quarantine/{delivery}/")
        tried = press(analyst, before, "look", dates="dmy")

        assert RefusedRow.objects.count() == 2
        assert "Van 2 geweigerde regels zouden er 1 niet meer" in text(tried)
        press(analyst, before, "release", dates="dmy")
        deliveries.read(delivery)
        deliveries.match(delivery)

        row = Batch.objects.get()
        assert (row.rows_in, row.rows_accepted, row.rows_refused, row.read_again) == (3, 1, 2, 1)
        assert Finding.objects.get().observed == "192.0.2.1"

    def test_a_delivery_whose_bytes_are_gone_says_so(self, analyst, batch):
        assert "worden niet meer bewaard" in text(analyst.get(f"/desk/quarantine/{batch.pk}/"))

    def test_gives_the_refused_rows_as_a_list(self, analyst, delivery):
        file = io.BytesIO(analyst.get(f"/desk/quarantine/{delivery}/failed/").getvalue()).read().decode()

        assert file.splitlines()[0] == "IP;Datum;Wat;misthoorn_reason"
        assert file.count("\r\n") == 3
