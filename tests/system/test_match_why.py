"""`misthoorn match` says why, and takes out what makers lift: --why, --vex and --lifted."""

import json

import pytest
from deliveries import cve, records
from system import programs
from system.programs import MISTHOORN

LOG4J = "cpe:2.3:a:apache:log4j"
ASSETS = f"""organisation,asset,kind,value,version,valid_from
acme,web,product,{LOG4J},2.14.1,
acme,old,product,{LOG4J},2.13.0,
acme,some,product,Apache Log4j,,
acme,many,product,{LOG4J},2.14.1,
acme,many,product,{LOG4J},2.13.0,
acme,net,network,198.51.100.0/24,,2026-01-05
acme,net,network,203.0.113.0/24,,
acme,name,domain,acme.example,,
acme,as,asn,AS64496,,
"""
EVENTS = """time,ip,port,protocol,hostname,asn,class,type,identifier,severity
2026-11-23T12:00:00Z,198.51.100.7,443,tcp,www.acme.example,,vulnerable,potentially-unwanted-accessible,open-x,high
2026-11-23T12:00:00Z,,443,tcp,www.other.example,64496,vulnerable,potentially-unwanted-accessible,open-x,high
"""


def statement(status, product, **more):
    return {"vulnerability": {"name": "CVE-2021-44228"}, "products": [{"@id": product}], "status": status, **more}


def vex(*statements):
    head = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://a.example/1", "author": "Apache", "version": 1}
    return json.dumps(head | {"timestamp": "2026-01-01T00:00:00Z", "statements": statements})


@pytest.fixture
def match(tmp_path):
    """Runs a match of these advisories with these assets; (its matches, what it told last, its process)."""
    (tmp_path / "assets.csv").write_text(ASSETS)
    (tmp_path / "cves.jsonl").write_bytes(records(cve(modified="2021-12-14T10:00:00Z")))
    (tmp_path / "feed.csv").write_text(EVENTS)
    absent = statement("not_affected", f"{LOG4J}:2.14.1", justification="vulnerable_code_not_present")
    (tmp_path / "vex.json").write_text(vex(absent, statement("fixed", LOG4J)))

    def run(*arguments, given=("--advisories", "cves.jsonl", "--format", "cve5")):
        done = programs.run([MISTHOORN, "match", "--assets", "assets.csv", *given, *arguments], cwd=tmp_path)
        assert "Traceback" not in done.stderr
        rows = [line.split(",")[1] for line in done.stdout.splitlines()[1:]]
        return rows, done.stderr.splitlines()[-1] if done.stderr else "", done

    return run


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("engine", ["duckdb", "oracle"])
def test_what_a_maker_lifts_is_taken_out_written_aside_and_counted(match, tmp_path, engine):
    more = ("--vex", "vex.json", "--vex-format", "openvex", "--lifted", "lifted.jsonl", "--engine", engine)
    kept, told, _ = match(*more)

    assert kept == ["old", "some", "many"]
    (one,) = lines(tmp_path / "lifted.jsonl")
    assert (one["asset"], one["status"], one["source"]) == ("web", "not_affected", "Apache")
    counted = json.loads(told)
    assert (counted["matches"], counted["lifts"], counted["lifted"]) == (3, 2, 1)
    assert counted["lifts_not_used"] == {"fixed-without-version": 1}


@pytest.mark.parametrize("engine", ["duckdb", "oracle"])
def test_each_match_of_an_advisory_says_why(match, tmp_path, engine):
    kept, told, _ = match("--why", "why.jsonl", "--engine", engine)

    found = {one["asset"]: one for one in lines(tmp_path / "why.jsonl")}
    assert sorted(found) == sorted(kept)
    assert found["web"]["why"]["en"] == (
        "Apache Log4j 2.14.1 falls under CVE-2021-44228: versions from 2.0 and before 2.15.0, "
        "says the CVE record of 14-12-2021."
    )
    assert found["web"]["why"]["nl"].startswith(
        "Apache Log4j 2.14.1 valt onder CVE-2021-44228: versies vanaf 2.0 en lager dan 2.15.0"
    )
    assert (found["web"]["space"], found["web"]["key"], found["web"]["statement"]) == ("cpe", "a:apache:log4j", 0)
    assert found["some"]["because"] == ["no-version", "name"]
    assert json.loads(told)["why_left_out"] == 0


def test_each_match_of_an_event_says_why(match, tmp_path):
    match("--why", "why.jsonl", given=("--events", "feed.csv", "--format", "events"))

    assert {one["asset"]: one["why"]["en"] for one in lines(tmp_path / "why.jsonl")} == {
        "net": "198.51.100.7 lies in 198.51.100.0/24, a network of acme since 05-01-2026; seen on 23-11-2026 by "
        "feed.csv.",
        "name": "www.acme.example lies under acme.example, a domain of acme; seen on 23-11-2026 by feed.csv.",
        "as": "The source or the table of routes says that www.other.example belongs to AS64496, an AS number of acme; "
        "seen on 23-11-2026 by feed.csv.",
    }


def test_statements_that_can_not_be_read_lift_nothing_and_are_told(match, tmp_path):
    (tmp_path / "vex.json").write_text("{}")

    kept, told, done = match("--vex", "vex.json", "--vex-format", "openvex", "--lifted", "lifted.jsonl")

    assert len(kept) == 4
    assert json.loads(told)["lifts_refused"] == 1
    assert "This is not an OpenVEX document" in done.stderr
    assert (tmp_path / "lifted.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vex", "vex.json"), "Say how the lifts are written: --vex-format FORMAT."),
        (("--vex", "vex.json", "--vex-format", "cve5"), "'cve5' is not a format of lifts."),
        (("--lifted", "x.jsonl"), "Say which file holds the statements: --vex FILE."),
        (("--vex", "vex.json", "--vex-format", "openvex", "--lifted", "x.csv"), "--lifted"),
        (("--why", "x.csv"), "--why"),
        (("--advisories", "-", "--why", "x.jsonl"), "which stdin (-) can't be"),
    ],
)
def test_wrong_use_is_told_in_a_line(match, arguments, words):
    _, told, done = match(*arguments)

    assert done.returncode == 2
    assert words in told


def test_what_was_seen_is_lifted_by_nothing(match):
    given = ("--events", "feed.csv", "--format", "events")
    _, told, done = match("--vex", "vex.json", "--vex-format", "openvex", given=given)

    assert done.returncode == 2
    assert "what was seen is lifted by nothing" in told
