"""`misthoorn parse` as a program that other programs call."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from system import programs
from system.programs import MISTHOORN

from misthoorn.formats.registry import FORMATS

# What others build on; there may be more.
NAMES = {
    *("events", "shadowserver", "intelmq", "n6", "xarf", "arf", "stix2", "misp", "nmap", "nuclei"),
    *("cve5", "csaf", "nvd2", "osv", "kev", "epss", "ghsa", "openvex", "cyclonedx-vex", "csaf-vex"),
    *("cyclonedx", "spdx", "dpkg", "rpm", "requirements", "package-lock"),
}
GOOD = "time,ip,identifier\n2026-11-23T01:02:03Z,192.0.2.1,open-rdp\n"
KEYS = ["time", "ip", "port", "protocol", "hostname", "asn", "class", "type", "identifier", "severity", "evidence"]
# Runs a command and says on its own stderr how many KiB it held at most.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def parse(*arguments, stdin=b""):
    done = programs.run([MISTHOORN, "parse", *arguments], stdin=stdin)
    return done.returncode, done.stdout, done.stderr


def told(stderr):
    """The refused rows, and the count in the last line."""
    *refused, count = (json.loads(line) for line in stderr.splitlines())
    return refused, count


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_events_come_out_as_json_lines_and_the_count_on_the_last_line(write):
    code, out, err = parse("events", write("a.csv", GOOD))
    (event,) = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert list(event) == KEYS
    assert err == '{"accepted": 1, "refused": 0, "duplicate": 0}\n'


def test_refused_rows_come_out_on_stderr_with_file_line_and_reason(write):
    path = write(
        "a.csv",
        GOOD.encode() + b"2026-11-23T01:02:03Z,10.0.0.1,x\n2026-11-23T01:02:03Z,192.0.2.2,\xff\n" + GOOD.encode()[19:],
    )
    code, out, err = parse("events", path)
    refused, count = told(err)
    assert (code, count) == (0, {"accepted": 1, "refused": 2, "duplicate": 1})
    assert [(row["file"], row["line"], row["code"]) for row in refused] == [
        (str(path), 3, "address-private"),
        (str(path), 4, "encoding"),
    ]
    assert refused[1]["raw"] == "2026-11-23T01:02:03Z,192.0.2.2,\\xff"
    assert len(out.splitlines()) == 1


def test_a_file_that_cannot_be_read_is_a_refused_row_and_the_others_go_on(write):
    page, good = write("error.csv", "<html>500</html>"), write("good.csv", GOOD)
    code, _, err = parse("events", page, good)
    refused, count = told(err)
    assert (code, count) == (0, {"accepted": 1, "refused": 1, "duplicate": 0})
    assert (refused[0]["file"], refused[0]["line"]) == (str(page), 0)
    assert refused[0]["reason"].startswith("This is a web page")


def test_nothing_accepted_is_exit_code_one(write):
    code, out, err = parse("events", write("a.csv", ""))
    assert (code, out) == (1, "")
    assert told(err)[1] == {"accepted": 0, "refused": 1, "duplicate": 0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say which format and which files."),
        (("events",), "Say which format and which files."),
        (("nonsense", __file__), f"There is no format 'nonsense'. There are: {', '.join(FORMATS)}."),
        (("events", "/not/there.csv"), "does not exist"),
        (("--nonsense",), "No such option"),
        (("kev", "--schema", __file__, __file__), "There is no --schema for the format kev."),
        (("shadowserver", "--schema", __file__, __file__), "The file with Shadowserver's schema is not JSON."),
    ],
)
def test_wrong_use_is_exit_code_two_and_one_line_that_says_what_to_type(arguments, words):
    code, out, err = parse(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "misthoorn parse --help" in err
    assert len(err.splitlines()) == 1


def test_all_formats_are_listed_with_a_line_each():
    code, out, err = parse("--list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(FORMATS)
    assert FORMATS.keys() >= NAMES
    assert all(len(line.split()) > 3 for line in out.splitlines())


@pytest.mark.parametrize(
    ("format_", "document", "key"),
    [
        (
            "csaf",
            {"document": {"tracking": {"id": "A-1"}, "category": "csaf_base", "title": "x"}},
            {"identifier": "A-1"},
        ),
        (
            "openvex",
            {
                "@context": "https://openvex.dev/ns/v0.2.0",
                "statements": [{"vulnerability": "CVE-2026-1000", "products": ["pkg:npm/a@1"], "status": "fixed"}],
            },
            {"product": "pkg:npm/a@1", "status": "fixed"},
        ),
        (
            "cyclonedx",
            {"bomFormat": "CycloneDX", "components": [{"name": "a", "purl": "pkg:npm/a@1"}]},
            {"purl": "pkg:npm/a@1"},
        ),
    ],
)
def test_each_kind_of_value_comes_out_as_an_object_a_line(format_, document, key):
    code, out, err = parse(format_, "-", stdin=json.dumps(document).encode())
    assert (code, told(err)[1]["accepted"]) == (0, 1)
    assert json.loads(out).items() >= key.items()


def test_advisories_come_out_as_objects_and_stdin_is_read():
    record = {"cveMetadata": {"cveId": "CVE-2026-1000", "state": "PUBLISHED"}, "containers": {"cna": {}}}
    code, out, err = parse("cve5", "-", stdin=gzip.compress(json.dumps(record).encode()))
    assert (code, told(err)[1]["accepted"]) == (0, 1)
    assert json.loads(out)["identifier"] == "CVE-2026-1000"


def test_the_report_type_comes_from_the_file_name(write):
    path = write("2026-11-23-scan_vnc-nl.csv", "timestamp,ip\n2026-11-23 01:02:03,192.0.2.1\n")
    assert json.loads(parse("shadowserver", path)[1])["identifier"] == "open-vnc"


def test_a_schema_of_the_publisher_tells_of_new_types(write):
    fields = [["time.source", "seen_at"], ["source.ip", "device_ip"]]
    schema = write("schema.json", json.dumps({"scan_newthing": {"required_fields": fields}}))
    path = write("2026-11-23-scan_newthing-nl.csv", "seen_at,device_ip\n2026-11-23 01:02:03,192.0.2.1\n")
    assert parse("shadowserver", path)[0] == 1
    assert json.loads(parse("shadowserver", path, "--schema", schema)[1])["ip"] == "192.0.2.1"


def test_a_file_name_that_is_no_text_is_still_named(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.csv"
    Path(os.fsdecode(path)).write_bytes(b"")
    done = programs.run([MISTHOORN, "parse", "events", path])
    assert told(done.stderr)[0][0]["file"].endswith("\\xff.csv")


def test_a_reader_that_goes_away_is_no_error(write):
    rows = "".join(f"2026-11-23T01:02:03Z,198.18.{n // 250 % 250}.{n % 250},n-{n}\n" for n in range(20_000))
    path = write("a.csv", GOOD + rows)
    line = f"'{MISTHOORN}' parse events '{path}' | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, text=True, timeout=60)
    assert json.loads(done.stdout)["ip"] == "192.0.2.1"
    assert "Traceback" not in done.stderr


def test_memory_stays_bounded_on_many_rows(tmp_path):
    path = tmp_path / "many.csv"
    with path.open("w") as stream:
        stream.write("time,ip,port,identifier,note\n")
        for n in range(300_000):
            address = f"198.18.{n // 250 % 250}.{n % 250}"
            stream.write(f"2026-11-23T01:02:03Z,{address},{n % 65536},open-rdp,some text that is row {n}\n")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, MISTHOORN, "parse", "events", str(path)],
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    assert told(done.stderr)[1] == {"accepted": 300_000, "refused": 0, "duplicate": 0}
    assert int(done.stdout) < 500 * 1024


def test_a_line_of_100_megabytes_is_one_refused_row_in_bounded_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as stream:
        stream.write(GOOD.encode())
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
        stream.write(b"\n2026-11-23T01:02:03Z,192.0.2.2,open-rdp\n")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, MISTHOORN, "parse", "events", str(path)],
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    refused, count = told(done.stderr)
    assert count == {"accepted": 2, "refused": 1, "duplicate": 0}
    assert (refused[0]["code"], refused[0]["line"], len(refused[0]["raw"])) == ("too-long", 3, 65_536)
    assert int(done.stdout) < 300 * 1024
