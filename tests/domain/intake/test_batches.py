import gzip
import hashlib
import io

import pytest
from cast import NOW
from deliveries import deliver, events, exploited, keep, lease, read, records, seen, source
from django.db import IntegrityError, transaction

from misthoorn.formats.registry import FORMATS, Format
from misthoorn.intake import queries
from misthoorn.intake.models import Batch, RefusedRow, Source
from misthoorn.intake.services import IntakeError, add_source, parse_batch, receive, store
from misthoorn.intake.services.parsing import QUEUE
from misthoorn.intake.services.sources import pause_source
from misthoorn.triage.models import Finding, MatchRun
from misthoorn.work.leases import renew

pytestmark = pytest.mark.django_db

GOOD, PRIVATE, BROKEN = seen(), seen("10.0.0.1"), "not,a,row"
MIXED = events(GOOD, PRIVATE, GOOD, BROKEN, seen("192.0.2.2"))


def test_every_row_of_a_file_is_accepted_refused_or_a_duplicate():
    source()
    batch = queries.batch(deliver(MIXED))

    assert (batch.rows_in, batch.rows_accepted, batch.rows_refused, batch.rows_duplicate) == (5, 2, 2, 1)
    assert batch.state == "accepted"


def test_the_database_itself_refuses_figures_that_do_not_add_up():
    source()
    batch = deliver(MIXED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch).update(rows_refused=3)


def test_a_refused_row_is_kept_as_received_with_its_line_and_a_reason():
    source()
    batch = deliver(MIXED)

    first, second = queries.refused_rows(batch=batch)

    assert (first.line, first.row, first.code, first.raw) == (3, 2, "address-private", PRIVATE.encode())
    assert "private" in first.reason
    assert (second.line, second.raw) == (5, BROKEN.encode())
    assert [(one.code, one.count, one.first_line) for one in queries.refused_groups(batch)] == sorted(
        [(first.code, 1, 3), (second.code, 1, 5)]
    )


@pytest.mark.parametrize("content", [MIXED, gzip.compress(MIXED), b"", b"\xff\0" * 1000])
def test_what_was_received_is_kept_byte_for_byte(content):
    source()
    row = Batch.objects.get(pk=deliver(content))

    assert store().path(row.received_path).read_bytes() == content
    assert (row.digest, row.size) == (hashlib.sha256(content).hexdigest(), len(content))


def everything():
    """All rows that intake and triage hold, and what lies in the store; but for the count of deliveries."""
    tables = {}
    for model in (Source, Batch, RefusedRow, MatchRun, Finding):
        rows = list(model.objects.order_by("pk").values())
        for row in rows:
            row.pop("delivered_again", None)
        tables[model.__name__] = rows
    files = {
        str(path): path.read_bytes() for path in store().root.rglob("*") if path.is_file() and "cache" not in path.parts
    }
    return tables, files


@pytest.mark.parametrize("days", [0, 1])
def test_a_second_delivery_of_the_same_file_changes_nothing(days):
    source()
    batch = deliver(MIXED)
    before = everything()

    again = receive(io.BytesIO(MIXED), source="scan", name="other-name.csv", at=NOW.replace(day=NOW.day + days))

    assert (again.batch, again.again) == (batch, True)
    assert everything() == before
    assert queries.batch(batch).delivered_again == 1


def test_the_same_file_of_another_source_is_another_delivery():
    assert deliver(MIXED, source=source()) != deliver(MIXED, source=source("other"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"   \n\n", ""),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "web page"),
        (b'{"cveMetadata": {}}', ""),
        (b"a,b,c\n1,2,3\n", "column"),
        (gzip.compress(b""), "empty"),
        (b"\x1f\x8b" + b"\0" * 50, ""),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, ""),
    ],
)
def test_a_file_that_can_not_be_read_at_all_ends_refused_with_a_sentence_and_its_beginning(content, says):
    source()
    batch = queries.batch(deliver(content))

    assert batch.state == "refused"
    assert batch.problem.endswith(".")
    assert says.lower() in batch.problem.lower()
    (row,) = queries.refused_rows(batch=batch.id)
    assert (row.code, row.line, row.reason, row.raw) == ("file", 0, batch.problem, content[:4096])
    assert (batch.rows_in, batch.rows_refused) == (1, 1)
    assert not MatchRun.objects.filter(batch=batch.id).exists()
    assert list(store().root.glob("events/**/*.parquet")) == []


def test_of_a_gzip_that_breaks_off_the_whole_rows_are_taken_in_and_the_rest_is_refused():
    source()
    whole = events(*(seen(f"198.51.100.{n % 250}", port=n) for n in range(1, 20_000)))
    batch = queries.batch(deliver(gzip.compress(whole)[:-2000]))

    assert batch.state == "accepted"
    assert 0 < batch.rows_accepted < 20_000
    assert batch.rows_refused >= 1
    assert batch.rows_in == batch.rows_accepted + batch.rows_refused + batch.rows_duplicate


def test_a_file_of_which_every_row_is_refused_is_accepted_and_says_so():
    source()
    batch = queries.batch(deliver(events(PRIVATE, BROKEN)))

    assert (batch.state, batch.rows_accepted, batch.rows_refused) == ("accepted", 0, 2)


def test_a_file_of_another_format_is_refused_with_what_to_do():
    source("cve", form="cve5")
    batch = queries.batch(deliver(exploited("CVE-2021-44228"), source="cve"))

    assert batch.rows_accepted == 0
    assert batch.rows_refused == batch.rows_in == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "/tmp/a\0b.csv", "map/\udcff\x1b[31m.csv", "n" * 5000])
def test_the_name_of_a_file_is_shown_and_never_used_as_a_path(name):
    source()
    batch = Batch.objects.get(pk=deliver(events(GOOD), name=name))

    assert "/" not in batch.name
    assert batch.name.isprintable()
    assert len(batch.name) <= 255
    assert batch.received_path == f"received/scan/2026-11-24/{batch.digest}"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "=cmd()", "x" * 100_000, '""quoted""', "\u202eomgekeerd"])
def test_whatever_stands_in_a_cell_the_batch_ends_and_its_findings_are_written(text, make_bakery):
    make_bakery()
    source()
    content = events(seen(banner=text.replace(",", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")))
    batch = queries.batch(deliver(content.replace("\ufffd".encode(), b"\xed\xa0\x80")))

    assert batch.state == "accepted"
    assert batch.rows_in == 1
    assert MatchRun.objects.get(batch=batch.id).state == "done"
    assert Finding.objects.count() == batch.rows_accepted


def test_a_source_that_does_not_exist_or_is_paused_takes_nothing():
    with pytest.raises(IntakeError, match="There is no source 'scan'"):
        keep(MIXED)

    source()
    pause_source(source="scan", paused=True, at=NOW)

    with pytest.raises(IntakeError, match=r"is paused\. Resume it first"):
        keep(MIXED)
    assert not store().path("received").exists()

    pause_source(source="scan", paused=False, at=NOW)
    assert keep(MIXED)


def test_pausing_what_does_not_exist_says_so():
    with pytest.raises(IntakeError, match="There is no source 'nothing'"):
        pause_source(source="nothing", paused=True, at=NOW)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"slug": "Scan A"}, "can't be the short name"),
        ({"slug": ""}, "can't be the short name"),
        ({"slug": "x" * 61}, "can't be the short name"),
        ({"name": "x" * 121}, "1 to 120 characters"),
        ({"name": "a\0b"}, "1 to 120 characters"),
        ({"format": "excel"}, "There is no format 'excel'"),
        ({"format": "cyclonedx"}, "'cyclonedx' is read by `misthoorn match` alone"),
        ({"tlp": "PURPLE"}, "'PURPLE' is not a TLP label"),
        ({"coverage": {"subjects": 1}}, "Coverage needs"),
        ({"absences_to_close": 0}, "not 0"),
        ({"absences_to_close": 101}, "not 101"),
    ],
)
def test_a_source_that_is_not_well_defined_is_refused(wrong, says):
    good = {"slug": "scan", "name": "Scan", "format": "events", "tlp": "GREEN", "coverage": {}, "absences_to_close": 2}

    with pytest.raises(IntakeError, match=says):
        add_source(**(good | wrong), at=NOW)
    assert not Source.objects.exists()


def test_a_second_source_of_the_same_name_is_refused():
    source()

    with pytest.raises(IntakeError, match="There is already a source 'scan'"):
        add_source(slug="scan", name="x", format="kev", tlp="RED", coverage={}, absences_to_close=1, at=NOW)
    assert Source.objects.get().format == "events"


def test_reading_again_after_a_crash_in_the_middle_gives_the_same_state():
    source()
    batch = keep(MIXED)
    RefusedRow.objects.create(batch_id=batch, line=3, row=2, code="left", reason="by a dead worker", raw=b"")
    read(batch)

    assert RefusedRow.objects.filter(batch=batch).count() == 2
    assert queries.batch(batch).rows_refused == 2


def slow(attempts, real):
    """A format whose reader loses its lease to another worker after the first chunk, which then reads it all."""

    def reading(stream, **options):
        first = attempts.pop(0)
        for number, chunk in enumerate(real(stream, **options)):
            yield chunk
            if number == 0:
                first()

    return reading


@pytest.fixture
def overtaken(monkeypatch):
    """Lets a second worker read a batch to its end while the first is in the middle of it."""

    def make(form, *, batch):
        real = FORMATS[form].read

        def other():
            monkeypatch.setitem(FORMATS, form, Format(form, FORMATS[form].kind, "", real))
            Batch.objects.filter(pk=batch).update(state="received")
            assert read(batch)

        monkeypatch.setitem(FORMATS, form, Format(form, FORMATS[form].kind, "", slow([other], real)))

    return make


def test_a_worker_that_lost_its_lease_writes_no_row_and_no_file_of_a_batch_any_more(overtaken):
    source()
    batch = keep(MIXED)
    overtaken("events", batch=batch)
    attempt = lease(Batch, pk=batch)

    assert parse_batch(batch=batch, attempt=attempt, now=NOW) is False
    row = Batch.objects.get(pk=batch)
    assert (row.attempt, row.state, row.rows_refused) == (attempt + 1, "accepted", 2)
    assert RefusedRow.objects.filter(batch=batch).count() == 2
    assert [path.name for path in store().root.glob("events/**/*.*")] == [f"{batch}.parquet"]
    assert MatchRun.objects.filter(batch=batch).count() == 1


def test_a_worker_that_lost_its_lease_writes_no_advisory_any_more(overtaken):
    source("cve", form="cve5")
    batch = keep(records({"not": "a record"}), source="cve")
    overtaken("cve5", batch=batch)
    attempt = lease(Batch, pk=batch)

    assert parse_batch(batch=batch, attempt=attempt, now=NOW) is False
    assert RefusedRow.objects.filter(batch=batch).count() == 1


def test_a_long_reading_keeps_its_lease(monkeypatch):
    source()
    batch = keep(MIXED)
    leases = []
    monkeypatch.setattr(
        "misthoorn.intake.services.parsing.renew",
        lambda queue, held, *, lease: leases.append((queue, held.id, lease)) or renew(queue, held, lease=lease),
    )
    read(batch)

    assert len(leases) >= 3
    assert {(queue, pk) for queue, pk, _ in leases} == {(QUEUE, batch)}


def test_what_is_older_than_its_retention_goes_and_the_figures_stay():
    source()
    old = deliver(MIXED)
    new = deliver(events(PRIVATE), at=NOW.replace(day=25))
    from misthoorn.intake.services import forget  # noqa: PLC0415  only here

    later = NOW.replace(month=12, day=24, hour=10)
    counts = forget(now=later, keep={"received": 30, "events": 30, "refused": 30})

    assert counts == {"received": 0, "events": 0, "refused rows": 2}
    counts = forget(now=later.replace(day=25), keep={"received": 30, "events": 30, "refused": 300})
    assert counts == {"received": 1, "events": 1, "refused rows": 0}
    assert queries.batch(old).rows_in == 5
    assert [row.line for row in queries.refused_rows(batch=new)] == [2]
