"""A delivery whose process is killed at each of its steps, and what is there after the next worker."""

import signal

import pytest

from misthoorn.common.failpoints import FAILPOINTS

PLACES = ["intake.received", "intake.registered", "intake.stored", "triage.matched"]
HEADER = "time,ip,port,protocol,hostname,asn,class,type,identifier,severity,banner"
TABLES = {
    "o.csv": "register_number,name,kind,sector,size\n1,Bakkerij De Korenaar,general,trade,1\n",
    "a.csv": "register_number,kind,value\n1,network,192.0.2.0/28\n1,domain,korenaar.example\n",
}


def feed(what, *, now):
    kind = "vulnerable,potentially-unwanted-accessible"
    rows = [f"{now:%Y-%m-%dT%H:%M:%SZ},192.0.2.{n},80,tcp,,,{kind},{what},high,x" for n in (1, 2, 3, 3)]
    return "\n".join([HEADER, *rows, rows[0].replace("192.0.2.1", "10.0.0.1"), "not,a,row", ""])


@pytest.mark.database
def test_a_delivery_that_is_killed_at_any_step_ends_as_one_that_was_not(service, tables, tmp_path):
    from misthoorn.common import clock  # noqa: PLC0415  the moment of the feed

    for name, text in TABLES.items():
        (tmp_path / name).write_text(text)
        service.run("organisations", "import", tmp_path / name, fresh=True)
    service.run("sources", "add", "scan", "--format", "events", fresh=True)

    for place in PLACES:
        path = tmp_path / f"{place}.csv"
        path.write_text(feed(place, now=clock.now()))
        service.environment["MISTHOORN_FAILPOINT"] = place
        assert service.run("take-in", "scan", path, check=False).returncode == -signal.SIGKILL, place
        del service.environment["MISTHOORN_FAILPOINT"]
        tables.let_leases_run_out("intake_batch", "triage_matchrun")
        service.run("take-in", "scan", path, fresh=place == PLACES[-1])

    figures = tables.ask("SELECT name, state, rows_in, rows_accepted, rows_refused, rows_duplicate FROM intake_batch")
    assert sorted(figures) == [(f"{place}.csv", "accepted", 6, 3, 2, 1) for place in sorted(PLACES)]
    runs = "SELECT state, matches, opened, seen_again, gone FROM triage_matchrun WHERE kind = '{}'"
    assert set(tables.ask(runs.format("assets"))) == {("done", 0, 0, 0, 0)}  # they came before any event
    assert tables.ask(runs.format("batch")) == [("done", 3, 3, 0, 0)] * len(PLACES)
    found = tables.ask("SELECT subject, observed, times_seen, state FROM triage_finding")
    assert sorted(found) == [(place, f"192.0.2.{n}", 1, "open") for place in sorted(PLACES) for n in (1, 2, 3)]
    assert tables.ask("SELECT count(*), count(DISTINCT line) FROM intake_refusedrow") == [(2 * len(PLACES), 2)]
    assert tables.ask("SELECT count(*), count(DISTINCT subject) FROM triage_campaign") == [(len(PLACES), len(PLACES))]
    assert tables.ask("SELECT count(*) FROM triage_decision") == [(3 * len(PLACES),)]
    files = list((service.home / "events").rglob("*.parquet"))
    assert len(files) == len(PLACES)


def test_every_step_of_taking_in_and_matching_is_tried_above():
    assert [name for name in FAILPOINTS if name.startswith(("intake.", "triage."))] == PLACES
