"""The files of a bundle: every line once in both, in one order, within their size, and the same bytes each time."""

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.exchange.xarf_report import Party
from misthoorn.notification.bundles import COLUMNS, Line, Tally, bundle_files, digest, file_name

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
TEAM = Party("Team", "warning@misthoorn.example", "misthoorn.example")


def line(number=1, **changes):
    values = {
        "finding": number,
        "ip": f"192.0.2.{number % 256}",
        "port": 3389,
        "protocol": "tcp",
        "hostname": "host.example.org",
        "asn": "AS64496",
        "rsit": "vulnerable/potentially-unwanted-accessible",
        "identifier": "open-rdp",
        "severity": "high",
        "certainty": "exact",
        "first_seen": NOW - timedelta(days=3),
        "last_seen": NOW,
        "source": "Scan",
        "evidence": {"banner": f"banner {number}"},
    }
    return Line(**values | changes)


def files(*lines, **more):
    return bundle_files(lines, name="findings-AS64496-20261123", reporter=TEAM, **more)


def unpacked(file):
    if not file.name.endswith(".zip"):
        return file.content
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        (entry,) = packed.infolist()
        assert file.name == f"{entry.filename}.zip"
        return packed.read(entry)


def rows_of(made):
    tables = [unpacked(one).decode() for one in made if ".csv" in one.name]
    return [row for text in tables for row in csv.DictReader(io.StringIO(text, newline=""))]


def reports_of(made):
    return [one for file in made if ".json" in file.name for one in json.loads(unpacked(file))]


def test_a_line_stands_in_both_files_with_its_columns_in_order():
    made = files(line(7))

    table, reports = made
    assert (table.name, reports.name) == ("findings-AS64496-20261123.csv", "findings-AS64496-20261123.json")
    head, row, end = table.content.decode().split("\r\n")
    assert (head, end) == (",".join(COLUMNS), "")
    assert row == (
        "7,192.0.2.7,3389,tcp,host.example.org,AS64496,vulnerable,potentially-unwanted-accessible,open-rdp,high,exact,"
        "2026-11-20T04:05:06Z,2026-11-23T04:05:06Z,Scan"
    )
    (report,) = json.loads(reports.content)
    assert report["source_identifier"] == "192.0.2.7"
    assert (report["category"], report["type"], report["service"]) == ("vulnerability", "open_service", "rdp")
    assert report["timestamp"] == "2026-11-23T04:05:06Z"


def test_no_lines_are_two_files_that_can_be_read():
    made = files()

    assert rows_of(made) == []
    assert reports_of(made) == []


def test_a_report_of_the_same_finding_seen_again_has_another_identifier_and_else_the_same():
    (first,), (same,), (later,) = (
        reports_of(files(line(last_seen=at))) for at in (NOW, NOW, NOW + timedelta(seconds=1))
    )

    assert first["report_id"] == same["report_id"] != later["report_id"]


TEXT = st.text(max_size=30)


@given(
    hosts=st.lists(st.tuples(TEXT, TEXT, st.integers(0, 65_535)), max_size=60),
    largest=st.integers(2_000, 20_000),
)
def test_whatever_the_lines_say_each_is_once_in_both_files_in_the_same_order(hosts, largest):
    lines = [
        line(number, hostname=name, port=port, source=said, evidence={"said": said})
        for number, (name, said, port) in enumerate(hosts, start=1)
    ]

    made = bundle_files(lines, name="f", reporter=TEAM, largest=largest)

    numbers = [one.finding for one in lines]
    assert [int(row["finding"]) for row in rows_of(made)] == numbers
    assert [one["source_identifier"] for one in reports_of(made)] == [one.ip for one in lines]
    assert len({one.name for one in made}) == len(made)
    assert made == bundle_files(lines, name="f", reporter=TEAM, largest=largest)
    for row in rows_of(made):
        assert not row["hostname"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_file_that_becomes_too_large_is_packed_and_one_too_large_for_that_is_cut():
    lines = [line(number, evidence={"x": f"{number:064x}"}) for number in range(2_000)]

    small = bundle_files(lines, name="f", reporter=TEAM, largest=150_000)

    assert {one.name for one in small} >= {"f.csv.zip", "f.json.zip", "f-2.json.zip"}
    assert max(len(one.content) for one in small) <= 150_000
    assert len(rows_of(small)) == len(reports_of(small)) == 2_000


def test_many_lines_are_not_in_memory_at_once():
    tracemalloc.start()
    made = bundle_files((line(number) for number in range(20_000)), name="f", reporter=TEAM)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(rows_of(made)) == 20_000
    assert peak < 20_000_000  # the files themselves are within 10 MB each


def test_evidence_has_a_bound():
    (report,) = reports_of(files(line(evidence={f"k{n}": "x" * 2_000 for n in range(200)})))

    assert report["evidence"][0]["size"] < 25_000


def test_the_digest_is_that_of_the_file_as_it_is_sent():
    (table, _) = files(line())

    assert len(digest(table)) == 64
    assert digest(table) != digest(files(line(2))[0])


def test_a_name_of_a_file_is_made_of_plain_signs():
    assert file_name("AS64496", day=NOW) == "findings-AS64496-20261123"
    assert file_name("2001:db8::/32", day=NOW) == "findings-2001-db8-32-20261123"
    assert file_name("192.0.2.0/24 (+2)", day=NOW) == "findings-192.0.2.0-24-2-20261123"


def test_a_tally_says_what_the_lines_come_to():
    tally = Tally()
    tally.count(line(1), is_new=True)
    tally.count(line(2, severity="urgent", identifier="hacked", last_seen=NOW - timedelta(days=1)), is_new=False)
    tally.count(line(3), is_new=False)

    assert (tally.lines, tally.urgent, tally.new) == (3, 1, 1)
    assert tally.subjects.most_common() == [("open-rdp", 2), ("hacked", 1)]
    assert (tally.since, tally.until) == (NOW - timedelta(days=1), NOW)
