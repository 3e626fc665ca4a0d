"""Trying a source: it is asked for a little, nothing is taken in, and a person sees what would come."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from cast import ANALYST, person
from deliveries import events, seen

from misthoorn.accounts.models import AuditEntry
from misthoorn.common import clock
from misthoorn.intake import source_queries
from misthoorn.intake.fetches import Fetching
from misthoorn.intake.models import Batch, Fetch, Source, SourceTrial
from misthoorn.intake.services import IntakeError
from misthoorn.intake.services.sources import Definition, define_source
from misthoorn.intake.services.sources_trial import LEASE, QUEUE, ask_trial, do_trial, forget_trials
from misthoorn.intake.sources.base import Item, Reached
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.work.leases import claim, take_back
from misthoorn.work.outside.errors import FetchError, StoppedError

pytestmark = pytest.mark.django_db


class Feed:
    """A way to fetch that gives what a test put in it, or raises it."""

    changes, schemes = True, ("https",)

    def __init__(self):
        self.gives, self.kept = None, []

    def fetch(self):
        def run(source, *, cursor, means):  # noqa: ARG001  as the shell calls it
            if isinstance(self.gives, Exception):
                raise self.gives
            if self.gives is None:
                yield Reached({"at": 1}, ("nothing today",))
                return
            for one in self.gives if isinstance(self.gives, list) else [self.gives]:
                yield Item(**{"name": "a.csv", "cursor": {"at": 1}, "kept": lambda: self.kept.append(1)} | one)

        return run


@pytest.fixture
def feed(monkeypatch):
    made = Feed()
    monkeypatch.setitem(TRANSPORTS, "feed", made)
    define(format="events")
    return made


def define(**more):
    fields = {"slug": "scan", "name": "Scan", "transport": "feed", "address": "https://feed.example/x"}
    define_source(Definition(**fields | more), at=clock.now())


def tried(*, stopped=lambda: False):
    """What trying the source gives, done by a worker."""
    ask_trial(source="scan", at=clock.now(), person=None)
    do_trial(claim(QUEUE, lease=LEASE), stopped=stopped)
    return source_queries.trial("scan", now=clock.now())


def test_what_would_come_is_shown_and_nothing_of_it_is_taken_in(feed):
    feed.gives = {"stream": io.BytesIO(events(seen("192.0.2.7"), seen("no address"), seen("192.0.2.7")))}
    found = tried()

    assert (found.state, found.problem, found.going_on) == ("done", "", False)
    assert (found.rows.cells[0]["place"], found.rows.cells[0]["identifier"]) == ("192.0.2.7:3389", "open-rdp")
    assert json.loads(found.rows.values[0])["identifier"] == "open-rdp"
    assert (found.rows.accepted, found.rows.codes, found.rows.duplicate) == (1, {"address-invalid": 1}, 1)
    assert found.rows.refused[0][2] == "'no address' is not an IP address."
    assert found.rows.whole
    assert (Batch.objects.count(), Fetch.objects.count(), Source.objects.get().cursor) == (0, 0, {})
    assert feed.kept == []


def test_advisories_are_shown_by_what_a_person_looks_for(feed):
    Source.objects.update(format="kev")
    entry = {
        "cveID": "CVE-2021-44228",
        "vendorProject": "Apache",
        "product": "Log4j2",
        "vulnerabilityName": "A\x00 hole",
        "dateAdded": "2021-12-10",
    }
    feed.gives = {"stream": io.BytesIO(json.dumps({"vulnerabilities": [entry]}).encode())}
    cells = tried().rows.cells[0]

    assert (cells["identifier"], cells["products"]) == ("CVE-2021-44228", "Apache Log4j2")
    assert "\0" not in str(cells)


def test_a_file_that_can_not_be_read_says_why(feed):
    feed.gives = {"stream": io.BytesIO(b"<html>Sorry</html>")}
    found = tried()

    assert found.state == "done"
    assert "web page" in found.rows.problem


def test_documents_that_are_nobodys_would_be_refused(feed):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", "{}")
    packed.seek(0)
    unproven = {"stream": packed, "unproven": "signature-wrong"}
    feed.gives = [unproven, {"stream": io.BytesIO(events(seen()))}, {"stream": io.BytesIO(b"never looked at")}]
    rows = tried().rows

    assert (rows.codes, rows.accepted) == ({"signature-wrong": 1}, 1)
    assert rows.refused[0][1] == "signature-wrong"


def test_a_source_with_nothing_new_answers(feed):  # noqa: ARG001  it has nothing
    found = tried()

    assert (found.state, found.rows, found.found["problems"]) == ("done", None, ["nothing today"])


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        (FetchError("The key is wrong.", again=True), "The key is wrong."),
        (ZeroDivisionError("boo"), "unexpected reason: boo"),
    ],
)
def test_what_does_not_go_is_told_and_not_tried_again(feed, raised, says):
    feed.gives = raised
    found = tried()

    assert found.state == "failed"
    assert says in found.problem
    assert claim(QUEUE, lease=LEASE) is None


def test_one_that_takes_too_long_says_so_and_a_worker_that_stops_gives_it_back(feed, monkeypatch):
    feed.gives = StoppedError()
    monkeypatch.setattr("misthoorn.intake.services.sources_trial.LONGEST", -1.0)
    assert "did not answer whole" in tried().problem

    assert tried(stopped=lambda: True).state == "due"


def test_a_source_is_tried_once_at_a_time_and_the_last_trial_counts(feed):
    feed.gives = FetchError("The key is wrong.")
    ask_trial(source="scan", at=clock.now(), person=person(ANALYST))
    with pytest.raises(IntakeError, match="being tried"):
        ask_trial(source="scan", at=clock.now(), person=None)
    do_trial(claim(QUEUE, lease=LEASE))
    feed.gives = None

    assert tried().state == "done"
    assert SourceTrial.objects.count() == 1
    assert AuditEntry.objects.filter(action="source tried", person_id__isnull=False).count() == 1


def test_only_a_source_that_is_fetched_is_tried(feed):  # noqa: ARG001  its way to fetch
    Source.objects.update(transport="")

    with pytest.raises(IntakeError, match="no source 'scan' that is fetched"):
        ask_trial(source="scan", at=clock.now(), person=None)


def test_a_trial_in_which_the_process_died_three_times_is_set_aside(feed):  # noqa: ARG001  its way to fetch
    ask_trial(source="scan", at=clock.now(), person=None)
    for _ in range(3):
        claim(QUEUE, lease=-1)
        lost = take_back(QUEUE)
    assert [one.aside for one in lost] == [True]


def test_what_was_found_is_shown_for_a_day_and_deleted(feed):  # noqa: ARG001  it has nothing
    tried()
    later = clock.now() + timedelta(days=1, minutes=1)

    assert source_queries.trial("scan", now=later) is None
    assert forget_trials(now=later) == 1
    assert not SourceTrial.objects.exists()


def test_a_trial_goes_nowhere_that_a_fetch_does_not_go():
    define(transport="http", format="events")
    Source.objects.update(address="https://feed.example:22/feed.csv")

    assert "Nothing is fetched from port 22" in tried().problem
    assert Source.objects.get().trial.state == "failed"


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_it_beside_the_fetches(feed, settings):
    settings.FETCH_PARALLEL = 1
    feed.gives = {"stream": io.BytesIO(events(seen()))}
    ask_trial(source="scan", at=clock.now(), person=None)
    worker = Fetching()

    assert worker.pending()
    assert worker.run()
    for thread in worker.threads:
        thread.join(30)
    assert source_queries.trial("scan", now=clock.now()).rows.accepted == 1
    assert not worker.pending()
