"""Lists and the quarantine on the command line."""

import json

import cast
import openpyxl
import pytest
from deliveries import events, seen, source

from misthoorn.intake.models import Batch, RefusedRow, Source
from misthoorn.triage.models import Finding, MatchRun

LIST = (
    "Kwetsbare systemen;;\r\nIP-adres;Gezien;Soort\r\n192.0.2.1;23-11-2026;Open RDP\r\n"
    "192.0.2.2;13-11-2026;Open RDP\r\n;13-11-2026;Open RDP\r\n"
).encode("cp1252")


@pytest.fixture(autouse=True)
def _there(make_bakery, monkeypatch):
    monkeypatch.setattr("misthoorn.common.clock.now", lambda: cast.NOW)
    make_bakery()
    source("partner", form="table", tlp="GREEN")


@pytest.fixture
def list_(write):
    return write("lijst.csv", LIST)


def test_a_dry_run_says_how_a_list_would_be_read_and_takes_nothing_in(misthoorn, list_, tmp_path):
    said = misthoorn("take-in", "partner", list_, "--dry-run", "--failed", tmp_path / "failed.csv")

    assert said.code == 0
    assert said.out.startswith("lijst.csv would give 3 rows in = 2 accepted + 1 refused + 0 duplicate.")
    assert "2026-11-22T23:00:00Z 192.0.2.1 other undetermined open-rdp normal" in said.out
    assert (tmp_path / "failed.csv").read_bytes().splitlines()[1] == b"IP-adres;Gezien;Soort;misthoorn_reason"
    assert not Batch.objects.exists()


def test_a_dry_run_tells_what_is_hidden_and_which_sheets_are_not_read(misthoorn, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Toelichting"])
    sheet = book.create_sheet("Data")
    for row in (["IP", "Datum", "Melding"], ["192.0.2.1", "23-11-2026", "a"]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "lijst.xlsx")

    said = misthoorn("take-in", "partner", tmp_path / "lijst.xlsx", "--dry-run").out
    assert "Only the sheet “Data” is read, and not: Sheet." in said
    assert "Hidden in the sheet, and read as well: 1 row; columns: none." in said


def test_a_list_is_taken_in_with_all_that_is_said_of_it(misthoorn, list_, tmp_path):
    failed = tmp_path / "failed.csv"
    options = ("--tlp", "amber-strict", "--origin", "Own scan", "--lawful", "yes", "--failed", failed)

    said = misthoorn("take-in", "partner", list_, *options)

    batch = Batch.objects.get()
    assert said.code == 0
    assert (batch.tlp, batch.origin, batch.lawful, batch.rows_accepted) == ("AMBER+STRICT", "Own scan", True, 2)
    assert set(Finding.objects.values_list("tlp", flat=True)) == {"AMBER+STRICT"}
    assert failed.read_bytes().count(b"\r\n") == 3


@pytest.mark.parametrize("options", [(), ("--lawful", "no"), ("--lawful", "unknown")])
def test_without_a_yes_a_list_is_held_and_nothing_is_matched(misthoorn, list_, options):
    said = misthoorn("take-in", "partner", list_, *options)

    assert said.code == 1
    assert "held:" in said.out
    assert Batch.objects.get().state == "held"
    assert not MatchRun.objects.exists()
    (waits,) = json.loads(misthoorn("lists", "held", "--json").out)
    assert waits["file"] == "lijst.csv"


def test_a_person_decides_on_a_list_that_is_held(misthoorn, list_):
    cast.person(cast.ANALYST, second_factor=False)
    misthoorn("take-in", "partner", list_)
    batch = Batch.objects.get().pk

    said = misthoorn("lists", "decide", batch, "--lawful", "yes", "--why", "Own scan", "--by", cast.ANALYST.username)
    misthoorn("worker", "--until-idle")

    assert said.code == 0
    assert Finding.objects.filter(state="open").count() == 2
    again = misthoorn("lists", "decide", batch, "--lawful", "no", "--why", "x", "--by", cast.ANALYST.username)
    assert (again.code, "not held" in again.error) == (1, True)


def test_a_label_that_is_none_is_told_and_nothing_kept(misthoorn, list_):
    said = misthoorn("take-in", "partner", list_, "--tlp", "PURPLE")

    assert (said.code, "is not a TLP label" in said.error) == (1, True)
    assert not Batch.objects.exists()


def test_a_mapping_is_shown_saved_and_used_again_for_the_same_header(misthoorn, list_, write):
    shown = misthoorn("lists", "show", list_)
    mapping = json.loads(shown.out) | {"constants": {"type": "vulnerable-system"}}
    saved = misthoorn("lists", "save", "partner", "weekly", write("m.json", json.dumps(mapping)))
    Source.objects.update(options=Source.objects.get(slug="partner").options | {"lawful": True})

    misthoorn("take-in", "partner", list_)

    assert (shown.code, saved.code) == (0, 0)
    assert list(json.loads(misthoorn("lists", "mappings", "partner").out)) == ["weekly"]
    assert set(Finding.objects.values_list("rsit", flat=True)) == {"vulnerable/vulnerable-system"}


def test_a_list_with_another_header_says_what_changed(misthoorn, list_, write):
    mapping = misthoorn("lists", "show", list_).out
    misthoorn("lists", "save", "partner", "weekly", write("m.json", mapping))

    said = misthoorn("take-in", "partner", write("b.csv", LIST.replace(b"IP-adres", b"IP adres")), "--lawful", "yes")

    assert said.code == 1
    assert "“IP-adres” is now “IP adres”" in said.out


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"columns": {"nonsense": "x"}}', b'{"zone": "Mars/North"}'])
def test_a_mapping_that_is_none_is_told(misthoorn, list_, write, content):
    said = misthoorn("take-in", "partner", list_, "--mapping", write("m.json", content), "--lawful", "yes")

    assert (said.code, "can't be used as a mapping" in said.error) == (1, True)


def test_a_source_of_another_format_has_no_mappings(misthoorn, write):
    source("scan")

    said = misthoorn("take-in", "scan", write("a.csv", events(seen())), "--mapping", "weekly")

    assert (said.code, "takes lists" in said.error) == (1, True)


def test_the_quarantine_is_listed_shown_and_let_go(misthoorn, list_, write):
    cast.person(cast.ANALYST, second_factor=False)
    mapping = json.loads(misthoorn("lists", "show", list_).out)
    wrong = write("wrong.json", json.dumps(mapping | {"dates": "mdy"}))
    right = write("right.json", json.dumps(mapping))
    misthoorn("take-in", "partner", list_, "--mapping", wrong, "--lawful", "yes")
    batch = Batch.objects.get().pk

    groups = {one["reason"]: one["rows"] for one in json.loads(misthoorn("quarantine", "list", "--json").out)}
    shown = misthoorn("quarantine", "show", batch, "--reason", "time-order").out
    tried = misthoorn("quarantine", "release", batch, "--mapping", right, "--dry-run")
    assert groups == {"time-order": 3}
    assert "no refused row with this reason" in misthoorn("quarantine", "show", batch, "--reason", "fields").out
    assert "line 3: '23-11-2026' is not a date" in shown
    assert tried.out.startswith(
        f"Delivery {batch}: of 3 refused rows 2 would be accepted now or doubles; 1 would be refused."
    )
    assert RefusedRow.objects.count() == 3

    said = misthoorn("quarantine", "release", batch, "--mapping", right, "--by", cast.ANALYST.username, "--json")

    assert json.loads(said.out)["accepted"] == 2
    row = Batch.objects.get()
    assert (row.state, row.rows_in, row.rows_accepted, row.rows_refused, row.read_again) == ("accepted", 3, 2, 1, 1)
    assert Finding.objects.filter(state="open").count() == 2


def test_a_delivery_whose_bytes_are_gone_can_not_be_read_again(misthoorn, list_, settings):
    misthoorn("take-in", "partner", list_, "--lawful", "yes")
    row = Batch.objects.get()
    (settings.HOME / row.received_path).unlink()

    said = misthoorn("quarantine", "release", row.pk, "--dry-run")

    assert (said.code, "no longer kept" in said.error) == (1, True)
    assert json.loads(misthoorn("quarantine", "list", "--json").out)[0]["can_be_read_again"] is False


def test_all_deliveries_with_a_reason_are_let_go_at_once(misthoorn, list_, write):
    cast.person(cast.ANALYST, second_factor=False)
    for path in (list_, write("b.csv", LIST.replace(b"192.0.2.1", b"192.0.2.3"))):
        misthoorn("take-in", "partner", path, "--lawful", "yes")
    first = Batch.objects.order_by("pk").first()
    Batch.objects.filter(pk=first.pk).update(received_path="received/gone")

    said = misthoorn("quarantine", "release", "--reason", "address-missing", "--by", cast.ANALYST.username)

    assert said.code == 0
    assert list(Batch.objects.order_by("pk").values_list("read_again", flat=True)) == [0, 1]


@pytest.mark.parametrize("options", [(1,), ("--by", "aisha")])
def test_releasing_asks_which_and_who_decides(misthoorn, options):
    assert misthoorn("quarantine", "release", *options).code == 2
