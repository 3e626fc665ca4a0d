"""`misthoorn match` as a program: files in, files out, exit codes."""

import csv
import gzip
import json
import os
import signal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from system import programs
from system.programs import MISTHOORN

ASSETS = """organisation,asset,kind,value,version,valid_from,valid_to
bakery,net,network,198.51.100.0/24,,,
bakery,host,network,198.51.100.7,,,
provider,all,network,198.51.0.0/16,,,
provider,as,asn,AS64496,,,
dentist,site,domain,dentist.example,,,
dentist,old,domain,dentist.example,,,2026-11-01
"quote, Inc",log,product,cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*,,,
broken,x,network,nonsense,,,
"""
EVENTS = """time,ip,port,protocol,hostname,asn,class,type,identifier,severity
2026-11-23T10:00:00Z,198.51.100.7,3389,tcp,,64496,vulnerable,potentially-unwanted-accessible,open-rdp,high
not a time,198.51.100.7,3389,tcp,,,vulnerable,potentially-unwanted-accessible,open-rdp,high
2026-11-23T10:00:00Z,203.0.113.9,443,tcp,www.dentist.example,64496,vulnerable,potentially-unwanted-accessible,open-rdp,high
2026-11-23T10:00:00Z,198.51.100.7,3389,tcp,,64496,vulnerable,potentially-unwanted-accessible,open-rdp,high
"""
RECORD = {
    "dataType": "CVE_RECORD",
    "dataVersion": "5.1",
    "cveMetadata": {"cveId": "CVE-2021-44228", "state": "PUBLISHED"},
    "containers": {
        "cna": {
            "descriptions": [{"lang": "en", "value": "Log4Shell"}],
            "affected": [
                {
                    "vendor": "Apache Software Foundation",
                    "product": "Apache Log4j2",
                    "cpes": ["cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"],
                    "versions": [
                        {"version": "2.0-beta9", "status": "affected", "lessThan": "2.15.0", "versionType": "custom"}
                    ],
                }
            ],
        }
    },
}
EXPECTED = [
    ("bakery", "net", "1", "network", "exact", "false"),
    ("bakery", "host", "1", "network", "exact", "true"),
    ("provider", "all", "1", "network", "exact", "false"),
    ("provider", "as", "1", "asn", "network", "false"),
    ("provider", "as", "3", "asn", "network", "true"),
    ("dentist", "site", "3", "domain", "exact", "true"),
    ("bakery", "net", "4", "network", "exact", "false"),
    ("bakery", "host", "4", "network", "exact", "true"),
    ("provider", "all", "4", "network", "exact", "false"),
    ("provider", "as", "4", "asn", "network", "false"),
]
HEADER = ("organisation", "asset", "item", "kind", "certainty", "most_specific")


@pytest.fixture
def files(tmp_path):
    (tmp_path / "assets.csv").write_text(ASSETS)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "records.json").write_text(json.dumps(RECORD))
    return tmp_path


def match(folder, *arguments, stdin="", **options):
    done = programs.run([MISTHOORN, "match", *arguments], cwd=folder, stdin=stdin.encode(), **options)
    assert "Traceback" not in done.stderr
    return done


def events(folder, *more, **options):
    arguments = ("--assets", "assets.csv", "--events", "events.csv", "--format", "events", *more)
    return match(folder, *arguments, **options)


def test_a_feed_is_matched_and_what_is_bad_is_told_on_stderr(files):
    done = events(files, fresh=True)
    assert list(map(tuple, csv.reader(done.stdout.splitlines()))) == [HEADER, *EXPECTED]
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert told[-1] == {"assets": 7, "assets_refused": 1, "items": 3, "items_refused": 1, "matches": 10}
    assert sorted((one["file"], one["line"]) for one in told[:-1]) == [("assets.csv", 9), ("events.csv", 3)]
    assert all(one["reason"] for one in told[:-1])
    assert done.returncode == 0


def test_a_cpe_name_with_wildcards_is_what_the_advisories_name_but_not_where_they_come_from_stdin(files):
    value = RECORD["containers"]["cna"]["affected"][0]["cpes"][0]
    vendor = ":".join(value.split(":")[:4])
    (files / "open.csv").write_text(f"organisation,asset,kind,value\no,all,product,{vendor}:*\no,x,product,{value}\n")

    def found(*files_and_more, stdin=""):
        arguments = ("--assets", "open.csv", "--format", "cve5", "--advisories", *files_and_more)
        done = match(files, *arguments, stdin=stdin)
        return {row["asset"] for row in csv.DictReader(done.stdout.splitlines())}, done.stderr

    assert found("records.json")[0] == {"all", "x"}
    assert found("records.json", "--engine", "oracle")[0] == {"all", "x"}
    assets, told = found("-", stdin=(files / "records.json").read_text())
    assert assets == {"x"}
    assert "leaves the vendor or the product open" in told


def test_the_oracle_gives_the_same(files):
    assert events(files, "--engine", "oracle").stdout == events(files).stdout


def test_the_ending_of_the_output_decides_how_it_is_written(files):
    assert events(files, "--out", "out.jsonl").stdout == ""
    lines = [json.loads(line) for line in (files / "out.jsonl").read_text().splitlines()]
    assert [tuple(line) for line in lines] == [HEADER] * 10
    assert lines[0] == dict(zip(HEADER, ("bakery", "net", 1, "network", "exact", False), strict=True))
    events(files, "--out", "out.parquet")
    assert pq.read_table(files / "out.parquet").to_pylist() == lines
    events(files, "--out", "out.csv")
    assert (files / "out.csv").read_text() == events(files).stdout
    assert sorted(path.name for path in files.iterdir() if path.name.startswith(".")) == []


def test_assets_may_be_parquet(files):
    rows = list(csv.DictReader(ASSETS.splitlines()))
    pq.write_table(pa.Table.from_pylist(rows), files / "assets.parquet")
    done = match(files, "--assets", "assets.parquet", "--events", "events.csv", "--format", "events")
    assert done.stdout == events(files).stdout


def test_assets_may_be_packed_and_events_may_be_parquet(files):
    (files / "assets.csv.gz").write_bytes(gzip.compress(ASSETS.encode()))
    rows = [row for row in csv.DictReader(EVENTS.splitlines()) if row["time"] != "not a time"]
    pq.write_table(pa.Table.from_pylist([row | {"port": int(row["port"])} for row in rows]), files / "events.parquet")
    done = match(
        files, "--assets", "assets.csv.gz", "--events", "events.parquet", "--format", "events", "--out", "m.csv"
    )
    there = [row[:2] + row[3:] for row in csv.reader((files / "m.csv").read_text().splitlines()[1:])]
    assert [tuple(row) for row in there] == [row[:2] + row[3:] for row in EXPECTED]
    assert json.loads(done.stderr.splitlines()[-1])["items"] == 3


def test_an_event_without_an_as_number_gets_that_of_the_longest_prefix_that_holds_it(files):
    (files / "events.csv").write_text(EVENTS.replace(",64496,", ",,"))
    (files / "routes.txt").write_text("203.0.0.0/8 64497\n203.0.113.0/24 64496\n198.51.100.0/24 64497\n")
    done = events(files, "--routes", "routes.txt")
    assert [row[:3] for row in csv.reader(done.stdout.splitlines()) if row[3] == "asn"] == [["provider", "as", "3"]]
    assert done.stdout == events(files, "--routes", "routes.txt", "--engine", "oracle").stdout
    assert json.loads(done.stderr.splitlines()[-1])["routes"] == 3
    (files / "routes.txt").write_text("nothing")
    assert events(files, "--routes", "routes.txt").returncode == 1


def test_keys_are_prepared_once_and_matched_as_often_as_wanted(files):
    done = match(files, "--assets", "assets.csv", "--prepare", "keys.parquet")
    assert json.loads(done.stderr.splitlines()[-1]) == {"assets": 7, "assets_refused": 1}
    for arguments in (
        ("--events", "events.csv", "--format", "events"),
        ("--advisories", "records.json", "--format", "cve5"),
    ):
        there = match(files, "--assets", "keys.parquet", *arguments)
        assert there.stdout == match(files, "--assets", "assets.csv", *arguments).stdout
        assert json.loads(there.stderr.splitlines()[-1])["assets_refused"] == 1
    again = match(
        files, "--assets", "keys.parquet", "--engine", "oracle", "--events", "events.csv", "--format", "events"
    )
    assert again.returncode == 1  # the oracle works on values, and there are none in it
    assert match(files, "--assets", "events.csv", "--prepare", "keys.parquet").returncode == 1
    assert match(files, "--assets", "keys.parquet", "--prepare", "more.parquet").returncode == 1
    assert [path.name for path in files.glob("*.parquet")] == ["keys.parquet"]
    assert pq.read_metadata(files / "keys.parquet").num_rows > 7


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_run_that_is_stopped_leaves_the_old_output_and_nothing_else(files, number, code):
    (files / "out.parquet").write_text("old")
    before = sorted(path for path in files.iterdir() if path.is_file())
    arguments = ("--assets", "-", "--events", "events.csv", "--format", "events", "--out", "out.parquet")
    to_it, assets = os.pipe()
    told, from_it = os.pipe()
    environment = programs.without_settings()
    program = programs.start([MISTHOORN, "match", *arguments], cwd=files, env=environment, stdin=to_it, stderr=from_it)
    os.close(to_it)
    os.close(from_it)
    with os.fdopen(told) as errors, os.fdopen(assets):
        assert "not a time" in errors.readline()  # it is under way, and waits for assets
        program.send_signal(number)
        assert program.wait() == code
        assert "Traceback" not in errors.read()
    assert sorted(path for path in files.iterdir() if path.is_file()) == before
    assert (files / "out.parquet").read_text() == "old"


def test_advisories_of_several_files_are_matched(files):
    (files / "more.json").write_text(json.dumps(RECORD).replace("44228", "44229").replace("2.15.0", "2.14.0"))
    done = match(files, "--assets", "assets.csv", "--advisories", "records.json", "more.json", "--format", "cve5")
    assert done.stdout.splitlines()[1:] == ['"quote, Inc","log","CVE-2021-44228","product","exact",true']
    assert json.loads(done.stderr.splitlines()[-1])["items"] == 2


@pytest.mark.parametrize("engine", ["duckdb", "oracle"])
def test_an_asset_that_is_not_valid_now_matches_no_advisory(files, engine):
    product = "o,{},product,cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*,,{}\n"
    periods = {"past": "2001-01-01,2002-01-01", "future": "9000-01-01,", "now": "2001-01-01,9000-01-01", "open": ","}
    lines = [product.format(asset, period) for asset, period in periods.items()]
    (files / "assets.csv").write_text("".join([ASSETS.splitlines(keepends=True)[0], *lines]))
    arguments = ("--assets", "assets.csv", "--advisories", "records.json", "--format", "cve5", "--engine", engine)
    done = match(files, *arguments)
    assert [row[1] for row in csv.reader(done.stdout.splitlines()[1:])] == ["now", "open"]
    assert json.loads(done.stderr.splitlines()[-1])["assets"] == 4


def test_advisories_as_json_lines_quote_their_identifier(files):
    match(files, "--assets", "assets.csv", "--advisories", "records.json", "--format", "cve5", "--out", "m.jsonl")
    assert json.loads((files / "m.jsonl").read_text())["item"] == "CVE-2021-44228"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--assets", "assets.csv"),
        ("--events", "events.csv", "--format", "events"),
        ("--assets", "assets.csv", "--events", "events.csv"),
        ("--assets", "assets.csv", "--events", "events.csv", "--format", "cve5"),
        ("--assets", "assets.csv", "--events", "events.csv", "--format", "events", "--engine", "abacus"),
        ("--assets", "assets.csv", "--events", "events.csv", "--format", "events", "--out", "out.doc"),
        ("--assets", "assets.csv", "--events", "events.csv", "--format", "events", "--out", "nowhere/out.csv"),
        ("--assets", "assets.csv", "--events", "events.csv", "--format", "events", "records.json"),
        ("--assets", "assets.csv", "--events", "events.csv", "--advisories", "records.json", "--format", "cve5"),
        ("--assets", "absent.csv", "--events", "events.csv", "--format", "events"),
        ("--assets", "-", "--events", "-", "--format", "events"),
        ("--assets", "assets.csv", "--advisories", "records.json", "--format", "cve5", "--routes", "events.csv"),
        ("--assets", "assets.csv", "--prepare", "keys.csv"),
        ("--assets", "assets.csv", "--prepare", "nowhere/keys.parquet"),
        ("--assets", "assets.csv", "--prepare", "keys.parquet", "--events", "events.csv"),
        ("--assets", "assets.csv", "--advisories", "-", "-", "--format", "cve5"),
        ("--assets", "assets.csv", "--events", "events.csv", "--events", "events.csv", "--format", "events"),
        ("--assets", "assets.csv", "--assets", "assets.csv", "--events", "events.csv", "--format", "events"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(files, arguments):
    done = match(files, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("assets", "feed"),
    [
        ("", EVENTS),
        ("<html>\n", EVENTS),
        (ASSETS.splitlines()[0] + "\n", EVENTS),
        (ASSETS, ""),
        (ASSETS, "<html>sorry</html>"),
        (ASSETS, "\x1f\x8b broken"),
    ],
)
def test_when_nothing_could_be_read_the_exit_code_is_1_and_the_summary_is_there(files, assets, feed):
    (files / "assets.csv").write_text(assets)
    (files / "events.csv").write_bytes(feed.encode("latin-1"))
    done = events(files)
    assert done.returncode == 1
    assert json.loads(done.stderr.splitlines()[-1])["matches"] == 0
    (files / "out.csv").write_text("old")
    assert [events(files, "--out", out).returncode for out in ("out.csv", "new.parquet")] == [1, 1]
    assert (files / "out.csv").read_text() == "old"
    assert not (files / "new.parquet").exists()
    assert not list(files.glob(".*"))


def test_an_interrupted_run_leaves_the_old_output_as_it_was(files):
    (files / "out.csv").write_text("old")
    (files / "events.csv").unlink()
    (files / "events.csv").symlink_to("/proc/self/mem")  # opens, and can't be read
    done = events(files, "--out", "out.csv")
    assert done.returncode == 1
    assert (files / "out.csv").read_text() == "old"
    assert not list(files.glob(".out*"))
